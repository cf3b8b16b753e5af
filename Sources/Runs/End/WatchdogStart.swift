import CKernels
import Cluster
import Communication
import Foundation
import Reporting

extension Watchdog {
  /// Starts the watchdog of a training. Collective.
  /// - Parameters:
  ///   - communicator: the ranks, not watched.
  ///   - watch: sees what the training's communicators wait in.
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
      // Whatever hangs may hold the lock of the console or of the log file, or the memory allocator's, so another
      // thread speaks, and the end does not wait for it for long.
      let said = DispatchSemaphore(value: 0)
      let thread = Thread {
        for line in report.lines { log.console.print(line) }
        record(report)
        // The sentence names who hangs, which may be another rank; after a restart it may go better.
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
