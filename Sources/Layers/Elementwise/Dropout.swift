import CKernels
import Tensors

/// Zeroes each number with probability `rate` in training and scales the rest by 1 / (1 - rate) (Srivastava
/// et al. 2014, in the inverted form of the frameworks).
///
/// The mask is a function of (seed, step, pass, layer, global sample, element), so it is not kept: the
/// backward pass draws it again.
///
/// Note [Dropout at test time]
/// ~~~~~~~~~~~~~~~~~~~~~~~~~~~
/// A layer may go on dropping in evaluation (Isola et al. 2017, section 3: noise in G's pictures). There a
/// picture has no step and no place in a batch, and must not depend on the pictures that are made beside
/// it. So the mask is a function of the layer and of a hash of the sample's input to the network (for G, z
/// and what is joined to it): the same input gives the same picture in a sheet, in `generate` and beside
/// any other pictures. The run's seed does not enter.
package final class Dropout: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out.
  package var output: PictureShape { input }
  private let rate: Float
  private let place: Int
  /// Whether evaluation drops as well, by `Pass.sampleKeys`.
  package let atTest: Bool

  /// Dropout of `shape`; `place` is the layer's place in its network, below 256.
  package init(shape: PictureShape, rate: Float, place: Int, atTest: Bool = false) {
    precondition(rate >= 0 && rate < 1 && place < 256, "dropout keeps something")
    input = shape
    self.rate = rate
    self.place = place
    self.atTest = atTest
  }

  /// Floats that each thread needs for uniform numbers.
  package var scratchFloats: Int { input.count }

  /// y = x mask in training, and in evaluation where `atTest`; else y = x.
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    guard pass.mode == .training || atTest else {
      y.update(from: x, count: pass.samples * input.count)
      return
    }
    applyMask(x, into: y, pass)
  }

  /// dx = dy mask, with the mask of the forward pass; dx = dy where the forward pass had no mask.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    guard let dx else { return }
    if pass.mode == .training || atTest {
      applyMask(dy, into: dx, pass)
    } else {
      dx.update(from: dy, count: pass.samples * input.count)
    }
  }

  private func applyMask(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let count = input.count
    precondition(
      pass.mode == .training || pass.sampleKeys.count == pass.samples,
      "evaluation tells samples by their keys")
    pass.pool.run(pass.samples) { sample, worker in
      let uniform = pass.pool.scratch(worker)
      stream(of: sample, pass).fillUniform(uniform, count: count)
      ck_dropout(x + sample * count, uniform, rate, y + sample * count, count)
    }
  }

  private func stream(of sample: Int, _ pass: Pass) -> RandomStream {
    switch pass.mode {
    case .training:
      return RandomStream(
        seed: pass.seed, purpose: .dropout, stream: pass.ordinal << 8 | place, step: pass.step,
        sample: pass.firstSample + sample)
    case .evaluation:
      // The halves of the key stand in place of step and sample. Training uses other streams, as the
      // ordinals of its forward passes begin at 1.
      let key = pass.sampleKeys[sample]
      return RandomStream(
        seed: 0, purpose: .dropout, stream: place, step: Int(key & 0xFFFF_FFFF), sample: Int(key >> 32))
    }
  }
}
