import Layers
import Tensors
import TestSupport
import Testing

/// Batch norm beside its formulas in double, over one slice and several.
@Suite struct BatchNormTests {
  static let shape = PictureShape(height: 3, width: 5, channels: 7)
  static let samples = 6

  /// Batch means and variances (biased) of each channel.
  private static func moments(_ x: [Float], channels: Int) -> (mean: [Double], variance: [Double]) {
    let rows = Double(x.count / channels)
    var mean = [Double](repeating: 0, count: channels)
    for (i, value) in x.enumerated() { mean[i % channels] += Double(value) / rows }
    var variance = [Double](repeating: 0, count: channels)
    for (i, value) in x.enumerated() {
      let centred = Double(value) - mean[i % channels]
      variance[i % channels] += centred * centred / rows
    }
    return (mean, variance)
  }

  private static func input(_ seed: Int, offset: Float = 0, count: Int = samples * shape.count) -> [Float] {
    var numbers = Numbers(seed)
    return numbers.floats(count).enumerated().map { $1 * Float($0 % 7 + 1) * 0.5 + offset }
  }

  @Test(arguments: [[0, 6], [0, 2, 2, 6], [0, 1, 2, 3, 4, 5, 6]], [true, false])
  func againstFormula(_ bounds: [Int], _ scale: Bool) throws {
    for offset: Float in [0, 30] {
      let layer = BatchNorm(
        shape: Self.shape, BatchNormSettings(epsilon: 1e-3, scale: scale), activation: .leakyReLU(slope: 0.2))
      let bench = LayerBench(layer)
      var numbers = Numbers(3)
      bench.parameters = numbers.floats(bench.values.count)
      let x = Self.input(1, offset: offset)
      let dy = numbers.floats(x.count)
      let outcome = try bench.run(x, dy: dy, bounds)

      let channels = Self.shape.channels
      let gamma =
        scale ? bench.parameters[..<channels].map(Double.init) : Array(repeating: 1, count: channels)
      let beta = bench.parameters.suffix(channels).map(Double.init)
      let (mean, variance) = Self.moments(x, channels: channels)
      let inverse = variance.map { 1 / ($0 + 1e-3).squareRoot() }
      let hat = x.enumerated().map { (Double($1) - mean[$0 % channels]) * inverse[$0 % channels] }
      let y = hat.enumerated().map { i, value -> Double in
        let linear = gamma[i % channels] * value + beta[i % channels]
        return linear > 0 ? linear : 0.2 * linear
      }
      // x of this size is itself no more exact than this, beside its deviation.
      let tolerance = offset == 0 ? 2e-6 : 3e-5
      #expect(largestError(outcome.y, y) < tolerance)

      let g = zip(dy, outcome.y).map { Double($0) * ($1 > 0 ? 1 : 0.2) }
      let rows = Double(x.count / channels)
      var sums = [Double](repeating: 0, count: channels)
      var products = sums
      for i in x.indices {
        sums[i % channels] += g[i]
        products[i % channels] += g[i] * hat[i]
      }
      let dx = x.indices.map { i -> Double in
        let c = i % channels
        return gamma[c] * inverse[c] * (g[i] - sums[c] / rows - hat[i] * products[c] / rows)
      }
      #expect(largestError(outcome.dx, dx) < tolerance)

      for slice in 0..<bounds.count - 1 {
        var expected = [Double](repeating: 0, count: bench.values.count)
        for i in bounds[slice] * Self.shape.count..<bounds[slice + 1] * Self.shape.count {
          expected[bench.values.count - channels + i % channels] += g[i]
          if scale { expected[i % channels] += g[i] * hat[i] }
        }
        #expect(largestError(outcome.gradients[slice], expected) < tolerance)
      }
    }
  }

  /// A bias of all activations changes nothing: the sum over a channel of dx is zero.
  @Test func gradientsOfTheInputSumToZero() throws {
    let bench = LayerBench(BatchNorm(shape: Self.shape, BatchNormSettings(scale: false)))
    let outcome = try bench.run(Self.input(4), dy: Self.input(5), [0, 3, 6])
    for c in 0..<7 {
      let sum = stride(from: c, to: outcome.dx.count, by: 7).reduce(0.0) { $0 + Double(outcome.dx[$1]) }
      #expect(abs(sum) < 1e-4)
    }
  }

  struct Meaning: Sendable {
    let unbiased: Bool
    let zeroDebiased: Bool
    let momentum: Double
  }

