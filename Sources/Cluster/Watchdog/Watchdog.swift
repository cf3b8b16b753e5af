import CKernels
import Communication
import Foundation
import Synchronization

/// A thread beside the training thread of every rank. Where the run hangs, the watchdog says which rank hangs
/// and where, and ends the run.
///
/// Note [Watchdog]
/// ~~~~~~~~~~~~~~~
/// A rank that waits in a collective keeps its processor busy, as a computing rank does, and waits for ever:
/// nothing in MPI tells a dead, stopped or stuck partner from a slow one. So every rank's watchdog counts the
/// seconds since its training thread last told progress (`RunProgress`). Past the limit the watchdog asks all
/// other ranks for their state, by messages that nobody waits for. If any rank still makes progress by its
/// own count, that rank is slow and not stuck (rank 0 writes a checkpoint, one node reads a large folder).
/// The watchdog then asks again when the limits of all ranks that answered would be reached. If all ranks
/// that answer within two seconds hang, the lowest of them speaks, and ends all ranks with exit code 86.
///
/// Each time that the watchdog wakes, it counts at most one second. So a job that is suspended and continued
/// does not count as one that hung.
package final class Watchdog: Sendable {
  /// The watchdog's times, in seconds.
  package struct Timing: Sendable {
    /// The time from one look to the next.
    package var poll = 0.25
    /// How long the watchdog waits for answers.
    package var answers = 2.0
    /// How long a rank that is not the speaker waits for the speaker to end the run, before it speaks itself.
    package var patience = 8.0

    /// The times of a run.
    package init() {}
  }

  /// Says that the run hangs, and ends it. Called at most once, on the watchdog's thread.
  package typealias Alarm = @Sendable (_ report: WatchdogReport) -> Void

  /// The object to which the training thread tells its progress.
  package let progress: RunProgress
  private let watch: CommunicationWatch
  private let limit: Double?
  private let rank: Int
  private let hosts: [String]
  private let channel: (any Communicator)?
  private let timing: Timing
  private let note: @Sendable (WatchdogReport) -> Void
  private let alarm: Alarm
  private let stop = DispatchSemaphore(value: 0)
  private let stopped = DispatchSemaphore(value: 0)
  private let isRunning = Mutex(false)

  /// The least limit, in seconds, where none is given and it follows from the steps.
  package static let leastLimit = 120.0

  /// Prepares a watchdog of every rank. Collective.
  /// - Parameters:
  ///   - communicator: the ranks; the watchdogs talk on a duplicate of it, which is not watched itself.
  ///   - watch: knows the call in which each of the training's communicators waits.
  ///   - progress: told by the training thread.
  ///   - limit: seconds without progress that are a hang; nil: 10 times the median step, at least 120.
  ///   - note: called on a rank that is not the speaker, on a thread of its own, while the rank waits for the
  ///     end.
  ///   - alarm: called on the speaker.
  /// - Throws: `CommunicationError`.
  package init(
    over communicator: any Communicator, watch: CommunicationWatch, progress: RunProgress, limit: Double?,
    timing: Timing = .init(), note: @escaping @Sendable (WatchdogReport) -> Void = { _ in },
    alarm: @escaping Alarm
  ) throws {
    self.progress = progress
    self.watch = watch
    self.limit = limit
    self.timing = timing
    self.alarm = alarm
    self.note = note
    rank = communicator.rank
    let told = try communicator.gather(communicator.hostName)?.joined(separator: "\n") ?? ""
    hosts = try communicator.broadcast(told).split(separator: "\n").map(String.init)
    // Where two threads may not call MPI at a time, each watchdog knows only its own rank.
    channel = communicator.size > 1 && communicator.allowsThreads ? try communicator.duplicate() : nil
  }

  /// Starts the thread.
  package func start() {
    isRunning.withLock { $0 = true }
    ThreadStacks.prepare()
    let thread = Thread { [self] in
      run()
      stopped.signal()
    }
    thread.name = "watchdog"
    thread.start()
  }

  /// Ends the thread. Does nothing where the thread does not run.
  /// - Parameter together: whether all other ranks close theirs now too; if so this waits for them, a second
  ///   at most.
  package func close(together: Bool = true) {
    let was = isRunning.withLock { running in
      defer { running = false }
      return running
    }
    guard was else { return }
    stop.signal()
    if together { stopped.wait() }
  }

  // MARK: The thread

  private func run() {
    let mail = channel.map { WatchdogMail($0) }
    var idle = Idle(beats: progress.state.beats)
    var mayAsk = 0.0
    while !waitIsLast(&idle) {
      answer(mail, idle)
      if idle.seconds == 0 { mayAsk = 0 }
      guard idle.seconds >= currentLimit, idle.seconds >= mayAsk else { continue }
      let report = WatchdogReport(states: ask(mail, &idle), hosts: hosts)
      if report.somebodyGoesOn {
        let longest = report.states.map { $0.limit - $0.idle }.max() ?? 0
        mayAsk = idle.seconds + max(1, longest)
      } else if isSpeaker(of: report) || waitForSpeaker(report, mail, &idle) {
        alarm(report)
        // If the process still lives after the alarm, other ranks may still ask.
        while !waitIsLast(&idle) { answer(mail, idle) }
        break
      }
    }
    sayGoodbye(mail)
  }

  /// Seconds without progress, as the watchdog has counted them.
  private struct Idle {
    var beats: Int
    var seconds = 0.0
    /// Whether the watchdog was told to end.
    var isOver = false
  }

  /// Waits until the speaker, which finds the same hang a moment later, ends the run.
  /// - Returns: true where the speaker is late, so that this rank has to speak; false where training goes on
  ///   or is over.
  private func waitForSpeaker(_ report: WatchdogReport, _ mail: WatchdogMail?, _ idle: inout Idle) -> Bool {
    let thread = Thread { [note] in note(report) }
    thread.start()
    let end = idle.seconds + timing.patience
    while idle.seconds < end {
      if waitIsLast(&idle) || idle.seconds == 0 { return false }
      answer(mail, idle)
    }
    return true
  }

  /// Whether this rank speaks. Watchdogs without a channel cannot agree, so rank 0 speaks first, and another
  /// rank speaks only if it still lives after its patience.
  private func isSpeaker(of report: WatchdogReport) -> Bool {
    channel == nil ? rank == 0 : report.speaker == rank
  }

  /// The limit in seconds: the one that was given, or 10 times the median step and at least 120.
  private var currentLimit: Double {
    limit ?? max(Self.leastLimit, 10 * (progress.medianStep ?? 0))
  }

  /// Waits until it is time to look again, and looks whether there was progress.
  /// - Returns: whether the watchdog is to end.
  private func waitIsLast(_ idle: inout Idle) -> Bool {
    let began = ContinuousClock.now
    if !idle.isOver, stop.wait(timeout: .now() + timing.poll) == .success { idle.isOver = true }
    if idle.isOver { return true }
    if !hasProgress(&idle) { idle.seconds += min(1, (ContinuousClock.now - began) / .seconds(1)) }
    return false
  }

  /// Whether the training thread has told anything since the last look.
  private func hasProgress(_ idle: inout Idle) -> Bool {
    let beats = progress.state.beats
    guard beats != idle.beats else { return false }
    idle.beats = beats
    idle.seconds = 0
    return true
  }

  /// Answers the ranks that have asked.
  private func answer(_ mail: WatchdogMail?, _ idle: Idle) {
    guard let mail else { return }
    let askers = mail.poll()
    guard !askers.isEmpty else { return }
    let state = ownState(idle)
    for asker in askers { mail.answer(asker, state) }
  }

  private func ownState(_ idle: Idle) -> WatchdogState {
    var state = WatchdogState(
      rank: rank, progress: progress, watch: watch, idle: idle.seconds, limit: currentLimit)
    if state.hangs, state.waits.isEmpty { state.stack = ThreadStacks.of(progress.thread) }
    return state
  }

  /// The states of this rank and of all that answer in time.
  private func ask(_ mail: WatchdogMail?, _ idle: inout Idle) -> [WatchdogState] {
    guard let mail else { return [ownState(idle)] }
    mail.ask()
    let end = ContinuousClock.now + .seconds(timing.answers)
    while !mail.allHaveAnswered, ContinuousClock.now < end {
      answer(mail, idle)
      Thread.sleep(forTimeInterval: 0.01)
    }
    // The training thread may have made progress meanwhile.
    _ = hasProgress(&idle)
    return [ownState(idle)] + mail.answers
  }

  /// Completes all requests, as MPI must not be finalized with open ones. Waits at most a second, as another
  /// rank may never come.
  private func sayGoodbye(_ mail: WatchdogMail?) {
    guard let mail else { return }
    mail.sayGoodbye()
    let end = ContinuousClock.now + .seconds(1)
    while !mail.isOver, ContinuousClock.now < end {
      _ = mail.poll()
      Thread.sleep(forTimeInterval: 0.002)
    }
  }
}
