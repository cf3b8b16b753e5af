import Foundation
import Wording

/// What a watchdog says about a hang that it found.
package struct WatchdogReport: Equatable, Sendable {
  /// The states of the ranks that answered, in rank order, with that of the rank that asked.
  package let states: [WatchdogState]
  /// The host of every rank.
  package let hosts: [String]
  /// Ranks that did not answer.
  package var silent: [Int] {
    let told = Set(states.map(\.rank))
    return hosts.indices.filter { !told.contains($0) }
  }

  /// Creates a report from what was told.
  package init(states: [WatchdogState], hosts: [String]) {
    self.states = states.sorted { $0.rank < $1.rank }
    self.hosts = hosts
  }

  /// The rank that speaks: the lowest that answered.
  package var speaker: Int { states.first?.rank ?? 0 }

  /// Whether some rank has not reached its limit by its own count. Then the run does not hang; that rank is
  /// only slow.
  package var somebodyGoesOn: Bool { states.contains { !$0.hangs } }

  /// The ranks that may be the cause: first those that do not answer, then those that are stuck outside of
  /// any call. If there are none of either, the ranks that have not come to a call in which others wait.
  package var absent: [Int] {
    var found = silent
    func add(_ ranks: some Sequence<Int>) {
      for rank in ranks where !found.contains(rank) { found.append(rank) }
    }
    add(states.filter(\.waits.isEmpty).map(\.rank))
    if found.isEmpty {
      for state in states { for wait in state.waits { add(missing(from: wait, of: state.rank)) } }
    }
    return found
  }

  /// The ranks that have not come to the call in which rank `waiter` waits.
  private func missing(from wait: WatchdogState.Wait, of waiter: Int) -> [Int] {
    hosts.indices.filter { rank in
      guard rank != waiter, wait.partner == nil || wait.partner == rank else { return false }
      guard let state = states.first(where: { $0.rank == rank }) else { return true }
      if wait.partner != nil, state.waits.contains(where: { $0.label == wait.label && $0.partner == waiter })
      {
        return false
      }
      return state.entered[wait.label, default: 0] < wait.sequence
    }
  }

  /// Lines for a person: one for each rank that does not answer, and for the first of the others, with the
  /// stacks of those that wait in no call.
  package var lines: [String] {
    var lines = silent.map { "watchdog: \(name($0)) does not answer" }
    // Where a thousand ranks wait for one, a few of them are enough.
    let shown = states.prefix(Self.mostLines)
    for state in shown {
      lines.append("watchdog: \(name(state.rank)), \(place(state)): \(what(state))")
      if let stack = state.stack {
        lines += stack.split(separator: "\n").prefix(12).map { "watchdog:     \($0)" }
      }
    }
    if states.count > shown.count { lines.append("watchdog: and \(states.count - shown.count) ranks more") }
    return lines
  }

  private static let mostLines = 16

  /// One sentence: rank, host, step and cause.
  package var sentence: String {
    guard let own = states.first else { return "no rank makes progress" }
    let suspects = absent
    guard let first = suspects.first else {
      let wait = own.waits.first
      return "\(name(own.rank)), \(place(own)): no progress for \(seconds(own.idle)): every rank has come to "
        + "\(wait.map { "the \($0.call) (\($0.label))" } ?? "the same call"), and nothing arrives: is the network "
        + "between \(Set(hosts).sorted().prefix(4).joined(separator: " and ")) cut?"
    }
    let others = suspects.count > 1 ? " and \(list(Array(suspects.dropFirst())))" : ""
    let told = states.first { $0.rank == first }
    let cause =
      told.map { what($0) } ?? "it does not answer, so it is stopped, dead or cut off"
    // Of the waiting ranks, one that waits for this very rank, if there is one.
    let waiting = states.filter { $0.rank != first && !$0.waits.isEmpty }
    let witness = waiting.first { $0.waits.contains { $0.partner == first } } ?? waiting.first
    var sentence =
      "\(name(first))\(others), \(place(told ?? own)): no progress for \(seconds((told ?? own).idle)): \(cause)"
    if let witness, let wait = witness.waits.first(where: { $0.partner == first }) ?? witness.waits.first {
      sentence += "; rank \(witness.rank) waits in the \(wait.call) (\(wait.label))"
    }
    return sentence
  }

  private func what(_ state: WatchdogState) -> String {
    guard let wait = state.waits.first else { return state.activity.rawValue }
    let absent = missing(from: wait, of: state.rank)
    let who =
      absent.isEmpty
      ? "to which all have come" : "to which \(list(absent)) \(absent.count > 1 ? "have" : "has") not come"
    return "it waits since \(seconds(wait.seconds)) in the \(wait.call) (\(wait.label)), \(who)"
  }

  private func place(_ state: WatchdogState) -> String {
    state.step > 0 ? "step \(state.step)" : "at the start"
  }

  private func name(_ rank: Int) -> String {
    "rank \(rank) on \(hosts.indices.contains(rank) ? hosts[rank] : "an unknown host")"
  }

  private func list(_ ranks: [Int]) -> String {
    firstFew(ranks.map { "rank \($0)" })
  }

  private func seconds(_ value: Double) -> String { "\(Int(value.rounded())) s" }
}
