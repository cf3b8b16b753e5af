import Foundation
import Layers
import Networks
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Guided backpropagation beside a network written out as matrices, in double.
@Suite("Guided backpropagation") struct GuidedBackpropagationTests {
  init() throws { try BLAS.open() }

  private let pool = ThreadPool(threads: 2)

  /// A layer as what each of its inputs adds to each of its outputs, and what follows.
  private struct Reference {
    var entries: [(out: Int, input: Int, weight: Double)] = []
    var bias: [Double]
    var activation: Activation

    func forward(_ x: [Double]) -> [Double] {
      var y = bias
      for entry in entries { y[entry.out] += entry.weight * x[entry.input] }
      return y.map { value in
        switch activation {
        case .identity: value
        case .leakyReLU(let slope): value > 0 ? value : Double(slope) * value
        case .tanh: tanh(value)
        case .sigmoid: 1 / (1 + exp(-value))
        }
      }
    }

    /// - Parameter guided: whether ReLUs pass only positive gradients of positive values; else none is changed.
    func backward(_ x: [Double], _ dy: [Double], guided: Bool) -> [Double] {
      let y = forward(x)
      let g = zip(y, dy).map { y, dy -> Double in
        switch activation {
        case .identity: dy
        case .leakyReLU(let slope):
          guided ? (y > 0 && dy > 0 ? dy : 0) : y > 0 ? dy : Double(slope) * dy
        case .tanh: dy * (1 - y * y)
        case .sigmoid: dy * y * (1 - y)
        }
      }
      var dx = [Double](repeating: 0, count: x.count)
      for entry in entries { dx[entry.input] += entry.weight * g[entry.out] }
      return dx
    }
  }

  /// Every kind of activation, with a layer before it or alone; odd sides.
  private static let layers: [LayerSpecification] = [
    .convolution(convolution(5, kernel: 3, stride: 2, padding: 1, bias: true)), .leakyReLU(slope: 0.2),
    .convolution(convolution(6, kernel: 2, stride: 1, padding: 1)), .batchNorm(.init()),
    .leakyReLU(slope: 0.4),
    .transposedConvolution(convolution(4, kernel: 3, stride: 2, padding: 1, bias: true)), .relu,
    .dropout(rate: 0.3), .relu,
    .convolution(convolution(7, kernel: 4, stride: 2, padding: 0, bias: true)), .tanh,
    .convolution(convolution(3, kernel: 1, stride: 1, padding: 0)), .batchNorm(.init(scale: false)), .sigmoid,
    .dense(.init(outFeatures: 9, bias: true, weightInitializer: .glorotUniform)), .relu,
    .reshape(height: 3, width: 3, channels: 1), .averagePool(kernel: 2, stride: 1), .leakyReLU(slope: 0.1),
    .convolution(convolution(4, kernel: 2, stride: 1, padding: 0)),
    .dense(.init(outFeatures: 1, weightInitializer: .glorotUniform)),
  ]

  private static func convolution(
    _ channels: Int, kernel: Int, stride: Int, padding: Int, bias: Bool = false
  ) -> ConvolutionSpecification {
    .init(
      outChannels: channels, kernel: kernel, stride: stride, padding: .explicit(padding), bias: bias,
      weightInitializer: .normal(mean: 0.02, std: 0.3))
  }

