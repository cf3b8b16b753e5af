import Networks
import Tensors
import Testing

/// SAME padding beside TensorFlow's, on whole numbers: every sum is exact, and so is the comparison.
@Suite struct TensorFlowPaddingTests {
  let numbers: TensorFlowNumbers

  init() throws { numbers = try TensorFlowNumbers() }

  private func run(
    _ one: TensorFlowNumbers.SamePadding, _ padding: Padding, weight: [Float]? = nil, input: [Float]? = nil
  ) throws -> (output: [Float], shape: PictureShape) {
    let layer = try SmallNetwork([one.layer(padding)], one.inputShape)
    layer.set(weight ?? one.weight)
    return (try layer(input ?? one.input), layer.network.output)
  }

  @Test func outputsAreTensorFlows() throws {
    let kinds = Set(numbers.same.map { "\($0.kind) k\($0.kernel) s\($0.stride)" })
    #expect(kinds.count == 10 && kinds.contains("transposed_convolution k5 s2"))
    for one in numbers.same {
      let (output, shape) = try run(one, .same)
      #expect([shape.height, shape.width] == [one.outputHeight, one.outputWidth])
      #expect(output == one.output, "\(one.kind) k\(one.kernel) s\(one.stride)")
      let ones = [Float](repeating: 1, count: one.weight.count)
      let counts = try run(
        one, .same, weight: ones, input: [Float](repeating: 1, count: one.input.count))
      #expect(counts.output == one.counts)
    }
  }

  /// The first and the last window of a convolution of ones with ones count what they find of the picture, and so
  /// say how much padding lies before and after.
  @Test(
    arguments: [
      (4, 2, (1, 1), (1, 2)), (5, 2, (1, 2), (2, 2)), (7, 2, (2, 3), (3, 3)), (5, 1, (2, 2), (2, 2)),
      (4, 1, (1, 2), (1, 2)),
    ])
  func paddingBeforeAndAfter(
    _ kernel: Int, _ stride: Int, _ rows: (before: Int, after: Int), _ columns: (before: Int, after: Int)
  ) throws {
    let one = try #require(
      numbers.same.first { $0.kind == "convolution" && $0.kernel == kernel && $0.stride == stride })
    #expect(one.counts.first == Float((kernel - rows.before) * (kernel - columns.before)))
    #expect(one.counts.last == Float((kernel - rows.after) * (kernel - columns.after)))
  }

  /// PyTorch's padding 2 gives k5 s2 the same shape on even sizes, and other numbers.
  @Test func paddingOfTwoIsAnotherConvolution() throws {
    let one = try #require(
      numbers.same.first { $0.kind == "convolution" && $0.kernel == 5 && $0.stride == 2 })
    let padded = try run(one, .explicit(2))
    #expect([padded.shape.height, padded.shape.width] == [one.outputHeight, one.outputWidth])
    #expect(padded.output != one.output)
  }

  /// One pixel of 1 through a k5 s2 kernel of 1...25, [[1, 2, ...], [6, 7, ...], ...]: what is left of the 5 x 5.
  ///
  /// TensorFlow, `tf.nn.conv2d_transpose(tf.ones((1, 1, 1, 1)), tf.reshape(tf.range(1.0, 26.0), (5, 5, 1, 1)), (1,
  /// 2, 2, 1), 2, "SAME")`: 7, 8, 12, 13. PyTorch, `conv_transpose2d(torch.ones(1, 1, 1, 1), torch.arange(1.0,
  /// 26.0).view(1, 1, 5, 5), stride=2, padding=2, output_padding=1)`: 13, 14, 18, 19, one pixel on.
  @Test func transposedCropsOneBeforeAndTwoAfter() throws {
    let kernel = (1...25).map(Float.init)
    func crop(_ padding: Padding) throws -> [Float] {
      let layer = try SmallNetwork(
        [.transposedConvolution(.init(outChannels: 1, kernel: 5, stride: 2, padding: padding))],
        PictureShape(height: 1, width: 1, channels: 1))
      layer.set(kernel)
      return try layer([1])
    }
    #expect(try crop(.same) == [7, 8, 12, 13])
    // PyTorch's, without the row and column that its output_padding=1 adds.
    #expect(try crop(.explicit(2)) == [13])
    #expect(try crop(.explicit(0)) == kernel)
  }

  /// Of all of the transposed output SAME keeps size x stride pixels from (k - s) / 2 on, PyTorch's padding 2 those
  /// from 2 on.
  @Test func transposedIsACropOfTheWholeOutput() throws {
    for one in numbers.same where one.kind == "transposed_convolution" {
      let whole = try run(one, .explicit(0))
      func cropped(_ before: Int, _ height: Int, _ width: Int) -> [Float] {
        (0..<height).flatMap { row in
          (0..<width).map { whole.output[(row + before) * whole.shape.width + $0 + before] }
        }
      }
      let before = (one.kernel - one.stride) / 2
      #expect(cropped(before, one.outputHeight, one.outputWidth) == one.output)
      guard one.kernel == 5, one.stride == 2 else { continue }
      let padded = try run(one, .explicit(2))
      #expect(cropped(2, padded.shape.height, padded.shape.width) == padded.output)
      #expect(cropped(1, padded.shape.height, padded.shape.width) != padded.output)
    }
  }
}
