import Tensors

extension PictureShape {
  /// Element i is the index, in our order (rows, columns, channels), of the i-th element in PyTorch's order
  /// (channels, rows, columns): for i = (c*H + h)*W + w it is (h*W + w)*C + c.
  var placesOfPyTorchOrder: [Int] {
    var places: [Int] = []
    places.reserveCapacity(count)
    for c in 0..<channels {
      for pixel in 0..<pixels { places.append(pixel * channels + c) }
    }
    return places
  }
}

/// Converts weights between the layouts of this program and those of PyTorch. Every function reads all of
/// `source` and writes all of `target`. The two must not overlap and must have the size that the extents say.
package enum TensorLayout {
  /// A convolution's weight as PyTorch has it: target[cs, cl, kh, kw] = source[kh, kw, cl, cs].
  ///
  /// CL (`large`) is the number of channels of the larger picture, CS (`small`) that of the smaller one. So
  /// the function serves both `Conv2d` ([OC, C, KH, KW], where CS = OC and CL = C) and `ConvTranspose2d` ([C,
  /// OC, KH, KW], where CS = C and CL = OC).
  package static func convolutionToPyTorch(
    _ source: UnsafeBufferPointer<Float>, kernel: (height: Int, width: Int), large: Int, small: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let taps = kernel.height * kernel.width
    check(source.count, target.count, taps * large * small)
    for cl in 0..<large {
      transpose(
        source.baseAddress! + cl * small, rows: taps, columns: small, rowStride: large * small,
        target.baseAddress! + cl * taps, targetRowStride: large * taps)
    }
  }

  /// The inverse of `convolutionToPyTorch`: target[kh, kw, cl, cs] = source[cs, cl, kh, kw].
  package static func convolutionFromPyTorch(
    _ source: UnsafeBufferPointer<Float>, kernel: (height: Int, width: Int), large: Int, small: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let taps = kernel.height * kernel.width
    check(source.count, target.count, taps * large * small)
    for cl in 0..<large {
      transpose(
        source.baseAddress! + cl * taps, rows: small, columns: taps, rowStride: large * taps,
        target.baseAddress! + cl * small, targetRowStride: large * small)
    }
  }

  /// A dense layer's weight as PyTorch's `Linear` has it: target[out, in] = source[in, out].
  ///
  /// The inputs may be a flattened picture, and the outputs may become one. PyTorch then orders that side
  /// channel by channel and this program pixel by pixel; `inHWC` or `outHWC` gives the picture's shape. nil:
  /// the side is no picture.
  package static func denseToPyTorch(
    _ source: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, inHWC: PictureShape? = nil,
    outHWC: PictureShape? = nil, into target: UnsafeMutableBufferPointer<Float>
  ) {
    check(source.count, target.count, inputs * outputs)
    let inPlaces = places(inHWC, count: inputs)
    let outPlaces = places(outHWC, count: outputs)
    inPlaces.withUnsafeBufferPointer { inPlaces in
      for o in 0..<outputs {
        let column = source.baseAddress! + outPlaces[o]
        let row = target.baseAddress! + o * inputs
        for i in 0..<inputs { row[i] = column[inPlaces[i] * outputs] }
      }
    }
  }

  /// The inverse of `denseToPyTorch`: target[in, out] = source[out, in].
  package static func denseFromPyTorch(
    _ source: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, inHWC: PictureShape? = nil,
    outHWC: PictureShape? = nil, into target: UnsafeMutableBufferPointer<Float>
  ) {
    check(source.count, target.count, inputs * outputs)
    let inPlaces = places(inHWC, count: inputs)
    let outPlaces = places(outHWC, count: outputs)
    inPlaces.withUnsafeBufferPointer { inPlaces in
      for o in 0..<outputs {
        let column = target.baseAddress! + outPlaces[o]
        let row = source.baseAddress! + o * inputs
        for i in 0..<inputs { column[inPlaces[i] * outputs] = row[i] }
      }
    }
  }

  /// Values with one number for each feature (a bias, or a batch norm, over features that become a picture)
  /// in PyTorch's order: target[(c*H + h)*W + w] = source[(h*W + w)*C + c].
  package static func featuresToPyTorch(
    _ source: UnsafeBufferPointer<Float>, hwc: PictureShape, into target: UnsafeMutableBufferPointer<Float>
  ) {
    check(source.count, target.count, hwc.count)
    for (i, place) in hwc.placesOfPyTorchOrder.enumerated() { target[i] = source[place] }
  }

  /// The inverse of `featuresToPyTorch`: target[(h*W + w)*C + c] = source[(c*H + h)*W + w].
  package static func featuresFromPyTorch(
    _ source: UnsafeBufferPointer<Float>, hwc: PictureShape, into target: UnsafeMutableBufferPointer<Float>
  ) {
    check(source.count, target.count, hwc.count)
    for (i, place) in hwc.placesOfPyTorchOrder.enumerated() { target[place] = source[i] }
  }

  private static func check(_ source: Int, _ target: Int, _ count: Int) {
    precondition(
      source == count && target == count && count > 0, "a weight of another size than its layout says")
  }

  private static func places(_ picture: PictureShape?, count: Int) -> [Int] {
    guard let picture else { return Array(0..<count) }
    precondition(picture.count == count, "a picture of \(picture.count) elements where \(count) features are")
    return picture.placesOfPyTorchOrder
  }

  /// target[column, row] = source[row, column]. Works in blocks of 8 x 8: the strides of large layers are
  /// powers of two, so lines that are written together fall into one cache set. If they were more than the
  /// set has ways, they would evict each other before they are full.
  private static func transpose(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int,
    _ target: UnsafeMutablePointer<Float>,
    targetRowStride: Int
  ) {
    let block = 8
    for row0 in stride(from: 0, to: rows, by: block) {
      for column0 in stride(from: 0, to: columns, by: block) {
        for column in column0..<min(column0 + block, columns) {
          for row in row0..<min(row0 + block, rows) {
            target[column * targetRowStride + row] = source[row * rowStride + column]
          }
        }
      }
    }
  }
}
