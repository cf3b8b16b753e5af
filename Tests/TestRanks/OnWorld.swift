import Communication
import Foundation

/// Runs `body` on the world of all ranks. A rank that fails ends them all: the others would wait for it for
/// ever.
package func onWorld(_ body: (MPICommunicator) throws -> Void) {
  do {
    if !MPICommunicator.isRunning { atexit { try? MPICommunicator.finalize() } }
    try body(try MPICommunicator.initialize())
  } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    // Not MPI's abort, as it may be MPI that did not start: mpirun ends the others when one rank exits with
    // 1.
    SingleProcessCommunicator().abort(code: 1)
  }
}
