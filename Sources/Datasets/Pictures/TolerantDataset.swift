import Synchronization

/// A data set in which damaged pictures are replaced, up to a tenth of the set.
///
/// A damaged picture is replaced by the next good one in data-set order. The replacement is a function of the data
/// alone, so a run trains on the same pictures with any number of ranks. Each damaged picture is counted and
/// reported once. If more than a tenth of the set is damaged, drawing throws.
package final class TolerantDataset: WrappedDataset {
  /// One damaged picture.
  package struct Damage: Equatable, Sendable {
    /// Its index in the set.
    package let index: Int
    /// The name of its file and what is wrong with it.
    package let reason: String
  }

  /// The wrapped set.
  package let base: any PictureDataset
  private let report: @Sendable (String) -> Void
  private let known = Mutex<[Int: String]>([:])
  private let tried = Mutex(0)
  /// The number of draws from which on their share of damaged pictures is compared with a tenth.
  private static let enoughToJudge = 1000

  /// Wraps a data set.
  /// - Parameter report: is given one sentence for each damaged picture when it is first drawn, on the thread that
  ///   drew it.
  package init(_ base: any PictureDataset, report: @escaping @Sendable (String) -> Void = { _ in }) {
    self.base = base
    self.report = report
  }

  /// The damaged pictures met so far, in data-set order.
  package var damaged: [Damage] {
    known.withLock { known in known.sorted { $0.key < $1.key }.map { Damage(index: $0.key, reason: $0.value) }
    }
  }

  /// Draws picture `index`, or the next good one after it; the first picture follows the last.
  /// - Returns: the index of the picture drawn.
  /// - Throws: ``DatasetError/tooManyDamaged(damaged:of:examples:)`` once more than a tenth of the set is
  ///   known to be damaged; any other error of the wrapped set as it is.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    var candidate = index
    while true {
      if known.withLock({ $0[candidate] }) == nil {
        tried.withLock { $0 += 1 }
        do {
          return try base.draw(candidate, into: pixels)
        } catch DatasetError.damaged(let file, let reason) {
          try note(candidate, "\(file) (\(reason))")
        }
      }
      // This loop ends: `note` throws once more than a tenth of the set is damaged.
      candidate = (candidate + 1) % count
    }
  }

  /// Counts a damaged picture. A rank sees only its own part of the data, so the count may not exceed a tenth of
  /// the whole set, nor, after ``enoughToJudge`` draws, a tenth of the draws tried.
  private func note(_ index: Int, _ reason: String) throws {
    let tried = tried.withLock { $0 }
    let (isNew, total) = known.withLock { known in
      (known.updateValue(reason, forKey: index) == nil, known.count)
    }
    if isNew {
      report("damaged picture \(reason): the next good one stands in for it; \(total) of \(count) so far")
    }
    if total * 10 > count || (tried >= Self.enoughToJudge && total * 10 > tried) {
      throw DatasetError.tooManyDamaged(damaged: total, of: count, examples: damaged.prefix(3).map(\.reason))
    }
  }
}
