import Synchronization

/// A call of a communicator that has begun and not yet ended.
package struct WatchedCall: Sendable, Equatable, CustomStringConvertible {
  /// What is called.
  package enum Kind: String, Sendable {
    /// One rank's bytes to all.
    case broadcast
    /// A combination over all ranks.
    case allReduce = "all-reduce"
    /// Bytes for bytes between two ranks.
    case exchange
    /// All ranks meet.
    case barrier
    /// All ranks' bytes to one.
    case gather
    /// A new communicator of all ranks.
    case duplicate
    /// A new communicator of the first ranks.
    case prefix
  }

  /// What is called.
  package let kind: Kind
  /// Bytes that this rank contributes; for an exchange, those of the longer side.
  package let bytes: Int
  /// The partner of an exchange or the root of a broadcast or gather; nil for the other calls.
  package let peer: Int?
  /// The number of the call on its communicator, counted from 1. As all ranks make the same calls in one
  /// order (Note [Collective order]), calls with the same number are the same collective on all ranks.
  package let sequence: Int
  /// When it began.
  package let began: ContinuousClock.Instant

  /// Such as `exchange of 4096 bytes with rank 3`.
  package var description: String {
    switch kind {
    case .barrier, .duplicate, .prefix: "\(kind.rawValue)"
    case .allReduce: "\(kind.rawValue) of \(bytes) bytes"
    case .exchange: "\(kind.rawValue) of \(bytes) bytes with rank \(peer ?? 0)"
    case .broadcast: "\(kind.rawValue) of \(bytes) bytes from rank \(peer ?? 0)"
    case .gather: "\(kind.rawValue) of \(bytes) bytes to rank \(peer ?? 0)"
    }
  }
}

/// What one communicator of this rank is doing.
package struct WatchedState: Sendable {
  /// What the communicator is for.
  package let label: String
  /// How many calls have begun.
  package let entered: Int
  /// The oldest call that has not ended; nil if all have.
  package let waitsIn: WatchedCall?
}

/// The calls that all watched communicators of one rank wait in, for another thread to read.
///
/// A call notes its beginning and its end under its communicator's lock, which no other thread holds in a
/// steady step, and allocates nothing.
package final class CommunicationWatch: Sendable {
  private let all = Mutex<[CallNotes]>([])

  /// Creates a watch that sees nothing yet.
  package init() {}

  /// Every communicator's state, in the order in which they were made.
  package var states: [WatchedState] { all.withLock { $0 }.map(\.state) }

  /// Adds a communicator. Where the label is taken already, the new communicator's gets a number.
  func notes(for label: String) -> CallNotes {
    all.withLock { all in
      let count = all.count { $0.wish == label }
      let notes = CallNotes(label: count == 0 ? label : "\(label) (\(count + 1))", wish: label)
      all.append(notes)
      return notes
    }
  }

  /// Forgets a communicator that is gone.
  func forget(_ notes: CallNotes) { all.withLock { all in all.removeAll { $0 === notes } } }
}

/// The open calls of one communicator: one that blocks, or several that run in the background.
final class CallNotes: Sendable {
  private struct Book {
    var entered = 0
    var open: [WatchedCall] = []
  }

  let label: String
  /// The label that was asked for, without a number.
  let wish: String
  private let book: Mutex<Book>

  init(label: String, wish: String) {
    self.label = label
    self.wish = wish
    var book = Book()
    // More open calls at a time make the array grow once.
    book.open.reserveCapacity(32)
    self.book = Mutex(book)
  }

  var state: WatchedState {
    book.withLock {
      WatchedState(label: label, entered: $0.entered, waitsIn: $0.open.min { $0.sequence < $1.sequence })
    }
  }

  /// Notes that a call begins.
  /// - Returns: its number, to end it by.
  func begin(_ kind: WatchedCall.Kind, bytes: Int = 0, peer: Int? = nil) -> Int {
    let now = ContinuousClock.now
    return book.withLock { book in
      book.entered += 1
      book.open.append(
        WatchedCall(kind: kind, bytes: bytes, peer: peer, sequence: book.entered, began: now))
      return book.entered
    }
  }

  /// Notes that a call has ended. A second time does nothing.
  func end(_ sequence: Int) {
    book.withLock { book in
      guard let place = book.open.lastIndex(where: { $0.sequence == sequence }) else { return }
      book.open.swapAt(place, book.open.count - 1)
      book.open.removeLast()
    }
  }
}
