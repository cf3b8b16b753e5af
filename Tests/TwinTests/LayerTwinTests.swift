import Foundation
import Layers
import Networks
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Single layers beside PyTorch's, forward and backward, through the way an architecture becomes a network.
@Suite struct LayerTwinTests {
  init() throws { try BLAS.open() }

  struct Twin: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let kernel: Int?
    let stride: Int?
    let padding: Int?
    let same: Bool?
    let factor: Int?
    let spectral: Bool?
    let input: [Int]
    let output: [Int]
    var testDescription: String { name }

    /// The one layer, as an architecture lists it.
    func layer(bias: Bool) -> LayerSpecification {
      let convolution = ConvolutionSpecification(
        outChannels: output[1], kernel: kernel ?? 1, stride: stride ?? 1,
        padding: same == true ? .same : .explicit(padding ?? 0), bias: bias, spectralNorm: spectral == true)
      return switch kind {
      case "convolution": .convolution(convolution)
      case "transposed_convolution": .transposedConvolution(convolution)
      case "dense": .dense(.init(outFeatures: output[1], bias: bias, spectralNorm: spectral == true))
      case "average_pool": .averagePool(kernel: kernel ?? 1, stride: stride ?? 1)
      case "pixel_shuffle": .pixelShuffle(factor: factor ?? 1)
      case "upsample_nearest": .upsampleNearest(factor: factor ?? 1)
      default: .batchNorm(.init())
      }
    }

    var shape: PictureShape {
      input.count == 4
        ? PictureShape(height: input[2], width: input[3], channels: input[1]) : .vector(input[1])
    }
  }

  static let twins: [Twin] = {
    guard let path = try? Fixture.path("layers.json"), let json = FileManager.default.contents(atPath: path),
      let twins = try? JSONDecoder().decode([Twin].self, from: json)
    else { return [] }
    return twins
  }()

  @Test func allAreThere() {
    #expect(
      Set(Self.twins.map(\.kind)) == [
        "convolution", "transposed_convolution", "dense", "batch_norm", "average_pool", "pixel_shuffle",
        "upsample_nearest",
      ])
    #expect(Self.twins.count >= 60 && Self.wide.count == 4)
  }

  /// Those with whole vectors of channels, for which there are several ways.
  static let wide = twins.filter { $0.name.hasPrefix("wide.") }

  @Test(arguments: twins, [[0, 3], [0, 1, 1, 3]]) func agrees(_ twin: Twin, _ bounds: [Int]) throws {
    try check(twin, bounds, ConvolutionPlanner())
  }

  @Test(arguments: wide, Plans.all) func agreesOnEveryPlan(_ twin: Twin, _ plan: Plans) throws {
    for bounds in [[0, 3], [0, 1, 1, 3]] { try check(twin, bounds, plan.planner) }
  }

  private func check(_ twin: Twin, _ bounds: [Int], _ planner: ConvolutionPlanner) throws {
    let fixture = try Fixture("layers.safetensors")
    func tensor(_ part: String) throws -> [Float] {
      let shape = try fixture.file.tensor(named: "\(twin.name).\(part)").shape
      return shape.count == 4
        ? try fixture.pictures("\(twin.name).\(part)") : try fixture.floats("\(twin.name).\(part)")
    }
    let bias = fixture.file.contains("\(twin.name).bias")
    let pool = ThreadPool(threads: 2)
    let network = Network(
      try NetworkSummary(role: .generator, input: twin.shape, layers: [twin.layer(bias: bias)]), pool: pool,
      planner: planner)
    network.prepare(samples: 3, slices: 3)
    for state in network.parameterState {
      let part = state.name.hasSuffix("bias") ? "bias" : "weight"
      let numbers = Layout.fromPyTorch(try fixture.floats("\(twin.name).\(part)"), state)
      state.data.update(from: numbers, count: state.count)
    }
    for state in network.bufferState where !state.name.hasSuffix("weight_v") {
      let part = ["running_mean", "running_var"].first(where: state.name.hasSuffix) ?? "u"
      let numbers = Layout.fromPyTorch(try fixture.floats("\(twin.name).\(part)_before"), state)
      state.data.update(from: numbers, count: state.count)
    }
    // A power iteration, where there is one, as PyTorch makes it at each forward pass in training mode.
    network.parametersWereUpdated()

    let pass = try makePass(pool, bounds)
    let x = try tensor("input")
    let y = try network.forward(x, pass)
    let output = Array(UnsafeBufferPointer(start: y, count: 3 * network.output.count))
    #expect(largestDifference(output, try tensor("output")) < 1e-5)

    var gradients = [Float](repeating: .nan, count: 3 * network.parameterCount)
    var dy = try tensor("grad_output")
    var dx = [Float](repeating: .nan, count: x.count)
    try gradients.withUnsafeMutableBufferPointer { gradients in
      pass.gradients = SliceGradients(base: gradients.baseAddress!, stride: network.parameterCount)
      try network.backward(x: x, dy: &dy, into: &dx, pass)
    }
    #expect(relativeNorm(dx, try tensor("grad_input")) < 1e-4)
    var total = (0..<network.parameterCount).map { i in
      (0..<pass.slices.count).reduce(0 as Float) { $0 + gradients[$1 * network.parameterCount + i] }
    }
    network.finishGradient(&total)
    for state in network.parameterState {
      let part = state.name.hasSuffix("bias") ? "grad_bias" : "grad_weight"
      let offset = try #require(state.offset)
      let sum = Array(total[offset..<offset + state.count])
      #expect(relativeNorm(Layout.toPyTorch(sum, state), try fixture.floats("\(twin.name).\(part)")) < 1e-4)
    }

    for state in network.bufferState {
      let part =
        ["running_mean", "running_var"].first(where: state.name.hasSuffix) ?? String(state.name.last ?? "u")
      let now = Array(UnsafeBufferPointer(start: state.data, count: state.count))
      let after = try fixture.floats("\(twin.name).\(part)_after")
      #expect(largestDifference(Layout.toPyTorch(now, state), after) < 1e-5)
    }
    guard twin.kind == "batch_norm" else { return }
    pass.mode = .evaluation
    let evaluated = Array(UnsafeBufferPointer(start: try network.forward(x, pass), count: output.count))
    #expect(largestDifference(evaluated, try tensor("evaluation_output")) < 1e-5)
  }
}
