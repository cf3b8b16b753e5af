import Layers
import Networks
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Whole networks: gradients beside finite differences, what is told of layers that are final, where numbers
/// begin.
@Suite struct NetworkTests {
  init() throws { try BLAS.open() }

  private let pool = ThreadPool(threads: 2)

  private func network(
    _ role: NetworkRole, _ input: PictureShape, _ layers: [LayerSpecification], seed: UInt64 = 1
  ) throws -> Network {
    let network = Network(try NetworkSummary(role: role, input: input, layers: layers), pool: pool)
    network.initialize(seed: seed)
    return network
  }

  /// Smooth all through, so that differences have no kinks to step over: dense, reshape, transposed
  /// convolution, batch norm, convolution, dropout, dense.
  private static let smooth: [LayerSpecification] = [
    .dense(.init(outFeatures: 2 * 3 * 4, weightInitializer: .glorotUniform)), .batchNorm(.init()), .tanh,
    .reshape(height: 2, width: 3, channels: 4),
    .transposedConvolution(
      .init(outChannels: 17, kernel: 4, stride: 2, padding: .explicit(1), weightInitializer: .glorotUniform)),
    .batchNorm(.init(scale: false)), .sigmoid, .dropout(rate: 0.2),
    .convolution(
      .init(
        outChannels: 3, kernel: 3, stride: 2, padding: .same, bias: true, weightInitializer: .glorotUniform)),
    .tanh,
    .dense(.init(outFeatures: 5, weightInitializer: .glorotUniform)),
  ]

