import ArgumentParser
import Communication
import Foundation
import Runs

// Before anything else: a signal may come while the data is still being found.
StopSignals.install()
do {
  var command = try RootCommand.parseAsRoot()
  if !((command as? TrainCommand)?.savesOnSignals ?? false) { StopSignals.release() }
  try command.run()
} catch {
  let code = ErrorReport.tell(error)
  // mpirun ends all ranks at the first that fails: one that has nothing to say gives rank 0 time to say it.
  if !Output.isSpeaker, !MPICommunicator.isRunning { Thread.sleep(forTimeInterval: 1) }
  exit(code)
}
