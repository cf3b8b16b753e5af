import Communication
import Foundation

/// What a rank's watchdog tells another rank's: what the rank does, and in which calls it waits.
package struct WatchdogState: Codable, Equatable, Sendable {
  /// A call that has begun and not ended.
  package struct Wait: Codable, Equatable, Sendable {
    /// What the communicator is for.
    package var label: String
    /// The call, in words such as `exchange of 4096 bytes with rank 3`.
    package var call: String
    /// The number of the call on its communicator, the same on all ranks.
    package var sequence: Int
    /// The partner of an exchange, the only rank waited for; nil: the call waits for all ranks.
    package var partner: Int?
    /// Seconds since the call began.
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
  /// The step that the rank is in, counted from 1; 0: before the first.
  package var step: Int
  /// What the rank's training thread is doing.
  package var activity: RunProgress.Activity
  /// Seconds without progress.
  package var idle: Double
  /// After how many seconds without progress the rank counts as hanging.
  package var limit: Double
  /// The calls in which the rank waits, the longest wait first.
  package var waits: [Wait]
  /// How many calls each communicator has begun, by its label.
  package var entered: [String: Int]
  /// The stack of the rank's training thread, innermost call first; nil where the rank waits in a call, does
  /// not hang, or its thread does not answer.
  package var stack: String?

  /// Whether the rank hangs by its own count.
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

  /// The state as a message of `size` bytes. If it is too long, it loses its stack first, then `entered`,
  /// then its waits.
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