  /// Along random directions, as for single layers: steps of 1e-2 through float sums, so agreement to about
  /// 1e-3.
  @Test func directionalDerivatives() throws {
    let network = try network(.generator, .vector(7), Self.smooth)
    network.prepare(samples: 6, slices: 3)
    let pass = try makePass(pool, [0, 2, 3, 6])
    var numbers = Numbers(3)
    let x = numbers.floats(42)
    let projection = numbers.floats(30)
    func loss(_ x: [Float]) throws -> Double {
      let y = try network.forward(x, pass)
      return (0..<30).reduce(0) { $0 + Double(y[$1]) * Double(projection[$1]) }
    }
    _ = try loss(x)
    var gradients = [Float](repeating: .nan, count: 3 * network.parameterCount)
    var dy = projection
    var dx = [Float](repeating: .nan, count: 42)
    var told: [Range<Int>] = []
    try gradients.withUnsafeMutableBufferPointer { gradients in
      pass.gradients = SliceGradients(base: gradients.baseAddress!, stride: network.parameterCount)
      try network.backward(x: x, dy: &dy, into: &dx, pass) { told.append($0) }
    }
    // Last layer first, and together all parameters.
    #expect(told == network.parameterRanges.reversed())
    #expect(network.parameterRanges.flatMap { Array($0) } == Array(0..<network.parameterCount))

    func check(_ gradient: [Double], step: Float, _ lossAt: ([Float], Float) throws -> Double) throws {
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for _ in 0..<6 {
        let direction = gradient.map { _ in numbers.float() < 0 ? -1 as Float : 1 }
        let measured = (try lossAt(direction, step) - lossAt(direction, -step)) / (2 * Double(step))
        let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * Double($1.1) }
        #expect(abs(measured - expected) < 3e-3 * length)
      }
    }
    try check(dx.map(Double.init), step: 3e-3) { direction, step in
      try loss(zip(x, direction).map { $0 + step * $1 })
    }
    let start = values(network)
    let total = start.indices.map { i in (0..<3).reduce(0) { $0 + Double(gradients[$1 * start.count + i]) } }
    try check(total, step: 1e-3) { direction, step in
      for i in start.indices { network.values.data[i] = start[i] + step * direction[i] }
      network.markChanged()
      return try loss(x)
    }
  }

  /// Parameters begin as a function of (seed, network, place, element): not of threads, nor of what else
  /// there is.
  @Test func beginnings() throws {
    let layers: [LayerSpecification] = [
      .convolution(
        .init(
          outChannels: 40, kernel: 5, stride: 1, padding: .same, bias: true,
          weightInitializer: .normal(mean: 0.5, std: 0.02), biasInitializer: .torchBias)),
      .batchNorm(.init()),
      .convolution(
        .init(
          outChannels: 50, kernel: 3, stride: 1, padding: .same, weightInitializer: .truncatedNormal(std: 0.1)
        )),
      .dense(.init(outFeatures: 30, weightInitializer: .glorotUniform, biasInitializer: .constant(0.25))),
    ]
    let shape = PictureShape(height: 4, width: 4, channels: 20)
    let one = try network(.discriminator, shape, layers)
    #expect(values(try network(.discriminator, shape, layers)) == values(one))
    #expect(values(try network(.discriminator, shape, layers, seed: 2)) != values(one))
    #expect(values(try network(.generator, shape, layers)) != values(one))
    let alone = Network(one.summary, pool: ThreadPool(threads: 1))
    alone.initialize(seed: 1)
    #expect(values(alone) == values(one))

    let parts = Dictionary(
      uniqueKeysWithValues: one.parameterState.map { state in
        (state.name, (0..<state.count).map { Double(state.data[$0]) })
      })
    func moments(_ name: String) throws -> (
      mean: Double, deviation: Double, largest: Double, smallest: Double
    ) {
      let x = try #require(parts["discriminator.main.\(name)"])
      let mean = x.reduce(0, +) / Double(x.count)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
      return (mean, variance.squareRoot(), x.max() ?? 0, x.min() ?? 0)
    }
    // 20,000 numbers: five deviations of their mean are 0.035 of theirs, of their deviation 0.025.
    let normal = try moments("0.weight")
    #expect(abs(normal.mean - 0.5) < 0.035 * 0.02 && abs(normal.deviation - 0.02) < 0.025 * 0.02)
    let bias = try moments("0.bias")
    #expect(bias.largest <= 1 / 500.0.squareRoot() && bias.smallest >= -1 / 500.0.squareRoot())
    #expect(bias.largest > 0.7 / 500.0.squareRoot() && bias.smallest < -0.7 / 500.0.squareRoot())
    let (scale, shift) = (try moments("1.weight"), try moments("1.bias"))
    #expect(abs(scale.mean - 1) < 0.02 && shift.largest == 0 && shift.smallest == 0)
    // A normal distribution cut at two deviations has 0.8796 of its deviation.
    let cut = try moments("2.weight")
    #expect(cut.largest <= 0.2 && cut.smallest >= -0.2 && cut.largest > 0.195 && cut.smallest < -0.195)
    #expect(abs(cut.deviation - 0.08796) < 0.03 * 0.08796 && abs(cut.mean) < 0.035 * 0.1)
    let bound = (6.0 / (800 + 30)).squareRoot()
    let glorot = try moments("3.weight")
    #expect(glorot.largest <= bound && glorot.smallest >= -bound && glorot.largest > 0.999 * bound)
    #expect(abs(glorot.deviation - bound / 3.0.squareRoot()) < 0.02 * bound)
    let constant = try moments("3.bias")
    #expect(constant.smallest == 0.25 && constant.largest == 0.25)
  }

  @Test func numbersThatAreNotFiniteAreFound() throws {
    let network = try network(.generator, .vector(7), Self.smooth)
    network.prepare(samples: 2, slices: 1)
    let pass = try makePass(pool, [0, 2])
    var x = [Float](repeating: 0.5, count: 14)
    try network.forward(x, pass)
    #expect(network.firstNonFinite(samples: 2) == nil)
    x[3] = .nan
    try network.forward(x, pass)
    #expect(network.firstNonFinite(samples: 2) == "the output of generator.main.0 (dense)")
    let weight = try #require(network.parameterState.first { $0.name == "generator.main.4.weight" })
    x[3] = 0
    weight.data[5] = .infinity
    network.markChanged()
    try network.forward(x, pass)
    #expect(network.firstNonFinite(samples: 2) == "the weight of generator.main.4 (transposedConvolution)")
  }
}
