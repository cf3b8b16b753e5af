import Layers
import Tensors
import TestSupport
import Testing

/// Every layer's gradients beside central differences of its own forward pass.
///
/// The function is L = sum(r y), r random, summed in double. It is differentiated along random directions v
/// in all inputs, or all parameters, at once: then dL is the root of their number times as large as along one
/// axis, far above the rounding of y. Directions are scaled so that a unit's sum moves by about h: with h =
/// 1e-2 rounding makes 1e-5 of dL and the curvature, of the order of h^2, 1e-4. (Leaky) ReLU has no curvature
/// but a kink: there h = 5e-4, and numbers are drawn until no unit lies so near to its kink that a step could
/// take it over.
@Suite struct GradientCheckTests {
  init() throws { try BLAS.open() }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var slope: Float?
    let make: @Sendable () -> any Layer
  }

  private static let picture = PictureShape(height: 4, width: 5, channels: 6)
  private static let leaky = Activation.leakyReLU(slope: 0.2)

  private static func slope(_ activation: Activation) -> Float? {
    if case .leakyReLU(let slope) = activation { slope } else { nil }
  }

  private static let norms: [Case] = [
    (BatchNormSettings(), Activation.identity, "scale"),
    (BatchNormSettings(scale: false), .identity, "no scale"),
    (BatchNormSettings(epsilon: 1e-3), leaky, "leaky ReLU"),
    (BatchNormSettings(scale: false), leaky, "no scale, leaky ReLU"),
  ].map { settings, activation, name in
    Case(testDescription: "batch norm, \(name)", slope: slope(activation)) {
      BatchNorm(shape: picture, settings, activation: activation)
    }
  }

  private static let geometries: [ConvolutionCase] = [
    ConvolutionCase.convolution(5, 4, 3, 2, 1, (3, 5)), .convolution(4, 4, 4, 1, 0, (6, 4)),
    .transposed(2, 1, 4, 2, 1, (17, 9)), .same(5, 6, 5, 2, (2, 4)),
  ].compactMap { $0 }

  private static let convolutions: [Case] = geometries.flatMap { test -> [Case] in
    [(false, Activation.tanh), (true, .tanh), (false, .sigmoid), (true, leaky), (false, leaky)].map {
      transposed, activation in
      Case(
        testDescription: "\(transposed ? "transposed " : "")\(test.name), \(activation)",
        slope: slope(activation)
      ) {
        ConvolutionCheck.layer(test.geometry, transposed: transposed, bias: true, activation)
      }
    }
  }

  static let planned: [Case] =
    [0, 2, 6, 9, 12, 13, 16, 17, 21].flatMap { index in
      [2, 4].map { tile in
        let test = ConvolutionCase.minimal[index]
        let transposed = (index + tile / 2) % 2 == 0
        return Case(testDescription: "\(transposed ? "transposed " : "")\(test.name), tiles of \(tile)") {
          ConvolutionCheck.layer(test.geometry, transposed: transposed, bias: true, .tanh, .tiles(tile))
        }
      }
    }
    + [0, 3, 5, 10, 13].flatMap { index in
      [false, true].map { transposed in
        let test = ConvolutionCase.long[index]
        return Case(testDescription: "\(transposed ? "transposed " : "")\(test.name), \(test.longName)") {
          ConvolutionCheck.layer(test.geometry, transposed: transposed, bias: true, .tanh, test.longPlanner)
        }
      }
    }

  static let narrow: [Case] = [2, 3, 10].flatMap { index in
    [false, true].map { transposed in
      let test = ConvolutionCase.narrow[index]
      return Case(testDescription: "\(transposed ? "transposed " : "")\(test.name), narrow") {
        ConvolutionCheck.layer(test.geometry, transposed: transposed, bias: true, .sigmoid)
      }
    }
  }

  private static func averagePool(_ kernel: Int, _ stride: Int) -> AveragePool {
    AveragePool(
      input: picture,
      output: PictureShape(
        height: (picture.height - kernel) / stride + 1, width: (picture.width - kernel) / stride + 1,
        channels: picture.channels), kernel: kernel, stride: stride)
  }

  static let cases: [Case] =
    norms + convolutions + planned + narrow + [
      Case(testDescription: "dense, tanh") {
        Dense(input: picture, outputs: 13, bias: true, activation: .tanh)
      },
      Case(testDescription: "dense") { Dense(input: picture, outputs: 13, bias: true) },
      Case(testDescription: "tanh") { ActivationLayer(shape: picture, .tanh) },
      Case(testDescription: "sigmoid") { ActivationLayer(shape: picture, .sigmoid) },
      Case(testDescription: "leaky ReLU", slope: 0.2) {
        ActivationLayer(shape: picture, .leakyReLU(slope: 0.2))
      },
      Case(testDescription: "average pool") { averagePool(2, 2) },
      Case(testDescription: "average pool, windows overlap") { averagePool(3, 1) },
      Case(testDescription: "average pool, gaps between windows") { averagePool(1, 3) },
      Case(testDescription: "pixel shuffle") {
        PixelShuffle(input: PictureShape(height: 3, width: 1, channels: 18), factor: 3)
      },
      Case(testDescription: "upsample") { UpsampleNearest(input: picture, factor: 3) },
      Case(testDescription: "dropout") { Dropout(shape: picture, rate: 0.4, place: 1) },
    ]

  /// Numbers for a check, with no unit nearer to its kink than `margin`.
  private func draw(_ test: Case, _ bench: LayerBench, size: Float, margin: Float) throws -> (
    x: [Float], numbers: Numbers
  ) {
    for seed in 1...2000 {
      var numbers = Numbers(seed)
      if bench.values.count > 0 {
        bench.parameters = numbers.floats(bench.values.count).map { $0 * 2 * size }
      }
      let x = numbers.floats(5 * bench.layer.input.count).map { $0 * 1.5 }
      guard let slope = test.slope else { return (x, numbers) }
      let nearest = try bench.forward(x, Self.bounds).map { $0 > 0 ? $0 : -$0 / slope }.min() ?? 0
      if nearest > margin { return (x, numbers) }
    }
    throw NoNumbers()
  }

  private struct NoNumbers: Error {}
  private static let bounds = [0, 2, 2, 5]

  @Test(arguments: cases) func directionalDerivatives(_ test: Case) throws {
    let bench = LayerBench(test.make())
    let bounds = Self.bounds
    let fan = bench.layer.parameters.map { max($0.fanIn, $0.fanOut) }.max() ?? 1
    let size = 1 / Float(fan).squareRoot()
    let h: Float = test.slope == nil ? 1e-2 : 5e-4
    var (x, numbers) = try draw(test, bench, size: size, margin: 6 * h)
    let projection = numbers.floats(5 * bench.layer.output.count)
    let outcome = try bench.run(x, dy: projection, bounds)
    let parameters = bench.parameters

    func loss(_ x: [Float], _ parameters: [Float]) throws -> Double {
      if !parameters.isEmpty { bench.parameters = parameters }
      return zip(try bench.forward(x, bounds), projection).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    func check(_ gradient: [Double], _ values: [Float], step: Float, _ lossAt: ([Float]) throws -> Double)
      throws
    {
      // Beside the length of the gradient, as a direction may by chance be nearly at right angles to it.
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for _ in 0..<4 {
        let direction = values.map { _ in numbers.float() < 0 ? -1 as Float : 1 }
        let there = zip(values, direction).map { $0 + step * $1 }
        let back = zip(values, direction).map { $0 - step * $1 }
        // The steps as they came out in float.
        let expected = gradient.indices.reduce(0) {
          $0 + gradient[$1] * (Double(there[$1]) - Double(back[$1]))
        }
        let error = abs(try lossAt(there) - lossAt(back) - expected) / (2 * Double(step) * length)
        #expect(error < 1e-3)
      }
    }
    try check(outcome.dx.map(Double.init), x, step: h) { try loss($0, parameters) }
    guard !parameters.isEmpty else { return }
    let total = parameters.indices.map { i in outcome.gradients.reduce(0) { $0 + Double($1[i]) } }
    try check(total, parameters, step: h * size) { try loss(x, $0) }
  }
}
