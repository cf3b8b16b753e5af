import Networks
import Tensors

/// The pixels that a convolution adds around its input, or that a transposed convolution cuts from its output.
struct ConvolutionEdges: Equatable {
  var top: Int
  var left: Int
  var bottom: Int
  var right: Int
  /// Rows and columns that a transposed convolution adds below and to the right: SAME with a stride above the kernel.
  var added = 0

  /// The pixels that a convolution adds.
  init(convolution c: ConvolutionSpecification, _ layer: LayerSummary) {
    (top, bottom) = Self.sides(c, large: layer.input.height, small: layer.output.height)
    (left, right) = Self.sides(c, large: layer.input.width, small: layer.output.width)
    // Pixels that no window reaches are no padding.
    (bottom, right) = (max(0, bottom), max(0, right))
  }

  /// The pixels that a transposed convolution cuts.
  init(transposed c: ConvolutionSpecification, _ layer: LayerSummary) {
    (top, bottom) = Self.sides(c, large: layer.output.height, small: layer.input.height)
    (left, right) = Self.sides(c, large: layer.output.width, small: layer.input.width)
    // Both sides miss the same, as they are the stride times the input's.
    added = max(0, -bottom)
    (bottom, right) = (max(0, bottom), max(0, right))
  }

  /// Whether opposite edges are equal.
  var areEven: Bool { top == bottom && left == right }

  private static func sides(
    _ c: ConvolutionSpecification, large: Int, small: Int
  ) -> (before: Int, after: Int) {
    let before = c.paddingBefore(large: large, small: small)
    switch c.padding {
    case .explicit: return (before, before)
    case .same: return (before, (small - 1) * c.stride + c.kernel - large - before)
    }
  }
}