  /// The running averages of PyTorch (unbiased variance), Keras (biased) and TF-slim (mean corrected for its
  /// start).
  @Test(arguments: [
    Meaning(unbiased: true, zeroDebiased: false, momentum: 0.1),
    Meaning(unbiased: false, zeroDebiased: false, momentum: 0.01),
    Meaning(unbiased: false, zeroDebiased: true, momentum: 0.1),
  ]) func runningAverages(_ meaning: Meaning) throws {
    let layer = BatchNorm(
      shape: Self.shape,
      BatchNormSettings(
        momentum: meaning.momentum, unbiasedRunningVariance: meaning.unbiased,
        zeroDebiasedMean: meaning.zeroDebiased))
    let bench = LayerBench(layer)
    let channels = Self.shape.channels
    let rows = Double(Self.samples * Self.shape.pixels)
    var mean = [Double](repeating: 0, count: channels)
    var variance = [Double](repeating: 1, count: channels)
    #expect(layer.batchesTracked == 0)
    for step in 1...5 {
      let x = Self.input(step, offset: Float(step))
      _ = try bench.forward(x, [0, 4, 6])
      let batch = Self.moments(x, channels: channels)
      var stored = mean
      for c in 0..<channels {
        mean[c] += meaning.momentum * (batch.mean[c] - mean[c])
        let own = meaning.unbiased ? batch.variance[c] * rows / (rows - 1) : batch.variance[c]
        variance[c] += meaning.momentum * (own - variance[c])
        var remaining = 1.0
        for _ in 0..<step { remaining *= 1 - meaning.momentum }
        stored[c] = meaning.zeroDebiased ? mean[c] / (1 - remaining) : mean[c]
      }
      #expect(largestError(array(layer.runningMean), stored) < 1e-6)
      #expect(largestError(array(layer.runningVariance), variance) < 1e-6)
      #expect(layer.batchesTracked == step)
    }
    // With the first batch alone, the corrected mean is that batch's.
    #expect(layer.buffers.map(\.name) == ["running_mean", "running_var"])

    // Evaluation reads them and leaves them.
    bench.mode = .evaluation
    let before = (array(layer.runningMean), array(layer.runningVariance))
    bench.parameters = (0..<2 * channels).map { Float($0 % 5) - 1.5 }
    let x = Self.input(9)
    let y = try bench.forward(x, [0, 6])
    let expected = x.enumerated().map { i, value -> Double in
      let c = i % channels
      let hat = (Double(value) - Double(before.0[c])) / (Double(before.1[c]) + 1e-5).squareRoot()
      return Double(bench.parameters[c]) * hat + Double(bench.parameters[channels + c])
    }
    #expect(largestError(y, expected) < 1e-6)
    #expect(sameBits(array(layer.runningMean), before.0) && sameBits(array(layer.runningVariance), before.1))
    #expect(layer.batchesTracked == 5)
  }

  private func array(_ buffer: StateBuffer) -> [Float] {
    Array(UnsafeBufferPointer(start: buffer.values.data, count: buffer.values.count))
  }

  /// In evaluation the statistics are constants: dx = gamma / std g.
  @Test func gradientInEvaluation() throws {
    let layer = BatchNorm(shape: Self.shape, BatchNormSettings())
    let bench = LayerBench(layer)
    bench.mode = .evaluation
    bench.parameters = (0..<14).map { Float($0) - 3 }
    for c in 0..<7 {
      layer.runningMean.values.data[c] = Float(c)
      layer.runningVariance.values.data[c] = Float(c + 1)
    }
    let dy = Self.input(2)
    let outcome = try bench.run(Self.input(1), dy: dy, [0, 6])
    let expected = dy.enumerated().map { i, g in
      Double(g) * Double(bench.parameters[i % 7]) / (Double(i % 7 + 1) + 1e-5).squareRoot()
    }
    #expect(largestError(outcome.dx, expected) < 1e-6)
  }

  /// A channel that is constant has no variance, and a single number no unbiased one: nothing becomes NaN.
  @Test func nothingToDivideBy() throws {
    let constant = LayerBench(BatchNorm(shape: Self.shape, BatchNormSettings()))
    constant.parameters = [Float](repeating: 1, count: 14)
    let x = [Float](repeating: 1e4, count: Self.samples * Self.shape.count)
    let outcome = try constant.run(x, dy: Self.input(1), [0, 3, 6])
    #expect(outcome.y.allSatisfy { abs($0 - 1) < 0.5 })
    #expect(outcome.dx.allSatisfy { $0.isFinite })
    let layer = BatchNorm(shape: .vector(3), BatchNormSettings())
    let single = LayerBench(layer)
    single.parameters = [1, 1, 1, 0.5, 0.5, 0.5]
    #expect(try single.forward([1, 2, 3], [0, 1]).allSatisfy { abs($0 - 0.5) < 1e-3 })
    #expect((0..<3).allSatisfy { layer.runningVariance.values.data[$0].isFinite })
  }
}
