import Communication
import Datasets
import Drawing
import Models
import Tensors

/// Pictures that are scored, in a list that is the same on all ranks; each rank keeps its share of them in memory.
package struct ScoredPictures {
  /// How many pictures the list has.
  package let count: Int
  /// The pictures that this rank keeps, as places in the list.
  package let share: Range<Int>
  /// The shape of a picture.
  package let form: PictureShape
  /// This rank's pictures, HWC, 0 to 255.
  package let bytes: UnsafePointer<UInt8>
  /// What owns them.
  private let owner: AnyObject

  /// Pictures of a data set.
  package init(_ list: RankPictures) {
    count = list.count
    share = list.share
    form = list.form
    bytes = UnsafePointer(list.bytes.baseAddress!)
    owner = list
  }

  /// Pictures that `sampler` makes of seeds, rounded to bytes as those of `generate` are. Each rank makes its share.
  /// - Parameter progress: is told how many this rank has made.
  /// - Throws: errors of the network's forward pass.
  package init(
    _ seeds: [UInt64], by sampler: Sampler, form: PictureShape, on communicator: any Communicator,
    progress: (_ done: Int) -> Void = { _ in }
  ) throws {
    count = seeds.count
    self.form = form
    let share = RankPictures.share(of: seeds.count, rank: communicator.rank, size: communicator.size)
    self.share = share
    let room = Room(bytes: max(1, share.count * form.count))
    bytes = UnsafePointer(room.bytes)
    owner = room
    try sampler.make(sampler.inputs(seeds[share].map { .generated(seed: $0) })) { places, pixels in
      let made = SheetPictures(
        count: places.count, height: form.height, width: form.width, channels: form.channels,
        pixels: UnsafeBufferPointer(start: pixels, count: places.count * form.count),
        range: sampler.pixelRange.ofSheets)
      (room.bytes + places.lowerBound * form.count).update(from: made.bytes, count: made.bytes.count)
      progress(places.upperBound)
    }
  }

  /// A picture of this rank's share.
  /// - Parameter place: its place in the list.
  package func picture(_ place: Int) -> UnsafePointer<UInt8> {
    bytes + (place - share.lowerBound) * form.count
  }

  private final class Room {
    let bytes: UnsafeMutablePointer<UInt8>
    init(bytes count: Int) { bytes = .allocate(capacity: count) }
    deinit { bytes.deallocate() }
  }
}
