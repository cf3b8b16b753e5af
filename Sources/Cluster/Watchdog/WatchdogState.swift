import Communication
import Foundation

/// What a rank's watchdog tells another's: where the rank is, and what it waits in.
package struct WatchdogState: Codable, Equatable, Sendable {
  /// A call that has begun and not ended.
  package struct Wait: Codable, Equatable, Sendable {
    /// What the communicator is for.
    package var label: String
    /// Such as `exchange of 4096 bytes with rank 3`.
    package var call: String
    /// Which call of its communicator, the same on all ranks.
    package var sequence: Int
    /// The partner of an exchange, who alone is waited for; nil: all ranks are.
    package var partner: Int?
    /// Seconds since it began.
    package var seconds: Double

    /// Creates a wait from its parts.
    package init(label: String, call: String, sequence: Int, partner: Int?, seconds: Double) {
      self.label = label
      self.call = call
      self.sequence = sequence
      self.partner = partner
      self.seconds = seconds
    }
  }

  /// The rank.
  package var rank: Int
  /// The step that it is in, counted from 1; 0: before the first.
  package var step: Int
  /// What its training thread is at.
  package var activity: RunProgress.Activity
  /// Seconds without progress.
  package var idle: Double
  /// After how many of them it is a hang.
  package var limit: Double
  /// What it waits in, the longest wait first.
  package var waits: [Wait]
  /// How many calls each communicator has begun, by its label.
  package var entered: [String: Int]
  /// Where its training thread is, innermost call first, if it waits in nothing.
  package var stack: String?

  /// Whether the rank's own clock says that it hangs.
  package var hangs: Bool { idle >= limit }

  /// Creates a state from its parts.
  package init(
    rank: Int, step: Int = 0, activity: RunProgress.Activity = .computing, idle: Double = 0,
    limit: Double = 0,
    waits: [Wait] = [], entered: [String: Int] = [:], stack: String? = nil
  ) {
    self.rank = rank
    self.step = step
    self.activity = activity
    self.idle = idle
    self.limit = limit
    self.waits = waits
    self.entered = entered
    self.stack = stack
  }

  /// The state of this rank.
  init(rank: Int, progress: RunProgress, watch: CommunicationWatch, idle: Double, limit: Double) {
    let state = progress.state
    let communicators = watch.states
    let now = ContinuousClock.now
    self.init(
      rank: rank, step: state.step, activity: state.activity, idle: idle, limit: limit,
      waits: communicators.compactMap { one in
        one.waitsIn.map { call in
          Wait(
            label: one.label, call: "\(call)", sequence: call.sequence,
            partner: call.kind == .exchange ? call.peer : nil, seconds: (now - call.began) / .seconds(1))
        }
      }.sorted { $0.seconds > $1.seconds },
      entered: Dictionary(
        communicators.map { ($0.label, $0.entered) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The bytes of a message of fixed size. What is too long loses its stack first, then its communicators.
  func message(of size: Int) -> [UInt8] {
    var state = self
    for shorten in [
      { (_: inout WatchdogState) in }, { $0.stack = nil }, { $0.entered = [:] }, { $0.waits = [] },
    ] {
      shorten(&state)
      if let text = try? JSONEncoder().encode(state), text.count <= size {
        return Array(text) + [UInt8](repeating: UInt8(ascii: " "), count: size - text.count)
      }
    }
    return [UInt8](repeating: UInt8(ascii: " "), count: size)
  }

  /// Reads a message; nil if it is none.
  init?(message: UnsafeRawBufferPointer) {
    guard let state = try? JSONDecoder().decode(WatchdogState.self, from: Data(message)) else { return nil }
    self = state
  }
}
