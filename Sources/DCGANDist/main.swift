import ArgumentParser
import Communication
import Foundation
import Runs

// Before anything else, as a signal may come while the program still looks for its data.
StopSignals.install()
do {
  var command = try RootCommand.parseAsRoot()
  if !((command as? TrainCommand)?.savesOnSignals ?? false) { StopSignals.release() }
  try command.run()
} catch {
  let code = ErrorReport.tell(error)
  // mpirun ends all ranks as soon as one fails, so a rank that has nothing to say gives rank 0 time to speak.
  if !Output.isSpeaker, !MPICommunicator.isRunning { Thread.sleep(forTimeInterval: 1) }
  exit(code)
}
