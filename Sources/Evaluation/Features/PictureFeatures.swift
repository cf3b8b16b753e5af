/// Numbers that are computed from one picture, for a linear model to tell classes by.
///
/// The numbers of a picture depend on it alone, not on the pictures that are computed with it.
package protocol PictureFeatures {
  /// What they are, for tables: `D, trained`.
  var name: String { get }
  /// How many numbers a picture has.
  var count: Int { get }
  /// How many pictures `compute` takes at most.
  var room: Int { get }

  /// Writes [samples][count] numbers.
  /// - Parameter pictures: `samples` pictures, HWC, 0 to 255.
  /// - Throws: errors of a network's forward pass.
  func compute(
    _ pictures: UnsafePointer<UInt8>, samples: Int, into features: UnsafeMutablePointer<Float>) throws
}
