import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// Note [Slices] and Note [Threads and bits]: what is promised to the bit.
@Suite struct SliceTests {
  init() throws { try BLAS.open() }

  /// A layer of each kind and of each path; a closure, as a layer keeps memory of its own.
  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable () -> any Layer
    /// Whether a slice knows nothing of the others.
    var separable = true
  }

  private static func convolutions(
    _ tests: [ConvolutionCase], _ activation: Activation, _ planner: ConvolutionPlanner = .init(.direct),
    _ name: String = ""
  ) -> [Kind] {
    tests.flatMap { test -> [Kind] in
      [false, true].map { transposed in
        Kind(testDescription: "\(transposed ? "transposed " : "")\(test.name)\(name)") {
          ConvolutionCheck.layer(test.geometry, transposed: transposed, bias: true, activation, planner)
        }
      }
    }
  }

  /// By Winograd's forms: no, one and several blocks of tiles a slice, and every number of taps.
  static let planned: [Kind] =
    [2, 4].flatMap { tile in
      convolutions(
        [1, 2, 8, 9, 10, 12, 13, 16, 17, 21].map { ConvolutionCase.minimal[$0] }, .leakyReLU(slope: 0.2),
        .tiles(tile), ", tiles of \(tile)")
    }
    + [0, 2, 5, 7, 8, 10, 12, 16, 18].flatMap { index in
      let test = ConvolutionCase.long[index]
      return convolutions([test], .leakyReLU(slope: 0.2), test.longPlanner, ", \(test.longName)")
    }
  static let products: [Kind] = convolutions(ConvolutionCase.products, .leakyReLU(slope: 0.2))
  static let narrow: [Kind] = convolutions(
    [0, 2, 3, 8, 13, 17].map { ConvolutionCase.narrow[$0] }, .leakyReLU(slope: 0.2))

  static let picture = PictureShape(height: 9, width: 7, channels: 5)
  static let kinds: [Kind] =
    convolutions(ConvolutionCase.special, .leakyReLU(slope: 0.2))
    + convolutions([0, 8, 9, 11].map { ConvolutionCase.special[$0] }, .tanh) + planned + products + narrow + [
      Kind(testDescription: "dense") {
        Dense(input: picture, outputs: 300, bias: true, activation: .sigmoid)
      },
      Kind(testDescription: "tanh") { ActivationLayer(shape: picture, .tanh) },
      Kind(testDescription: "dropout") { Dropout(shape: picture, rate: 0.3, place: 4) },
      Kind(testDescription: "average pool") {
        AveragePool(
          input: picture, output: PictureShape(height: 4, width: 3, channels: 5), kernel: 3, stride: 2)
      },
      Kind(testDescription: "pixel shuffle") {
        PixelShuffle(input: PictureShape(height: 3, width: 5, channels: 12), factor: 2)
      },
      Kind(testDescription: "upsample") { UpsampleNearest(input: picture, factor: 2) },
      Kind(
        testDescription: "batch norm",
        make: { BatchNorm(shape: picture, BatchNormSettings(), activation: .leakyReLU(slope: 0.2)) },
        separable: false),
      Kind(
        testDescription: "batch norm of features",
        make: { BatchNorm(shape: .vector(700), BatchNormSettings(scale: false)) }, separable: false),
    ]

  struct Data {
    let x: [Float]
    let dy: [Float]
    let parameters: [Float]

    init(_ layer: any Layer, samples: Int) {
      var numbers = Numbers(layer.input.count)
      x = numbers.floats(samples * layer.input.count)
      dy = numbers.floats(samples * layer.output.count)
      parameters = numbers.floats(layer.parameters.reduce(0) { $0 + $1.count }).map { $0 * 0.3 }
    }
  }

  func bench(_ kind: Kind, threads: Int, samples: Int = 8) -> (LayerBench, Data) {
    let bench = LayerBench(kind.make(), threads: threads)
    let data = Data(bench.layer, samples: samples)
    if !data.parameters.isEmpty { bench.parameters = data.parameters }
    return (bench, data)
  }

  @Test(arguments: kinds) func threadsDoNotMatter(_ kind: Kind) throws {
    var first: Outcome?
    for threads in [1, 2, 5] {
      let (bench, data) = bench(kind, threads: threads)
      let outcome = try bench.run(data.x, dy: data.dy, [0, 3, 3, 8])
      // And neither does a second time.
      #expect(try bench.run(data.x, dy: data.dy, [0, 3, 3, 8]).hasSameBits(outcome))
      if let first { expectSameBits(outcome, first) } else { first = outcome }
    }
  }

  /// One pass over S slices gives what S passes over one slice give: that is a rank with S slices beside S
  /// ranks.
  @Test(arguments: kinds.filter(\.separable)) func slicesAreApart(_ kind: Kind) throws {
    let bounds = [0, 3, 3, 8]
    let (together, data) = bench(kind, threads: 2)
    let whole = try together.run(data.x, dy: data.dy, bounds)
    var joined = Outcome(y: [], dx: [], gradients: [])
    for slice in 0..<3 {
      let (alone, _) = bench(kind, threads: 1)
      let (input, output) = (alone.layer.input.count, alone.layer.output.count)
      let samples = bounds[slice]..<bounds[slice + 1]
      alone.firstSample = samples.lowerBound
      let part = try alone.run(
        Array(data.x[samples.lowerBound * input..<samples.upperBound * input]),
        dy: Array(data.dy[samples.lowerBound * output..<samples.upperBound * output]), [0, samples.count])
      joined.y += part.y
      joined.dx += part.dx
      joined.gradients += part.gradients
    }
    expectSameBits(whole, joined)
  }

  /// A picture that is computed in a slice of its own is a function of its input alone.
  @Test(arguments: kinds) func neighboursDoNotMatterInEvaluation(_ kind: Kind) throws {
    let (together, data) = bench(kind, threads: 2)
    together.mode = .evaluation
    let whole = try together.forward(data.x, Array(0...8))
    let (alone, _) = bench(kind, threads: 2)
    alone.mode = .evaluation
    let (input, output) = (alone.layer.input.count, alone.layer.output.count)
    for sample in [0, 5, 7] {
      let y = try alone.forward(Array(data.x[sample * input..<(sample + 1) * input]), [0, 1])
      #expect(sameBits(y, Array(whole[sample * output..<(sample + 1) * output])))
    }
  }

  /// A second backward before one update is added to the first; an empty slice stays as it is.
  @Test(arguments: kinds) func accumulation(_ kind: Kind) throws {
    let (bench, data) = bench(kind, threads: 2)
    guard !data.parameters.isEmpty else { return }
    let written = try bench.run(data.x, dy: data.dy, [0, 3, 3, 8])
    let before = data.parameters.map { $0 * 0.5 }
    let added = try bench.run(data.x, dy: data.dy, [0, 3, 3, 8], startingFrom: before)
    #expect(sameBits(added.y, written.y) && sameBits(added.dx, written.dx))
    for slice in 0..<3 {
      let expected = zip(before, written.gradients[slice]).map { Double($0) + Double($1) }
      #expect(largestError(added.gradients[slice], expected) < 1e-6)
    }
    #expect(sameBits(added.gradients[1], before))
    #expect(written.gradients[1].allSatisfy { $0 == 0 })
  }
}
