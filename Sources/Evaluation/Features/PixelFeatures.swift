import Tensors

/// The bytes of a picture as they are, HWC.
package struct PixelFeatures: PictureFeatures {
  /// What tables call them.
  package let name = "raw pixels"
  /// H W C.
  package let count: Int
  /// Any number would do.
  package let room = 64

  /// Features of pictures of this shape.
  package init(_ form: PictureShape) { count = form.count }

  /// Writes each byte as a number, 0 to 255.
  package func compute(
    _ pictures: UnsafePointer<UInt8>, samples: Int, into features: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<samples * count { features[i] = Float(pictures[i]) }
  }
}
