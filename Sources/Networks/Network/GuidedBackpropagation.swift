import Layers
import Tensors

extension Network {
  /// Guided backpropagation (Springenberg et al. 2014, section 3.4): goes back from the gradient of `maps` to the gradient
  /// of the network's input. At each ReLU, that of `maps` too, the gradient passes only where both the forward value and the
  /// gradient itself are positive. A leaky ReLU is taken as a ReLU: what it lets through of negative values passes nothing
  /// back. Every other layer passes what it does in `backward`. Parameters get no gradient.
  /// - Parameters:
  ///   - x: what the last forward pass read; `pass` is that pass, in evaluation.
  ///   - dy: the gradient of `maps`, sample by sample, HWC; it is scratch afterwards.
  ///   - dx: the gradient of x is written there.
  /// - Throws: an error of the message layer.
  package func guidedBackward(
    from maps: FeatureMaps, x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, _ pass: Pass
  ) throws {
    precondition(pass.mode == .evaluation && pass.gradients == nil, "only the input gets a gradient")
    try goBack(through: 0..<maps.place + 1, x: x, dy: dy, into: dx, pass) { place, gradient in
      // A layer that applies the activation itself multiplies by its slope afterwards, which is 1 where anything is left.
      guard case .leakyReLU = placed[place].activation else { return }
      let y = outputs[place].data
      pool.runChunks(pass.samples * placed[place].layer.output.count, chunk: 1 << 14) { range in
        for i in range where !(y[i] > 0 && gradient[i] > 0) { gradient[i] = 0 }
      }
    }
  }
}
