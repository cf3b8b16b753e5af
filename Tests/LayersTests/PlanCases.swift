import Layers
import Tensors

/// Geometries for the ways of computing that take whole vectors of channels, and the plans to try on them.
extension ConvolutionCase {
  /// Those that have a Winograd form: kernels of stride 1 and 2 with two or three taps a phase.
  static let minimal: [ConvolutionCase] = [
    // Whole tiles; pictures that are no multiples of a tile; single pixels; a border that no window reaches.
    convolution(8, 8, 4, 2, 1, (16, 32)), convolution(10, 14, 4, 2, 1, (32, 16)),
    convolution(2, 2, 4, 2, 1, (48, 16)), convolution(2, 6, 4, 2, 1, (16, 48)),
    convolution(9, 7, 4, 2, 1, (16, 16)), transposed(1, 1, 4, 2, 1, (80, 16)),
    transposed(5, 3, 4, 2, 1, (16, 80)), transposed(3, 4, 4, 2, 0, (16, 32)),
    // Several blocks of tiles a slice, of channels, and of products in a sum.
    convolution(34, 50, 4, 2, 1, (16, 16)), convolution(6, 6, 4, 2, 1, (160, 48)),
    convolution(4, 6, 4, 2, 1, (80, 144)),
    // The longer phases of 5x5 kernels have three taps, the shorter two; SAME pads them unevenly where sides are even.
    convolution(8, 6, 5, 2, 2, (32, 32)), same(8, 12, 5, 2, (16, 48)), same(7, 5, 5, 2, (48, 16)),
    same(6, 9, 4, 2, (16, 16)), same(1, 4, 5, 2, (16, 16)),
    // Other kernels that there are forms for, stride 1 among them.
    convolution(5, 9, 3, 1, 1, (32, 48)), convolution(6, 7, 3, 2, 1, (16, 32)),
    convolution(4, 5, 2, 1, 0, (16, 16)), convolution(11, 9, 6, 2, 2, (16, 16)),
    convolution(3, 4, 3, 1, 2, (16, 16)),
    // A transposed convolution whose large picture has a row and a column more, as output padding makes it.
    ConvolutionCase(
      ConvolutionGeometry(
        large: PictureShape(height: 9, width: 7, channels: 32),
        small: PictureShape(height: 4, width: 3, channels: 16),
        kernelHeight: 4, kernelWidth: 4, stride: 2, top: 1, left: 1), "output padding, "),
  ].compactMap { $0 }

  /// Those whose phases have four taps, F(3x3, 4x4), or five, F(2x2, 5x5).
  static let long: [ConvolutionCase] = [
    // torch96's kernels of 7x7: whole tiles and not; one pixel; a border that no window reaches.
    transposed(3, 6, 7, 2, 0, (16, 32)), transposed(7, 5, 7, 2, 0, (32, 16)),
    transposed(1, 2, 7, 2, 2, (16, 48)),
    convolution(14, 10, 7, 2, 3, (16, 16)), same(9, 6, 7, 2, (48, 16)),
    // Other kernels of four taps a phase.
    convolution(5, 9, 4, 1, 1, (32, 16)), transposed(4, 3, 8, 2, 3, (16, 16)),
    // Several blocks of tiles a slice, of channels, and of products in a sum.
    transposed(31, 28, 7, 2, 0, (16, 16)), transposed(4, 3, 7, 2, 1, (80, 144)),
    convolution(6, 5, 7, 2, 3, (160, 48)),
    // torch96's kernel of 5x5 and stride 1, and others of five taps a phase.
    transposed(4, 6, 5, 1, 0, (16, 32)), transposed(7, 5, 5, 1, 0, (32, 16)), same(1, 3, 5, 1, (16, 48)),
    convolution(9, 6, 5, 1, 2, (48, 16)), convolution(7, 8, 5, 1, 0, (16, 16)),
    convolution(11, 12, 9, 2, 4, (16, 16)),
    transposed(29, 34, 5, 1, 0, (16, 16)), convolution(6, 5, 5, 1, 2, (144, 48)),
    transposed(3, 4, 5, 1, 1, (48, 160)),
  ].compactMap { $0 }

  /// What a phase has of taps in one direction.
  var taps: Int { (geometry.kernelHeight + geometry.stride - 1) / geometry.stride }
  /// The planner that forces the form of a case of `long`.
  var longPlanner: ConvolutionPlanner { .tiles(taps == 4 ? 3 : 2) }
  /// The name of that form.
  var longName: String { taps == 4 ? "F(3x3, 4x4)" : "F(2x2, 5x5)" }

  /// Sums as long as those of torch96, over fewer pixels.
  static let longSums: [ConvolutionCase] = [
    transposed(7, 7, 7, 2, 0, (128, 256)), transposed(21, 20, 5, 1, 0, (64, 64)),
  ].compactMap { $0 }

  /// Every number of large channels that counts as narrow, with the kernels, strides and widths in turns.
  static let narrow: [ConvolutionCase] =
    (1...15).compactMap { channels in
      let (kernel, stride, padding) = [(4, 2, 1), (5, 2, 2), (3, 1, 1), (5, 1, 0), (4, 3, 2)][channels % 5]
      return convolution(
        9 + channels % 4, 12 + channels % 3, kernel, stride, padding,
        (channels, [16, 32, 48, 80][channels % 4]))
    }
    + [same(8, 10, 5, 2, (3, 16)), same(28, 28, 5, 2, (1, 64)), transposed(4, 6, 4, 2, 1, (3, 144))]
    .compactMap {
      $0
    }

  /// One matrix product each way, with small channels enough for vectors; several blocks of rows and columns.
  static let products: [ConvolutionCase] = [
    transposed(1, 1, 4, 1, 0, (20, 100)), transposed(1, 1, 5, 2, 0, (3, 16)),
    convolution(4, 4, 4, 1, 0, (24, 17)),
    ConvolutionCase(.dense(inputs: 37, outputs: 301)), ConvolutionCase(.dense(inputs: 400, outputs: 24)),
  ].compactMap { $0 }

  /// The layers of dcgan64 at its full width.
  static let full: [ConvolutionCase] = [
    convolution(8, 8, 4, 2, 1, (256, 512)), convolution(16, 16, 4, 2, 1, (128, 256)),
    convolution(32, 32, 4, 2, 1, (64, 128)), convolution(64, 64, 4, 2, 1, (3, 64)),
  ].compactMap { $0 }
}

extension ConvolutionPlanner {
  /// Every layer by forms with tiles of this many pixels each way, where there are such.
  static func tiles(_ tile: Int) -> ConvolutionPlanner {
    ConvolutionPlanner(forced: ConvolutionPlan(all: .winograd(tile: tile)))
  }
}
