import Layers
import Tensors
import Testing

/// Geometries that between them take every path through lowering.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let geometry: ConvolutionGeometry
  let name: String
  var testDescription: String { name }

  init(_ geometry: ConvolutionGeometry, _ name: String = "") {
    let g = geometry
    self.geometry = geometry
    self.name =
      "\(name)\(g.large) and \(g.small), kernel \(g.kernelHeight)x\(g.kernelWidth), stride \(g.stride), "
      + "padding \(g.top), \(g.left)"
  }

  private static let channels = [
    (1, 3), (3, 16), (2, 17), (5, 1), (16, 5), (17, 3), (64, 3), (1, 1), (16, 16), (3, 64), (17, 16), (5, 2),
    (64, 17),
  ]

  private static func small(_ large: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
    (large + 2 * padding - kernel) / stride + 1
  }

  /// PyTorch's Conv2d on an H x W picture.
  static func convolution(_ h: Int, _ w: Int, _ k: Int, _ s: Int, _ p: Int, _ channels: (Int, Int))
    -> ConvolutionCase?
  {
    guard min(h, w) + 2 * p >= k else { return nil }
    return ConvolutionCase(
      ConvolutionGeometry(
        large: PictureShape(height: h, width: w, channels: channels.0),
        small: PictureShape(height: small(h, k, s, p), width: small(w, k, s, p), channels: channels.1),
        kernelHeight: k,
        kernelWidth: k, stride: s, top: p, left: p))
  }

  /// PyTorch's ConvTranspose2d on an H x W picture, the small one.
  static func transposed(_ h: Int, _ w: Int, _ k: Int, _ s: Int, _ p: Int, _ channels: (Int, Int))
    -> ConvolutionCase?
  {
    let (largeHeight, largeWidth) = ((h - 1) * s - 2 * p + k, (w - 1) * s - 2 * p + k)
    guard largeHeight > 0, largeWidth > 0 else { return nil }
    return ConvolutionCase(
      ConvolutionGeometry(
        large: PictureShape(height: largeHeight, width: largeWidth, channels: channels.0),
        small: PictureShape(height: h, width: w, channels: channels.1), kernelHeight: k, kernelWidth: k,
        stride: s,
        top: p, left: p))
  }

  /// TensorFlow's SAME: the small picture is ceil(large / stride); of the padding, the odd pixel goes after.
  static func same(_ h: Int, _ w: Int, _ k: Int, _ s: Int, _ channels: (Int, Int)) -> ConvolutionCase {
    let (smallHeight, smallWidth) = ((h + s - 1) / s, (w + s - 1) / s)
    return ConvolutionCase(
      ConvolutionGeometry(
        large: PictureShape(height: h, width: w, channels: channels.0),
        small: PictureShape(height: smallHeight, width: smallWidth, channels: channels.1), kernelHeight: k,
        kernelWidth: k, stride: s, top: max((smallHeight - 1) * s + k - h, 0) / 2,
        left: max((smallWidth - 1) * s + k - w, 0) / 2), "SAME, ")
  }

  private static func sweep(
    _ make: (Int, Int, Int, Int, Int, (Int, Int)) -> ConvolutionCase?, _ sides: [(Int, Int)]
  )
    -> [ConvolutionCase]
  {
    var cases: [ConvolutionCase] = []
    var turn = 0
    for kernel in 1...7 {
      for stride in 1...3 {
        for padding in 0...3 {
          let (h, w) = sides[turn % sides.count]
          if let made = make(h, w, kernel, stride, padding, channels[turn % channels.count]) {
            cases.append(made)
          }
          turn += 1
        }
      }
    }
    return cases
  }

  /// Kernels 1 to 7, strides 1 to 3, paddings 0 to 3, of both directions, over pictures that are not square.
  static let swept =
    sweep(convolution, [(5, 8), (7, 4), (3, 6), (9, 5), (1, 7)])
    + sweep(transposed, [(3, 2), (1, 4), (4, 3), (2, 1), (1, 1)])

  /// Paths and cuts that the sweep may miss.
  static let special: [ConvolutionCase] = [
    // One product each way: 1x1 to kxk, narrow and wide, and its columns in two blocks.
    transposed(1, 1, 4, 1, 0, (20, 9)), transposed(1, 1, 5, 2, 0, (3, 7)),
    convolution(4, 4, 4, 2, 0, (24, 1)),
    convolution(6, 6, 6, 1, 0, (2, 300)), ConvolutionCase(.dense(inputs: 37, outputs: 301)),
    ConvolutionCase(.dense(inputs: 300, outputs: 1)),
    // Pixel by pixel.
    convolution(6, 5, 1, 1, 0, (17, 33)), transposed(4, 7, 1, 1, 0, (2, 3)),
    // Several tiles a slice: of windows, of scattered rows, of phases, of the weight gradient, and kernel rows apart.
    convolution(46, 40, 4, 2, 1, (3, 5)), transposed(12, 11, 7, 2, 2, (5, 3)),
    transposed(20, 21, 4, 2, 1, (16, 8)),
    convolution(17, 15, 3, 1, 1, (64, 9)), convolution(9, 9, 5, 2, 2, (32, 16)),
    // A window larger than the picture, and pixels that no window reaches.
    convolution(2, 3, 7, 3, 3, (16, 2)), convolution(9, 10, 1, 3, 0, (17, 4)),
    convolution(10, 11, 2, 3, 0, (5, 4)),
    // TensorFlow's SAME where the padding is even, uneven and none.
    same(8, 12, 5, 2, (3, 17)), same(7, 5, 5, 2, (17, 3)), same(6, 9, 4, 2, (16, 2)),
    same(5, 6, 3, 1, (3, 3)),
    same(7, 8, 2, 3, (5, 16)), same(4, 4, 1, 2, (20, 2)), same(28, 28, 4, 2, (1, 8)),
    same(3, 3, 5, 2, (64, 5)),
    // Height and width differ in kernel too.
    ConvolutionCase(
      ConvolutionGeometry(
        large: PictureShape(height: 6, width: 9, channels: 18),
        small: PictureShape(height: 3, width: 8, channels: 5),
        kernelHeight: 3, kernelWidth: 2, stride: 1, top: -1, left: 0)),
    ConvolutionCase(
      ConvolutionGeometry(
        large: PictureShape(height: 7, width: 6, channels: 4),
        small: PictureShape(height: 4, width: 4, channels: 6),
        kernelHeight: 2, kernelWidth: 5, stride: 2, top: 1, left: 3)),
  ].compactMap { $0 }

  static let all = swept + special
}
