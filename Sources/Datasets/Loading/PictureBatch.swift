/// This rank's part of one batch of real pictures. Its memory is valid until the loader is asked for the next
/// batch.
package struct PictureBatch: @unchecked Sendable {
  /// The number of the draw that this is the batch of, from 0.
  package let draw: Int
  /// The epoch that it belongs to, from 0.
  package let epoch: Int
  /// How many pictures the batch holds on all ranks together.
  package let batchSize: Int
  /// This rank's part, as global sample indices within the batch.
  package let samples: Range<Int>
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1 or 3.
  package let channels: Int
  /// The pixels of samples.count pictures, NHWC, without padding, 0 to 255.
  package let pixels: UnsafeBufferPointer<UInt8>
  /// For each sample here, the index in the data set of the picture that was drawn.
  package let dataIndices: UnsafeBufferPointer<Int>
  /// The labels of the whole data set; nil if it has none.
  package let labels: LabelTable?
  /// The owner of the memory; held so that the memory is not freed while the batch is in use.
  let owner: AnyObject

  /// Writes the classes of this rank's samples: [samples.count][groups] class indices. The data set must have
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
