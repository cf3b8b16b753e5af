import Communication
import Tensors

/// What a rank's clock and rank 0's clock showed at the same moment.
package struct ClockReading: Equatable, Sendable {
  /// What the rank's own clock showed, in nanoseconds.
  package var own: UInt64
  /// What rank 0's clock showed, in nanoseconds, give or take `uncertainty`.
  package var root: UInt64
  /// Half of the round trip by which `root` was found, in nanoseconds.
  package var uncertainty: UInt64

  /// A reading from its parts.
  package init(own: UInt64, root: UInt64, uncertainty: UInt64) {
    self.own = own
    self.root = root
    self.uncertainty = uncertainty
  }

  /// How many round trips are made with each rank; the fastest counts.
  static let rounds = 40

  /// Reads the clocks of all ranks against rank 0's. Rank 0 sends a message and the rank answers with its
  /// time, which it read at some moment between sending and answer (Cristian 1989). Collective.
  /// - Parameter now: this rank's clock, in nanoseconds.
  /// - Returns: on rank 0 a reading of each rank, in rank order; empty elsewhere.
  /// - Throws: `CommunicationError`.
  package static func take(on communicator: any Communicator, now: () -> UInt64 = { Timeline.now }) throws
    -> [ClockReading]
  {
    let time = now()
    var readings = [ClockReading(own: time, root: time, uncertainty: 0)]
    for peer in 1..<max(1, communicator.size) {
      if communicator.rank == 0 {
        var best: ClockReading?
        for _ in 0..<rounds {
          let reading = try ask(peer, on: communicator, now: now)
          if reading.uncertainty < best?.uncertainty ?? .max { best = reading }
        }
        if let best { readings.append(best) }
      } else if communicator.rank == peer {
        for _ in 0..<rounds { try answer(on: communicator, now: now) }
      }
    }
    return communicator.isRoot ? readings : []
  }

  /// Makes one reading, on rank 0. An exchange sends both ways, but only one direction of each counts: the
  /// first message to the rank, and the rank's answer in the second exchange. The message of the other
  /// direction was sent earlier and makes nobody wait.
  private static func ask(_ peer: Int, on communicator: any Communicator, now: () -> UInt64) throws
    -> ClockReading
  {
    let before = now()
    _ = try trade(0, with: peer, on: communicator)
    let own = try trade(0, with: peer, on: communicator)
    let after = now()
    let uncertainty = (after - before + 1) / 2
    return ClockReading(own: own, root: before + (after - before) / 2, uncertainty: uncertainty)
  }

  private static func answer(on communicator: any Communicator, now: () -> UInt64) throws {
    _ = try trade(0, with: 0, on: communicator)
    _ = try trade(now(), with: 0, on: communicator)
  }

  private static func trade(_ word: UInt64, with peer: Int, on communicator: any Communicator) throws
    -> UInt64
  {
    var (sent, received) = (word, UInt64(0))
    try withUnsafeBytes(of: &sent) { send in
      try withUnsafeMutableBytes(of: &received) { receive in
        try communicator.exchange(send: send, receive: receive, with: peer)
      }
    }
    return received
  }
}

/// Turns times of a rank's clock into times of rank 0's clock, by a reading at the beginning and one at the
/// end. Between the two readings the clocks are taken to drift apart evenly; before the first and after the
/// last the nearer reading holds.
package struct ClockCorrection: Equatable, Sendable {
  /// The readings.
  package let first, last: ClockReading

  /// A correction by two readings, which may be the same.
  package init(first: ClockReading, last: ClockReading) {
    self.first = first
    self.last = last
  }

  /// What rank 0's clock showed when this rank's clock showed `time`, in nanoseconds; at least 0.
  package func rootTime(_ time: UInt64) -> UInt64 {
    let span = Int64(bitPattern: last.own &- first.own)
    let (begin, end) = (offset(first), offset(last))
    var shift = begin
    if span > 0 {
      let passed = Int64(bitPattern: time &- first.own)
      let share = min(1, max(0, Double(passed) / Double(span)))
      shift += Int64((share * Double(end - begin)).rounded())
    }
    let corrected = Int64(bitPattern: time) &+ shift
    return corrected < 0 ? 0 : UInt64(corrected)
  }

  private func offset(_ reading: ClockReading) -> Int64 { Int64(bitPattern: reading.root &- reading.own) }
}
