/// This rank's part of one batch of real pictures. Its memory is valid until the loader is asked for the next
/// batch.
package struct PictureBatch: @unchecked Sendable {
  /// The draw that it is the batch of.
  package let draw: Int
  /// The epoch that it belongs to, from 0.
  package let epoch: Int
  /// How many pictures the batch holds over all ranks.
  package let batchSize: Int
  /// Which of them, by global sample index within the batch, are here.
  package let samples: Range<Int>
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1 or 3.
  package let channels: Int
  /// samples.count pictures, NHWC, without padding.
  package let pixels: UnsafeBufferPointer<UInt8>
  /// For each sample here, the index in the data set of the picture that was drawn.
  package let dataIndices: UnsafeBufferPointer<Int>
  /// The data set's classes, if it has any.
  package let labels: LabelTable?
  /// Keeps the memory from being freed while someone still holds the batch.
  let owner: AnyObject

  /// Writes the classes of every sample here, its groups together: samples.count x groups numbers. The data set has
  /// labels.
  package func copyClasses(into classes: UnsafeMutablePointer<Int32>) {
    guard let labels else { preconditionFailure("the data set has no labels") }
    let groups = labels.groups.count
    for (place, index) in dataIndices.enumerated() {
      for group in 0..<groups {
        classes[place * groups + group] = Int32(labels.classIndex(picture: index, group: group))
      }
    }
  }
}
