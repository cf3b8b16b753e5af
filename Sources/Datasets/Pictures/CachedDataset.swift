import Foundation
import Synchronization

/// A data set that keeps drawn pictures in memory, up to a budget in bytes.
///
/// The first `capacity` pictures have a place each in one block of memory. A place is filled when its picture is
/// first drawn. Pictures beyond the budget are drawn anew each time. The system gives the pages of the block only
/// as places are filled; once all places are filled, the set takes no more memory.
package final class CachedDataset: WrappedDataset, @unchecked Sendable {
  private enum Place: UInt8 {
    case empty, filling, filled
  }

  /// The state of the places, under one lock; the bytes of a filled place never change again.
  private struct Book {
    var places: [Place]
    /// For each place, the index that the wrapped set returned when the picture was drawn.
    var drawn: [Int32]
    var filled = 0
  }

  /// The wrapped set.
  package let base: any PictureDataset
  private let store: UnsafeMutablePointer<UInt8>?
  private let book: Mutex<Book>
  /// How many pictures have a place.
  package let capacity: Int

  /// The bytes that a place takes: the pixels of a picture and the state of the place.
  package static func bytesPerPlace(of base: any PictureDataset) -> Int {
    base.bytesPerPicture + MemoryLayout<Place>.size + MemoryLayout<Int32>.size
  }

  /// Wraps a data set.
  /// - Parameter budget: the most bytes of memory that the cache may take; 0 keeps no picture.
  package init(_ base: any PictureDataset, budget: Int) {
    self.base = base
    let wanted = min(base.count, max(0, budget) / Self.bytesPerPlace(of: base))
    // malloc takes no pages until they are written to. If it fails, the set works without a cache.
    store = wanted > 0 ? malloc(wanted * base.bytesPerPicture)?.assumingMemoryBound(to: UInt8.self) : nil
    capacity = store == nil ? 0 : wanted
    book = Mutex(
      Book(places: [Place](repeating: .empty, count: capacity), drawn: [Int32](repeating: 0, count: capacity))
    )
  }

  deinit { free(store) }

  /// How many pictures are in memory now.
  package var filled: Int { book.withLock { $0.filled } }

  /// Copies picture `index` from memory, or draws it from the wrapped set and keeps it if it has a place.
  /// - Returns: the index of the picture that was written.
  /// - Throws: what the wrapped set throws.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    guard let store, index < capacity else { return try base.draw(index, into: pixels) }
    let place = store + index * bytesPerPicture
    if let drawn = book.withLock({ $0.places[index] == .filled ? Int($0.drawn[index]) : nil }) {
      pixels.update(from: place, count: bytesPerPicture)
      return drawn
    }
    let drawn = try base.draw(index, into: pixels)
    let mine = book.withLock { book in
      guard book.places[index] == .empty else { return false }
      book.places[index] = .filling
      return true
    }
    if mine {
      place.update(from: pixels, count: bytesPerPicture)
      book.withLock { book in
        book.drawn[index] = Int32(truncatingIfNeeded: drawn)
        book.places[index] = .filled
        book.filled += 1
      }
    }
    return drawn
  }
}
