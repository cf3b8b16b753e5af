import Communication
import Foundation
import Tensors

/// The queue of pieces, and the pieces under way, which the training thread and the communication thread
/// share.
///
/// `@unchecked`: the queue and the counters are guarded by the lock. The places belong to the thread that
/// drives: the communication thread where there is one, else the training thread.
final class TrafficWork: @unchecked Sendable {
  // No `Mutex`, as the two threads wait for each other: Synchronization has no condition.
  private let condition = NSCondition()
  // An array in place of a ring, as pieces are few and the array keeps its memory.
  private var line: [GradientPiece] = []
  private var taken = 0
  private var done = 0
  private var waiters = 0
  private var failure: (any Error)?
  private var isClosed = false
  private var isRunning = false
  private var busy = 0.0
  private var busySince: ContinuousClock.Instant?
  // Bytes that were submitted since then.
  private var busyBytes = 0
  private var recording: (lane: Timeline.Lane, name: Timeline.Name)?

  private let places: [PieceInFlight]
  /// Microseconds of sleep between two polls while no thread waits: short beside a piece's time on any
  /// network where the overlap matters, long beside a poll.
  private static let nap: useconds_t = 100

  init(_ communicator: any Communicator, wire: WirePrecision, window: Int, capacity: Int) {
    places = (0..<window).map { _ in PieceInFlight(communicator, wire: wire, capacity: capacity) }
  }

  var busySeconds: Double {
    condition.withLock {
      busy + (busySince.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0)
    }
  }

  var isUnderWay: Bool { condition.withLock { done < line.count } }

  /// Records on `lane`, from now on, when something is under way.
  func record(_ lane: Timeline.Lane, as name: Timeline.Name) {
    condition.withLock { recording = (lane, name) }
  }

  func submit(_ pieces: ArraySlice<GradientPiece>) {
    guard !pieces.isEmpty else { return }
    condition.withLock {
      if busySince == nil { busySince = .now }
      for piece in pieces { busyBytes += piece.count * MemoryLayout<Float>.size }
      line.append(contentsOf: pieces)
      condition.broadcast()
    }
  }

  /// Returns when all that was submitted has been summed.
  /// - Parameter drives: whether this thread moves the pieces, as there is no communication thread.
  /// - Throws: what failed, here or on the communication thread.
  func finish(drives: Bool) throws {
    if drives {
      while try step() {}
      return condition.withLock { clearLine() }
    }
    try condition.withLock {
      waiters += 1
      defer { waiters -= 1 }
      while failure == nil && done < line.count { condition.wait() }
      if let failure { throw failure }
      clearLine()
    }
  }

  /// Ends the communication thread and returns when it is gone. Pieces that are still under way stay so.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
      while isRunning { condition.wait() }
    }
  }

  /// Starts the communication thread.
  func start() {
    condition.withLock { isRunning = true }
    let thread = Thread { [self] in
      run()
      condition.withLock {
        isRunning = false
        condition.broadcast()
      }
    }
    thread.name = "gradients"
    thread.start()
  }

  private func run() {
    while true {
      let goesOn = condition.withLock {
        while !isClosed && (done == line.count || failure != nil) { condition.wait() }
        return !isClosed
      }
      guard goesOn else { return }
      do {
        while try step() {}
      } catch {
        condition.withLock {
          failure = error
          condition.broadcast()
        }
      }
    }
  }

  /// Fills free places from the queue and moves the pieces under way.
  private func step() throws -> Bool {
    var moved = false
    var ended = 0
    for place in places {
      if place.isFree {
        guard let piece = next() else { continue }
        try place.start(piece)
        moved = true
      } else if try place.advance() {
        moved = true
        if place.isFree { ended += 1 }
      }
    }
    let (isLeft, isHurried) = condition.withLock {
      done += ended
      if done == line.count, let since = busySince {
        let passed = ContinuousClock.now - since
        busy += passed / .seconds(1)
        busySince = nil
        if let recording {
          let end = Timeline.now
          let start = end - min(end, UInt64(passed / .nanoseconds(1)))
          recording.lane.record(recording.name, .reduce, from: start, to: end, .bytes(busyBytes))
        }
        busyBytes = 0
        condition.broadcast()
      }
      return (done < line.count && !isClosed, waiters > 0)
    }
    if isLeft && !moved { if isHurried { sched_yield() } else { usleep(Self.nap) } }
    return isLeft
  }

  private func next() -> GradientPiece? {
    condition.withLock {
      guard taken < line.count else { return nil }
      defer { taken += 1 }
      return line[taken]
    }
  }

  /// To be called under the lock.
  private func clearLine() {
    line.removeAll(keepingCapacity: true)
    taken = 0
    done = 0
  }
}
