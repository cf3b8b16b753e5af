import CKernels
import Cluster
import Communication
import Foundation
import Reporting

extension Watchdog {
  /// Starts the watchdog of a training run. Collective.
  /// - Parameters:
  ///   - communicator: the ranks, not watched.
  ///   - watch: knows the call in which each of the training's communicators waits.
  ///   - progress: told by the training thread.
  ///   - limit: seconds without progress that count as a hang; nil: 10 times the median step, at least 120.
  ///   - log: takes the report, and the stacks of all threads.
  /// - Throws: `CommunicationError`.
  static func start(
    over communicator: any Communicator, watch: CommunicationWatch, progress: RunProgress, limit: Double?,
    log: RunLog
  ) throws -> Watchdog {
    @Sendable func record(_ report: WatchdogReport) {
      for line in report.lines { log.record(line) }
      log.record("where this rank's threads are:\n\(ThreadStacks.all())")
      log.flush()
    }
    let watchdog = try Watchdog(
      over: communicator, watch: watch, progress: progress, limit: limit, note: record
    ) { report in
      // The thread that hangs may hold the lock of the console, of the log file or of the memory allocator.
      // So another thread speaks, and the end waits at most 5 seconds for that thread.
      let said = DispatchSemaphore(value: 0)
      let thread = Thread {
        for line in report.lines { log.console.print(line) }
        record(report)
        // The sentence itself names the rank that hangs, which may be another one. A restart may help.
        LastWords.speakForAll(cause: report.sentence, mayPass: true)
        said.signal()
      }
      thread.start()
      _ = said.wait(timeout: .now() + 5)
      communicator.abort(code: RunExit.watchdog)
    }
    watchdog.start()
    return watchdog
  }
}