  /// The layers of `network` as matrices, without those that change nothing.
  private static func references(_ network: Network) throws -> [Reference] {
    let states = Dictionary(
      uniqueKeysWithValues: (network.parameterState + network.bufferState).map { state in
        (state.name, UnsafeBufferPointer(start: state.data, count: state.count).map(Double.init))
      })
    var made: [Reference] = []
    for layer in network.summary.layers {
      func numbers(_ name: String) throws -> [Double] {
        try #require(states["discriminator.main.\(layer.index).\(name)"])
      }
      let (input, output) = (layer.input, layer.output)
      var reference = Reference(
        bias: [Double](repeating: 0, count: output.count), activation: .identity)
      func place(_ shape: PictureShape, _ row: Int, _ column: Int, _ channel: Int) -> Int? {
        (0..<shape.height).contains(row) && (0..<shape.width).contains(column)
          ? (row * shape.width + column) * shape.channels + channel : nil
      }
      /// - Parameter spreads: from the small picture to the large one.
      func convolve(_ c: ConvolutionSpecification, spreads: Bool) throws {
        let weight = try numbers("weight")
        guard case .explicit(let padding) = c.padding else { return }
        let (large, small) = spreads ? (output, input) : (input, output)
        for i in 0..<small.height {
          for j in 0..<small.width {
            for tap in 0..<c.kernel * c.kernel {
              for l in 0..<large.channels {
                for s in 0..<small.channels {
                  let (row, column) = (tap / c.kernel, tap % c.kernel)
                  guard
                    let at = place(large, i * c.stride - padding + row, j * c.stride - padding + column, l),
                    let from = place(small, i, j, s)
                  else { continue }
                  let value = weight[(tap * large.channels + l) * small.channels + s]
                  reference.entries.append(
                    spreads ? (out: at, input: from, weight: value) : (out: from, input: at, weight: value))
                }
              }
            }
          }
        }
        if c.bias {
          let bias = try numbers("bias")
          for at in reference.bias.indices { reference.bias[at] = bias[at % output.channels] }
        }
      }
      switch layer.layer {
      case .convolution(let c): try convolve(c, spreads: false)
      case .transposedConvolution(let c): try convolve(c, spreads: true)
      case .dense(let dense):
        let weight = try numbers("weight")
        for o in 0..<output.count {
          for i in 0..<input.count {
            reference.entries.append((out: o, input: i, weight: weight[i * output.count + o]))
          }
        }
        if dense.bias { reference.bias = try numbers("bias") }
      case .batchNorm(let norm):
        let (mean, variance) = (try numbers("running_mean"), try numbers("running_var"))
        let (shift, scale) = (try numbers("bias"), norm.scale ? try numbers("weight") : nil)
        for at in reference.bias.indices {
          let c = at % output.channels
          let factor = (scale?[c] ?? 1) / (variance[c] + norm.epsilon).squareRoot()
          reference.entries.append((out: at, input: at, weight: factor))
          reference.bias[at] = shift[c] - mean[c] * factor
        }
      case .averagePool(let kernel, let stride):
        for i in 0..<output.height {
          for j in 0..<output.width {
            for tap in 0..<kernel * kernel {
              for c in 0..<input.channels {
                let from = try #require(
                  place(input, i * stride + tap / kernel, j * stride + tap % kernel, c))
                let at = try #require(place(output, i, j, c))
                reference.entries.append((out: at, input: from, weight: 1 / Double(kernel * kernel)))
              }
            }
          }
        }
      default:
        for at in 0..<output.count { reference.entries.append((out: at, input: at, weight: 1)) }
        switch layer.layer {
        case .relu: reference.activation = .leakyReLU(slope: 0)
        case .leakyReLU(let slope): reference.activation = .leakyReLU(slope: Float(slope))
        case .tanh: reference.activation = .tanh
        case .sigmoid: reference.activation = .sigmoid
        default: break
        }
      }
      made.append(reference)
    }
    return made
  }

  /// A network whose averages and shifts are far from where they begin.
  private func network(_ numbers: inout Numbers) throws -> Network {
    let input = PictureShape(height: 9, width: 7, channels: 3)
    let network = Network(
      try NetworkSummary(role: .discriminator, input: input, layers: Self.layers), pool: pool)
    network.initialize(seed: 3)
    for state in network.bufferState + network.parameterState where state.layout == .vector {
      let isVariance = state.name.hasSuffix("running_var") || state.name.hasSuffix("weight")
      for i in 0..<state.count { state.data[i] = (isVariance ? 1 : 0) + 0.4 * numbers.float() }
    }
    network.markChanged()
    return network
  }

  @Test("It is the reference's gradient, from every convolution")
  func beside() throws {
    var numbers = Numbers(7)
    let network = try network(&numbers)
    let samples = 3
    network.prepare(samples: samples, slices: samples)
    let pass = try makePass(pool, Array(0...samples))
    pass.mode = .evaluation
    let x = numbers.floats(samples * network.input.count)
    let references = try Self.references(network)
    let all = network.featureMaps
    #expect(
      all.map(\.name) == [0, 2, 5, 9, 11, 19].map { "discriminator.main.\($0)" }, "\(all.map(\.name))")
    // How many of the layers, activations included, give the maps.
    for (maps, count) in zip(all, [2, 5, 7, 11, 14, 20]) {
      try network.forward(x, pass)
      let dy = numbers.floats(samples * maps.shape.count)
      var scratch = dy
      var dx = [Float](repeating: .nan, count: x.count)
      try network.guidedBackward(from: maps, x: x, dy: &scratch, into: &dx, pass)
      for sample in 0..<samples {
        func part(_ all: [Float], _ size: Int) -> [Double] {
          all[sample * size..<(sample + 1) * size].map(Double.init)
        }
        func gradient(guided: Bool) -> [Double] {
          var inputs = [part(x, network.input.count)]
          for reference in references[..<count] { inputs.append(reference.forward(inputs[inputs.count - 1])) }
          let values = UnsafeBufferPointer(
            start: network.values(of: maps) + sample * maps.shape.count, count: maps.shape.count)
          #expect(zip(values, inputs[count]).allSatisfy { abs(Double($0) - $1) < 1e-4 }, "\(maps.name)")
          return references[..<count].indices.reversed().reduce(part(dy, maps.shape.count)) { dy, place in
            references[place].backward(inputs[place], dy, guided: guided)
          }
        }
        let wanted = gradient(guided: true)
        let largest = wanted.map(abs).max() ?? 0
        let apart = zip(part(dx, network.input.count), wanted).map { abs($0 - $1) }.max() ?? 0
        #expect(largest > 0 && apart < 1e-5 * largest, "\(maps.name): \(apart) of \(largest)")
        // The rule matters: it is not the plain gradient.
        let plain = gradient(guided: false)
        #expect(zip(plain, wanted).map { abs($0 - $1) }.max() ?? 0 > 0.1 * largest, "\(maps.name)")
      }
    }
  }

  @Test("What is not excited passes nothing back")
  func nothing() throws {
    var numbers = Numbers(8)
    let network = try network(&numbers)
    network.prepare(samples: 1, slices: 1)
    let pass = try makePass(pool, [0, 1])
    pass.mode = .evaluation
    let x = numbers.floats(network.input.count)
    let maps = network.featureMaps[1]
    try network.forward(x, pass)
    let values = UnsafeBufferPointer(start: network.values(of: maps), count: maps.shape.count)
    for negative in values.indices.filter({ values[$0] < 0 }).prefix(5) {
      var dy = [Float](repeating: 0, count: maps.shape.count)
      dy[negative] = 1
      var dx = [Float](repeating: .nan, count: x.count)
      try network.guidedBackward(from: maps, x: x, dy: &dy, into: &dx, pass)
      #expect(dx.allSatisfy { $0 == 0 })
    }
    #expect(values.contains { $0 < 0 })
  }
}
