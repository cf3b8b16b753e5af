import Foundation
import Synchronization

/// What the threads of this process did from when to when, for a trace that people look at.
///
/// A timeline has one lane for each thread that records. A lane keeps its newest events, in memory that is
/// allocated once, and counts the events that it dropped. A thread that records holds a lane or nil; nil
/// costs one comparison. Recording must not allocate memory, so names are turned into numbers (`name(_:)`)
/// before a step begins.
package final class Timeline: Sendable {
  /// The kind of an event.
  package enum Category: UInt8, CaseIterable, Sendable {
    /// Work on numbers.
    case compute
    /// The training thread waits for other ranks, or for pictures.
    case wait
    /// A sum over ranks under way, on whichever thread drives it.
    case reduce
    /// A picture is read, decoded or drawn.
    case decode
  }

  /// A name that one timeline turned into a number; only that timeline knows it.
  package struct Name: Hashable, Sendable {
    fileprivate let index: UInt32
  }

  /// A number that belongs to an event.
  package enum Argument: Equatable, Sendable {
    /// No number.
    case none
    /// Bytes that moved.
    case bytes(Int)
    /// The training step, counted from 1.
    case step(Int)
    /// The global index of a sample in the batch.
    case sample(Int)
  }

  /// Something that lasted from `start` to `end`.
  package struct Event: Equatable, Sendable {
    /// What it was.
    package var name: Name
    /// What kind it was.
    package var category: Category
    /// When it began and ended, in nanoseconds of `Timeline.now`.
    package var start, end: UInt64
    /// A number that belongs to it.
    package var argument: Argument
  }

  /// Nanoseconds of this machine's monotonic clock, the same in all of its processes.
  package static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// How many events a lane keeps.
  package let eventsPerLane: Int

  private struct Book {
    var names: [String] = []
    var numbers: [String: UInt32] = [:]
    var lanes: [Lane] = []
  }

  private let book = Mutex(Book())

  /// How many events a lane keeps unless told otherwise: some 240 steps of dcgan64.
  package static let defaultEventsPerLane = 1 << 15

  /// A timeline without lanes.
  package init(eventsPerLane: Int = Timeline.defaultEventsPerLane) {
    precondition(eventsPerLane >= 1, "a lane keeps an event at least")
    self.eventsPerLane = eventsPerLane
  }

  /// The lane called `title`, created where there is none. Allocates memory, so not to be called in a step.
  /// May be called from any thread.
  package func lane(_ title: String) -> Lane {
    book.withLock { book in
      if let lane = book.lanes.first(where: { $0.title == title }) { return lane }
      let lane = Lane(title, capacity: eventsPerLane)
      book.lanes.append(lane)
      return lane
    }
  }

  /// The number of `text`. May allocate memory, so not to be called in a step. May be called from any
  /// thread.
  package func name(_ text: String) -> Name {
    book.withLock { book in
      if let number = book.numbers[text] { return Name(index: number) }
      let number = UInt32(book.names.count)
      book.names.append(text)
      book.numbers[text] = number
      return Name(index: number)
    }
  }

  /// What `name` stands for.
  package func text(_ name: Name) -> String { book.withLock { $0.names[Int(name.index)] } }

  /// All lanes, in the order in which they were made.
  package var lanes: [Lane] { book.withLock { $0.lanes } }
}

extension Timeline {
  /// The events of one thread. One thread at a time records; any thread may read.
  package final class Lane: @unchecked Sendable {
    /// What a person reads: "compute", "reduce", "decode 0".
    package let title: String

    private let ring: UnsafeMutablePointer<Event>
    private let capacity: Int
    // Events recorded so far; number n lies at n modulo the capacity.
    private let count = Mutex(0)

    fileprivate init(_ title: String, capacity: Int) {
      self.title = title
      self.capacity = capacity
      ring = .allocate(capacity: capacity)
      ring.initialize(
        repeating: Event(name: Name(index: 0), category: .compute, start: 0, end: 0, argument: .none),
        count: capacity)
    }

    deinit { ring.deallocate() }

    /// Records an event that has ended; it replaces the oldest where there is no room. Events may be
    /// nested, and are recorded in the order in which they end.
    package func record(
      _ name: Name, _ category: Category, from start: UInt64, to end: UInt64 = Timeline.now,
      _ argument: Argument = .none
    ) {
      let event = Event(
        name: name, category: category, start: min(start, end), end: end, argument: argument)
      count.withLock { count in
        ring[count % capacity] = event
        count += 1
      }
    }

    /// The events that are kept, in the order in which they ended.
    package var events: [Event] {
      count.withLock { count in (max(0, count - capacity)..<count).map { ring[$0 % capacity] } }
    }

    /// How many events were dropped, as there was no room.
    package var dropped: Int { count.withLock { max(0, $0 - capacity) } }
  }
}

extension Timeline.Lane? {
  /// Runs `body` and, if there is a lane, records it as an event. (This extends the optional, as
  /// `lane?.span` would not run `body` without a lane.)
  @inline(__always)
  package func span<Result>(
    _ name: @autoclosure () -> Timeline.Name, _ category: Timeline.Category,
    _ argument: @autoclosure () -> Timeline.Argument = .none, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let lane = self else { return try body() }
    let start = Timeline.now
    defer { lane.record(name(), category, from: start, argument()) }
    return try body()
  }
}
