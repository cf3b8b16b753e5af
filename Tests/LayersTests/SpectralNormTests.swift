import Layers
import Tensors
import TestSupport
import Testing

/// Spectral norm: the power iteration, what the layer computes with, and the gradient.
@Suite struct SpectralNormTests {
  init() throws { try BLAS.open() }

  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (_ spectralNorm: Bool) -> any Layer
  }

  private static let geometry = ConvolutionGeometry(
    large: PictureShape(height: 5, width: 6, channels: 7),
    small: PictureShape(height: 2, width: 3, channels: 11),
    kernelHeight: 4, kernelWidth: 4, stride: 2, top: 1, left: 1)
  static let kinds = [
    Kind(testDescription: "convolution") { Convolution(geometry, bias: true, spectralNorm: $0) },
    Kind(testDescription: "transposed convolution") {
      TransposedConvolution(geometry, bias: true, spectralNorm: $0)
    },
    // More rows than are added up at once.
    Kind(testDescription: "dense") {
      Dense(input: PictureShape(height: 7, width: 9, channels: 10), outputs: 13, bias: true, spectralNorm: $0)
    },
  ]

  /// The layer with random numbers and a norm that followed them for a while, so that sigma is no singular value yet.
  private func bench(_ kind: Kind, threads: Int = 2, iterations: Int = 1) throws -> (LayerBench, SpectralNorm)
  {
    let bench = LayerBench(kind.make(true), threads: threads)
    var numbers = Numbers(3)
    bench.parameters = numbers.floats(bench.values.count)
    let norm = try #require(bench.layer.spectralNorm)
    norm.start(RandomStream(seed: 1, purpose: .initialWeights), bench.pool)
    for _ in 1..<iterations { norm.iterate(bench.pool) }
    return (bench, norm)
  }

  private func x(_ bench: LayerBench, samples: Int) -> [Float] {
    var numbers = Numbers(9)
    return numbers.floats(samples * bench.layer.input.count)
  }

  @Test(arguments: kinds) func computesWithTheWeightOverSigma(_ kind: Kind) throws {
    let (bench, norm) = try bench(kind)
    let x = x(bench, samples: 3)
    let y = try bench.forward(x, [0, 3])
    #expect(norm.sigma > 1)
    let plain = LayerBench(kind.make(false))
    let weights = bench.layer.parameters[0].count
    plain.parameters = bench.parameters.enumerated().map { $0 < weights ? $1 * Float(1 / norm.sigma) : $1 }
    #expect(sameBits(y, try plain.forward(x, [0, 3])))
  }

  /// sigma grows towards the largest singular value, and dividing by it leaves one of 1.
  @Test(arguments: kinds) func convergesToTheLargestSingularValue(_ kind: Kind) throws {
    let (bench, norm) = try bench(kind, iterations: 200)
    let x = x(bench, samples: 1)
    _ = try bench.forward(x, [0, 1])
    let largest = norm.sigma
    for _ in 0..<50 { norm.iterate(bench.pool) }
    _ = try bench.forward(x, [0, 1])
    #expect(abs(norm.sigma / largest - 1) < 1e-5)
    let (early, first) = try self.bench(kind)
    _ = try early.forward(x, [0, 1])
    #expect(first.sigma < largest && first.sigma > largest / 10)
    bench.parameters = bench.parameters.map { $0 / Float(largest) }
    _ = try bench.forward(x, [0, 1])
    #expect(abs(norm.sigma - 1) < 1e-5)
  }

  /// A diagonal matrix shows its largest entry.
  @Test func diagonal() throws {
    let bench = LayerBench(Dense(input: .vector(3), outputs: 3, bias: false, spectralNorm: true))
    bench.parameters = [2, 0, 0, 0, -5, 0, 0, 0, 3]
    let norm = try #require(bench.layer.spectralNorm)
    norm.start(RandomStream(seed: 1, purpose: .initialWeights), bench.pool)
    for _ in 0..<40 { norm.iterate(bench.pool) }
    #expect(zip(try bench.forward([1, 1, 1], [0, 1]), [0.4, -1, 0.6]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(abs(norm.sigma - 5) < 1e-6 && abs(abs(norm.u.values.data[1]) - 1) < 1e-6)
  }

  @Test(arguments: kinds) func threadsDoNotMatter(_ kind: Kind) throws {
    var first: (Outcome, [Float])?
    for threads in [1, 2, 5] {
      let (bench, norm) = try bench(kind, threads: threads, iterations: 3)
      var numbers = Numbers(4)
      let x = x(bench, samples: 5)
      let outcome = try bench.run(x, dy: numbers.floats(5 * bench.layer.output.count), [0, 2, 5])
      var gradient = outcome.gradients[0]
      norm.finishGradient(&gradient, bench.pool)
      if let first {
        expectSameBits(outcome, first.0)
        #expect(sameBits(gradient, first.1))
      } else {
        first = (outcome, gradient)
      }
    }
  }

  /// With u and v held, beside central differences of sum(r y) along random directions.
  @Test(arguments: kinds) func gradient(_ kind: Kind) throws {
    let (bench, norm) = try bench(kind, iterations: 2)
    let x = x(bench, samples: 5)
    var numbers = Numbers(5)
    let r = numbers.floats(5 * bench.layer.output.count)
    let outcome = try bench.run(x, dy: r, [0, 2, 5])
    var total = zip(outcome.gradients[0], outcome.gradients[1]).map { $0 + $1 }
    norm.finishGradient(&total, bench.pool)
    let parameters = bench.parameters
    func loss(_ parameters: [Float]) throws -> Double {
      bench.parameters = parameters
      return zip(try bench.forward(x, [0, 5]), r).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let h: Float = 3e-3
    let length = total.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for _ in 0..<4 {
      let direction = parameters.map { _ in numbers.float() < 0 ? -h : h }
      let there = zip(parameters, direction).map { $0 + $1 }
      let back = zip(parameters, direction).map { $0 - $1 }
      let expected = total.indices.reduce(0) {
        $0 + Double(total[$1]) * (Double(there[$1]) - Double(back[$1]))
      }
      #expect(abs(try loss(there) - loss(back) - expected) / (2 * Double(h) * length) < 1e-3)
    }
  }

  /// Weights of nothing but zeros stay so and are used as they are; u and v stay as they were.
  @Test func zeros() throws {
    let (bench, norm) = try bench(Self.kinds[2])
    bench.parameters = bench.parameters.map { _ in 0 }
    let u = norm.u.values.data[0]
    norm.iterate(bench.pool)
    let x = x(bench, samples: 1)
    let outcome = try bench.run(x, dy: [Float](repeating: 1, count: 13), [0, 1])
    #expect(outcome.y.allSatisfy { $0 == 0 } && outcome.gradients[0].allSatisfy { $0.isFinite })
    #expect(norm.sigma == 1 && norm.u.values.data[0] == u)
    var gradient = outcome.gradients[0]
    norm.finishGradient(&gradient, bench.pool)
    #expect(sameBits(gradient, outcome.gradients[0]))
  }

  /// What is not a number comes out as such, for the run to find.
  @Test func notANumber() throws {
    let (bench, norm) = try bench(Self.kinds[0])
    var parameters = bench.parameters
    parameters[5] = .nan
    bench.parameters = parameters
    norm.iterate(bench.pool)
    #expect(try bench.forward(x(bench, samples: 1), [0, 1]).contains { $0.isNaN })
    #expect((0..<norm.u.values.count).allSatisfy { norm.u.values.data[$0].isFinite })
  }
}
