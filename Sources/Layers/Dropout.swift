import CKernels
import Tensors

/// Zeroes each number with probability `rate` in training and scales the rest by 1 / (1 - rate) (Srivastava
/// et al. 2014, in the inverted form of the frameworks).
///
/// The mask is a function of (seed, step, pass, layer, global sample, element), so it is not kept: the
/// backward pass draws it again.
public final class Dropout: Layer {
  /// One sample going in.
  public let input: PictureShape
  /// One sample coming out.
  public var output: PictureShape { input }
  private let rate: Float
  private let place: Int

  /// Dropout of `shape`; `place` is the layer's place in its network, below 256.
  public init(shape: PictureShape, rate: Float, place: Int) {
    precondition(rate >= 0 && rate < 1 && place < 256, "dropout keeps something")
    input = shape
    self.rate = rate
    self.place = place
  }

  /// Floats that each thread needs for uniform numbers.
  public var scratchFloats: Int { input.count }

  /// y = x mask in training, y = x in evaluation.
  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    guard pass.mode == .training else {
      y.update(from: x, count: pass.samples * input.count)
      return
    }
    applyMask(x, into: y, pass)
  }

  /// dx = dy mask, the forward pass's mask.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    if let dx { applyMask(dy, into: dx, pass) }
  }

  private func applyMask(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let count = input.count
    pass.pool.run(pass.samples) { sample, worker in
      let uniform = pass.pool.scratch(worker)
      RandomStream(
        seed: pass.seed, purpose: .dropout, stream: pass.ordinal << 8 | place, step: pass.step,
        sample: pass.firstSample + sample
      ).fillUniform(uniform, count: count)
      ck_dropout(x + sample * count, uniform, rate, y + sample * count, count)
    }
  }
}
