import Cluster
import Communication
import Foundation
import Reporting

/// Ends ranks whose parent is gone.
///
/// Under `--ranks N` this program is the parent of mpirun. Killed by SIGKILL, it cannot end mpirun, which
/// would train on with nobody in front of it, into a folder that the next start takes for its own. So rank 0
/// looks now and then.
enum ParentWatch {
  /// The variable that gives ranks the parent's process number.
  static let variable = "DCGAN_PARENT"

  /// Starts looking, on rank 0 of ranks that a parent of ours started on this machine.
  static func start(_ communicator: any Communicator) {
    guard communicator.isRoot, let text = ProcessInfo.processInfo.environment[variable],
      let parent = pid_t(text)
    else { return }
    let thread = Thread {
      while ProcessIdentity.isAlive(parent) { Thread.sleep(forTimeInterval: 0.25) }
      LastWords.speak(cause: "the process that started the ranks is gone, so they end too")
      communicator.abort(code: RunExit.failure)
    }
    thread.name = "parent watch"
    thread.start()
  }
}
