import CKernels
import Tensors

/// The geometry that a convolution and its transposed convolution share: a large picture, a small one, and
/// the windows that join them.
///
/// Small pixel (i, j) is joined to the large pixels (i * stride - top + kh, j * stride - left + kw). A
/// convolution goes from large to small, a transposed convolution from small to large; each is the other's
/// data gradient, and both have the same weight gradient. A dense layer is the case of 1x1 pictures.
package struct ConvolutionGeometry: Equatable, Sendable {
  /// The convolution's input, the transposed convolution's output.
  package let large: PictureShape
  /// The convolution's output, the transposed convolution's input.
  package let small: PictureShape
  /// Rows of the kernel, KH.
  package let kernelHeight: Int
  /// Columns of the kernel, KW.
  package let kernelWidth: Int
  /// Large pixels from one window to the next.
  package let stride: Int
  /// Padding above the large picture.
  package let top: Int
  /// Padding left of the large picture.
  package let left: Int

  /// A geometry from its parts. Padding below and to the right follows from the pictures' sizes.
  package init(
    large: PictureShape, small: PictureShape, kernelHeight: Int, kernelWidth: Int, stride: Int, top: Int,
    left: Int
  ) {
    self.large = large
    self.small = small
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.stride = stride
    self.top = top
    self.left = left
  }

  /// The dense layer from `inputs` to `outputs` features.
  package static func dense(inputs: Int, outputs: Int) -> ConvolutionGeometry {
    ConvolutionGeometry(
      large: .vector(inputs), small: .vector(outputs), kernelHeight: 1, kernelWidth: 1, stride: 1, top: 0,
      left: 0)
  }

  /// KH * KW * CL: numbers that one window reads.
  package var windowCount: Int { kernelHeight * kernelWidth * large.channels }
  /// How the weights lie in memory.
  var layout: ParameterLayout {
    .convolution(
      kernelHeight: kernelHeight, kernelWidth: kernelWidth, large: large.channels, small: small.channels)
  }
  /// Numbers in the weights, [KH, KW, CL, CS].
  package var weightCount: Int { windowCount * small.channels }
  /// Multiplications plus additions that one pass over one picture takes when it is computed directly.
  package var operations: Double { 2 * Double(weightCount) * Double(small.pixels) }
  /// Whether every window is a whole large picture, so that the layer is one matrix product without lowering.
  package var isProduct: Bool {
    small.pixels == 1 && large.height == kernelHeight && large.width == kernelWidth && top == 0 && left == 0
  }
  /// Whether a window is one pixel and both pictures have as many pixels, so that the layer is one matrix
  /// product over pixels, without lowering.
  package var isPointwise: Bool {
    kernelHeight == 1 && kernelWidth == 1 && stride == 1 && top == 0 && left == 0
      && large.pixels == small.pixels
  }

  /// The windows over the large picture, one for each small pixel.
  var window: ck_window {
    ck_window(
      height: Int32(large.height), width: Int32(large.width), channels: Int32(large.channels),
      grid_height: Int32(small.height), grid_width: Int32(small.width), kernel_height: Int32(kernelHeight),
      kernel_width: Int32(kernelWidth), stride: Int32(stride), top: Int32(-top), left: Int32(-left))
  }

  /// The large pixels (stride * i + a, stride * j + b) for fixed a and b. They are the output of a stride-1
  /// convolution over the small picture with a kernel of its own.
  struct Phase {
    /// a, the first row.
    let row: Int
    /// b, the first column.
    let column: Int
    /// The windows over the small picture, one for each large pixel of the phase.
    let window: ck_window
    /// The kernel's taps (kh, kw) in the order of the windows' pixels.
    let taps: [(kh: Int, kw: Int)]
    /// Pixels of the phase in one picture.
    var pixels: Int { Int(window.grid_height) * Int(window.grid_width) }
  }

  /// All phases with at least one pixel. A phase without taps holds large pixels that no window reaches.
  ///
  /// Large row h = stride * i + a is reached by kh = kh0 + stride * t with kh0 = (a + top) mod stride, from
  /// small row i + q - t, where q = (a + top) / stride. Taps run backwards so that small rows ascend.
  var phases: [Phase] {
    func axis(_ a: Int, extent: Int, kernel: Int, padding: Int) -> (grid: Int, taps: [Int], first: Int) {
      let first = (a + padding) % stride
      let taps = Array(Swift.stride(from: first, to: kernel, by: stride).reversed())
      return ((extent - a + stride - 1) / stride, taps, (a + padding) / stride - (taps.count - 1))
    }
    var result: [Phase] = []
    for a in 0..<min(stride, large.height) {
      let rows = axis(a, extent: large.height, kernel: kernelHeight, padding: top)
      for b in 0..<min(stride, large.width) {
        let columns = axis(b, extent: large.width, kernel: kernelWidth, padding: left)
        let window = ck_window(
          height: Int32(small.height), width: Int32(small.width), channels: Int32(small.channels),
          grid_height: Int32(rows.grid), grid_width: Int32(columns.grid),
          kernel_height: Int32(rows.taps.count),
          kernel_width: Int32(columns.taps.count), stride: 1, top: Int32(rows.first),
          left: Int32(columns.first))
        let taps = rows.taps.flatMap { kh in columns.taps.map { (kh: kh, kw: $0) } }
        result.append(Phase(row: a, column: b, window: window, taps: taps))
      }
    }
    return result
  }
}
