import Cluster
import Communication
import Datasets
import Synchronization
import Tensors

/// A picture of one of several data sets.
package struct PicturePlace: Equatable, Sendable {
  /// Which of the sets.
  package var set: Int
  /// Its index in the set.
  package var index: Int

  /// A place from its parts.
  package init(set: Int = 0, index: Int) {
    self.set = set
    self.index = index
  }
}

/// The pictures of an experiment, in a list that is the same on all ranks; each rank keeps its share of them in memory.
package final class RankPictures {
  /// How many pictures the list has.
  package let count: Int
  /// The pictures that this rank keeps, as places in the list.
  package let share: Range<Int>
  /// The shape of a picture.
  package let form: PictureShape
  /// This rank's pictures, HWC, 0 to 255.
  package let bytes: UnsafeMutableBufferPointer<UInt8>
  /// For each picture of the list, the one that was drawn: another one of its set where a damaged picture was replaced.
  package let drawn: [PicturePlace]

  /// Reads this rank's share. Collective.
  /// - Parameters:
  ///   - sets: the data sets, of one shape.
  ///   - places: the list.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  package init(
    _ sets: [any PictureDataset], _ places: [PicturePlace], on communicator: any Communicator,
    pool: ThreadPool
  ) throws {
    precondition(!sets.isEmpty && sets.allSatisfy { $0.bytesPerPicture == sets[0].bytesPerPicture })
    count = places.count
    form = PictureShape(height: sets[0].size, width: sets[0].size, channels: sets[0].channels)
    let share = Self.share(of: places.count, rank: communicator.rank, size: communicator.size)
    self.share = share
    let size = form.count
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, share.count * size))
    self.bytes = bytes
    // The lowest picture's error counts, so that the message does not depend on which thread was faster.
    let failure = Mutex<(place: Int, error: any Error)?>(nil)
    var indices = [UInt64](repeating: 0, count: places.count)
    indices.withUnsafeMutableBufferPointer { indices in
      nonisolated(unsafe) let indices = indices
      nonisolated(unsafe) let bytes = bytes
      pool.run(share.count) { item, _ in
        let place = share.lowerBound + item
        guard let target = bytes.baseAddress else { return }
        do {
          let source = places[place]
          indices[place] = UInt64(try sets[source.set].draw(source.index, into: target + item * size))
        } catch {
          failure.withLock { if $0 == nil || place < $0!.place { $0 = (place, error) } }
        }
      }
    }
    try succeedingOnAllRanks(communicator) {
      if let error = failure.withLock({ $0?.error }) { throw RunError("\(error)") }
    }
    try communicator.allReduce(&indices, .max)
    drawn = zip(places, indices).map { PicturePlace(set: $0.set, index: Int($1)) }
  }

  deinit { bytes.deallocate() }

  /// The first `number` pictures of the list, on all ranks. Collective.
  /// - Throws: errors of the message layer.
  package func first(_ number: Int, on communicator: any Communicator) throws -> [UInt8] {
    let size = form.count
    let number = min(number, count)
    var all = [UInt8](repeating: 0, count: number * size)
    try all.withUnsafeMutableBytes { all in
      for rank in 0..<communicator.size {
        let theirs = Self.share(of: count, rank: rank, size: communicator.size).clamped(to: 0..<number)
        let part = UnsafeMutableRawBufferPointer(
          rebasing: all[theirs.lowerBound * size..<theirs.upperBound * size])
        if rank == communicator.rank, let base = bytes.baseAddress {
          part.copyMemory(from: UnsafeRawBufferPointer(start: base, count: part.count))
        }
        if !part.isEmpty { try communicator.broadcast(part, from: rank) }
      }
    }
    return all
  }

  /// The share of a rank of a list of `count`: ranks take the list one after the other.
  package static func share(of count: Int, rank: Int, size: Int) -> Range<Int> {
    rank * count / size..<(rank + 1) * count / size
  }
}
