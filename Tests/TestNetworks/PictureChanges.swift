import Tensors
import Training

extension PictureChange {
  /// A picture that this change was applied to.
  package func applied(to x: [Float], _ shape: PictureShape) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    apply(to: x, shape, into: &y)
    return y
  }

  /// The gradient of what the change was applied to, from that of what came of it.
  package func adjoint(of dy: [Float], _ shape: PictureShape) -> [Float] {
    var dx = [Float](repeating: .nan, count: dy.count)
    adjoint(of: dy, shape, into: &dx)
    return dx
  }
}
