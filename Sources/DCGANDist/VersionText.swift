import Cluster
import Communication
import Runs
import Tensors

/// The text of `--version`, line by line.
enum VersionText {
  static var current: String {
    let blas: String
    do {
      try Machine.openLibraries()
      blas = "\(BLAS.configuration), core \(BLAS.core)"
    } catch {
      blas = "none; \(error)"
    }
    let sets = InstructionSet.allCases.filter { $0 <= .available }.map(\.name).joined(separator: ", ")
    return """
      dcgan-dist \(ProgramRecord.programVersion) (commit \(ProgramRecord.programCommit))
      MPI: \(MPICommunicator.libraryVersion)
      BLAS: \(blas)
      instruction sets: \(sets); in use: \(InstructionSet.current.name)
      """
  }
}
