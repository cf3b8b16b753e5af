import CKernels
import Foundation
import Tensors

/// The settings of batch normalisation in which frameworks differ.
package struct BatchNormSettings: Equatable, Sendable {
  /// Added to the variance.
  package var epsilon: Double
  /// The new batch's share in the running averages.
  package var momentum: Double
  /// Whether there is a learned scale.
  package var scale: Bool
  /// Whether the running variance stores n / (n - 1) times the batch variance.
  package var unbiasedRunningVariance: Bool
  /// Whether the running mean is corrected for having begun at 0.
  package var zeroDebiasedMean: Bool

  /// Settings from their parts; the defaults are PyTorch's.
  package init(
    epsilon: Double = 1e-5, momentum: Double = 0.1, scale: Bool = true, unbiasedRunningVariance: Bool = true,
    zeroDebiasedMean: Bool = false
  ) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.scale = scale
    self.unbiasedRunningVariance = unbiasedRunningVariance
    self.zeroDebiasedMean = zeroDebiasedMean
  }
}

/// Batch normalisation over N, H, W of each channel, with an activation (identity or leaky ReLU) in the same
/// pass: y = f(gamma (x - mean) / sqrt(var + eps) + beta) (Ioffe and Szegedy 2015, algorithm 1).
///
/// The batch is the one that `Pass.sums` adds over: with `--bn sync`, all slices of all ranks.
package final class BatchNorm: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out.
  package var output: PictureShape { input }
  /// gamma, if there is one.
  package let weight: Parameter?
  /// beta.
  package let bias: Parameter
  /// The average of batch means.
  package let runningMean: StateBuffer
  /// The average of batch variances.
  package let runningVariance: StateBuffer
  /// Training-mode forwards so far.
  package var batchesTracked = 0
  private let settings: BatchNormSettings
  private let activation: Activation
  private let sums: ChannelSums
  private let totals: UnsafeMutablePointer<Double>
  // Per channel: mean, 1 / std, scale, shift of the forward pass; a, b, c of the backward pass.
  private let perChannel: FloatBuffer

  /// Batch norm of `shape`'s channels, followed by `activation`.
  package init(shape: PictureShape, _ settings: BatchNormSettings, activation: Activation = .identity) {
    switch activation {
    case .identity, .leakyReLU: break
    case .tanh, .sigmoid: preconditionFailure("batch norm takes along only piecewise linear activations")
    }
    input = shape
    self.settings = settings
    self.activation = activation
    let channels = shape.channels
    weight = settings.scale ? Parameter(name: "weight", layout: .vector, count: channels) : nil
    bias = Parameter(name: "bias", layout: .vector, count: channels)
    runningMean = StateBuffer(name: "running_mean", count: channels, value: 0)
    runningVariance = StateBuffer(name: "running_var", count: channels, value: 1)
    sums = ChannelSums(width: 2 * channels, rowsPerSample: shape.pixels, rowFloats: channels)
    totals = .allocate(capacity: 2 * channels + 1)
    totals.initialize(repeating: 0, count: 2 * channels + 1)
    perChannel = FloatBuffer(count: 7 * channels)
  }

  deinit { totals.deallocate() }

  /// What is trained, in PyTorch's order.
  package var parameters: [Parameter] { (weight.map { [$0] } ?? []) + [bias] }
  /// The running averages.
  package var buffers: [StateBuffer] { [runningMean, runningVariance] }

  /// Allocates what passes over up to `samples` samples in up to `slices` slices need.
  package func prepare(samples: Int, slices: Int) { sums.prepare(samples: samples, slices: slices, extra: 1) }

  private func channel(_ row: Int) -> UnsafeMutablePointer<Float> { perChannel.data + row * input.channels }
  private var mean: UnsafeMutablePointer<Float> { channel(0) }
  private var inverseStd: UnsafeMutablePointer<Float> { channel(1) }
  private var scale: UnsafeMutablePointer<Float> { channel(2) }
  private var shift: UnsafeMutablePointer<Float> { channel(3) }

  /// Reads x [N, H, W, C], writes y of the same shape; in training also the running averages. Collective in
  /// training.
  /// - Throws: an error of the message layer.
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) throws {
    let channels = input.channels
    switch pass.mode {
    case .training: try takeBatchStatistics(x, pass)
    case .evaluation:
      for c in 0..<channels {
        mean[c] = runningMean.values.data[c]
        inverseStd[c] = Float(1 / (Double(runningVariance.values.data[c]) + settings.epsilon).squareRoot())
      }
    }
    for c in 0..<channels {
      scale[c] = (weight?.values[c] ?? 1) * inverseStd[c]
      shift[c] = bias.values[c] - mean[c] * scale[c]
    }
    runRows(pass) { first, rows in
      ck_normalize(
        x + first * channels, scale, shift, y + first * channels, rows, channels, activation.code,
        activation.slope)
    }
  }

  /// Adds `sums` over all slices of all ranks, into `totals`, and returns the number of rows, which travels
  /// with each slice's sums as their last double.
  private func reduce(_ pass: Pass) throws -> Double {
    let width = 2 * input.channels
    for slice in 0..<pass.slices.count {
      sums.perSlice[slice * (width + 1) + width] = Double(pass.slices[slice].count * input.pixels)
    }
    try pass.sums.sum(sums.perSlice, slices: pass.slices.count, count: width + 1, into: totals)
    return totals[width]
  }

  private func takeBatchStatistics(_ x: UnsafePointer<Float>, _ pass: Pass) throws {
    let channels = input.channels
    sums.run(pass, stride: 2 * channels + 1) { rows, total in
      ck_moments(x + rows.lowerBound * channels, rows.count, channels, total)
    }
    let count = try reduce(pass)
    // Under local statistics a short last batch may leave a rank without samples, and nothing to learn from.
    guard count > 0 else { return }
    batchesTracked += 1
    let momentum = settings.momentum
    let t = Double(batchesTracked)
    for c in 0..<channels {
      let batchMean = totals[c] / count
      let variance = max(0, totals[channels + c] / count - batchMean * batchMean)
      mean[c] = Float(batchMean)
      inverseStd[c] = Float(1 / (variance + settings.epsilon).squareRoot())
      let oldMean = Double(runningMean.values.data[c])
      var newMean = (1 - momentum) * oldMean + momentum * batchMean
      if settings.zeroDebiasedMean {
        // What is stored is already divided by 1 - decay^t, so that it can be used as it is.
        let decay = 1 - momentum
        newMean = (decay * oldMean * (1 - pow(decay, t - 1)) + momentum * batchMean) / (1 - pow(decay, t))
      }
      runningMean.values.data[c] = Float(newMean)
      let stored = settings.unbiasedRunningVariance && count > 1 ? variance * count / (count - 1) : variance
      let oldVariance = Double(runningVariance.values.data[c])
      runningVariance.values.data[c] = Float((1 - momentum) * oldVariance + momentum * stored)
    }
  }

  /// With g = dy f'(y) and xhat = (x - mean) / std, in training:
  /// dx = gamma / std (g - sum(g) / m - xhat sum(g xhat) / m), dgamma = sum(g xhat), dbeta = sum(g).
  /// In evaluation mean and std are constants: dx = gamma / std g. Collective in training.
  /// - Throws: an error of the message layer.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) throws {
    let channels = input.channels
    sums.run(pass, stride: 2 * channels + 1) { rows, total in
      let first = rows.lowerBound * channels
      ck_batchnorm_backward_sums(
        x + first, dy + first, scale, shift, mean, inverseStd, rows.count, channels, activation.code,
        activation.slope, total)
    }
    if let gradients = pass.gradients {
      gradients.write(sums.perSlice, stride: 2 * channels + 1, to: bias, pass)
      if let weight { gradients.write(sums.perSlice + channels, stride: 2 * channels + 1, to: weight, pass) }
    }
    let count = pass.mode == .training ? try reduce(pass) : 0
    guard let dx else { return }
    let a = channel(4)
    let b = channel(5)
    let constant = channel(6)
    for c in 0..<channels {
      let factor = Double(weight?.values[c] ?? 1) * Double(inverseStd[c])
      a[c] = Float(factor)
      b[c] = 0
      constant[c] = 0
      if pass.mode == .training, count > 0 {
        // x b + c is -(factor / m) (sum(g) + xhat sum(g xhat)), with xhat written out in x.
        let slope = -factor / count * totals[channels + c] * Double(inverseStd[c])
        b[c] = Float(slope)
        constant[c] = Float(-factor / count * totals[c] - slope * Double(mean[c]))
      }
    }
    runRows(pass) { first, rows in
      ck_batchnorm_backward_apply(
        x + first * channels, dy + first * channels, scale, shift, a, b, constant, dx + first * channels,
        rows,
        channels, activation.code, activation.slope)
    }
  }

  private func runRows(_ pass: Pass, _ body: (_ first: Int, _ rows: Int) -> Void) {
    pass.pool.runChunks(pass.samples * input.pixels, chunk: max(64, (1 << 15) / input.channels)) { range in
      body(range.lowerBound, range.count)
    }
  }
}
