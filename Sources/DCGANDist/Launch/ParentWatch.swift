import Cluster
import Communication
import Foundation
import Reporting

/// Ends ranks whose parent is gone.
///
/// Under `--ranks N` this program is the parent of mpirun. If the parent is killed by SIGKILL, it cannot end
/// mpirun, and the ranks would train on unseen, in a folder that the next start wants. So rank 0 looks
/// several times a second whether the parent lives.
enum ParentWatch {
  /// The environment variable that tells ranks the parent's process number.
  static let variable = LaunchCommand.parentVariable

  /// Starts the watch on rank 0, if this program started the ranks on this machine.
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
