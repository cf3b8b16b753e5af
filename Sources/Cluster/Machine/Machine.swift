import Communication
import Foundation
import Tensors

/// What the ranks have agreed on about the machines that they run on, before anything is computed.
package struct Machine {
  /// Threads of this rank.
  package let threads: Int
  /// Versions, instruction set and BLAS core, for `options.json`.
  package let program: ProgramRecord
  /// The host of each rank, on rank 0; empty elsewhere.
  package let hosts: [String]
  /// What a person should know about the machines, on rank 0; empty elsewhere.
  package let notices: [Notice]

  /// A value from its parts, without an agreement of ranks.
  package init(threads: Int, program: ProgramRecord, hosts: [String], notices: [Notice] = []) {
    self.threads = threads
    self.program = program
    self.hosts = hosts
    self.notices = notices
  }

  /// Something that a person should know.
  package struct Notice {
    /// One sentence.
    package let sentence: String
    /// Whether something is probably not as it should be.
    package let isWarning: Bool
  }

  /// Settles instruction set, BLAS core and threads, and opens BLAS. All ranks take the highest instruction
  /// set that every one of them has, and one BLAS core, so that replicas stay equal. Collective.
  /// - Parameter asked: `--threads`; nil: as many as each rank may use.
  /// - Throws: `RunError` if there is no BLAS, or the ranks cannot train together (`SameOnAllRanks`); errors of the
  ///   message layer.
  package static func settle(threads asked: Int?, on communicator: any Communicator) throws -> Machine {
    try succeedingOnAllRanks(communicator) { try limitInstructionSet() }
    let own = UInt64(InstructionSet.current.rawValue)
    let lowest = try communicator.allReduce(own, .min)
    let highest = try communicator.allReduce(own, .max)
    let isa = InstructionSet(rawValue: Int(lowest)) ?? .baseline
    InstructionSet.limit(to: isa)
    // Compared before any library is opened, as OPENBLAS_CORETYPE may be set on one host alone.
    var core = BLAS.core(for: isa)
    let named: UInt64 = core == nil ? 0 : 1
    if try communicator.allReduce(named, .max) == 1, core == nil { core = BLAS.oldCore }
    let wanted = BLAS.coreOfTheUser ?? core ?? "of its own choice"
    _ = try SameOnAllRanks.check(
      [SameOnAllRanks.program(), RankFact(.wantedCore, wanted.lowercased(), shown: wanted)],
      on: communicator)
    try succeedingOnAllRanks(communicator) { try BLAS.open(core: core) }
    let share = try ThreadShare.settle(asked: asked, on: communicator)
    var program = ProgramRecord()
    program.mpi = communicator is MPICommunicator ? MPICommunicator.libraryVersion : ""
    program.blas = BLAS.configuration
    program.blasCore = BLAS.core
    program.instructionSet = isa.name
    program.host = communicator.hostName
    let differences = try SameOnAllRanks.check(
      [RankFact(.core, program.blasCore), RankFact(.blas, program.blas), RankFact(.mpi, program.mpi)],
      on: communicator)
    var notices: [Notice] = []
    func info(_ sentence: String) { notices.append(Notice(sentence: sentence, isWarning: false)) }
    func warning(_ sentence: String) { notices.append(Notice(sentence: sentence, isWarning: true)) }
    if communicator.isRoot {
      for line in share.lines { info(line) }
      for sentence in share.warnings + differences { warning(sentence) }
      info("OpenBLAS core \(BLAS.core), own kernels \(isa.name)")
      if highest > lowest {
        warning(
          "the CPUs of the ranks are unlike; all take \(isa.name), the highest instruction set that every one has"
        )
      }
      if BLAS.takesTurns, share.threads > 1 {
        warning(
          "this OpenBLAS is the OpenMP build, into which the \(share.threads) threads of a rank can go only one at a "
            + "time; install the other, on Debian or Ubuntu with: apt-get install libopenblas0-pthread")
      }
      if let core = BLAS.coreOfTheUser, let own = BLAS.core(for: isa), core.lowercased() != own.lowercased() {
        warning(
          "OPENBLAS_CORETYPE=\(core) is set in the environment and kept; without it the kernels for \(own) would run, "
            + "as this CPU has \(isa.name)")
      }
    }
    return Machine(threads: share.threads, program: program, hosts: share.hosts, notices: notices)
  }

  /// Settles the instruction set, which DCGAN_ISA may lower, and opens BLAS with the kernels for it. For a
  /// process that has no other ranks to agree with.
  /// - Throws: `RunError` for a DCGAN_ISA that cannot be met, `BLASError` if there is no OpenBLAS.
  package static func openLibraries() throws {
    try limitInstructionSet()
    try BLAS.open()
  }

  /// The environment variable that names OpenBLAS's core.
  static let coreVariable = "OPENBLAS_CORETYPE"

  /// The environment variable that lowers the instruction set, to try what other machines would run.
  package static let variable = "DCGAN_ISA"

  /// Lowers the instruction set to what DCGAN_ISA asks for.
  /// - Throws: `RunError` for a name of no instruction set, and for one that this CPU does not have.
  static func limitInstructionSet() throws {
    guard let name = ProcessInfo.processInfo.environment[variable], !name.isEmpty else { return }
    guard let isa = InstructionSet(name: name) else {
      let names = InstructionSet.allCases.map(\.name).joined(separator: ", ")
      throw RunError(
        "\(variable)=\(name) names no instruction set; it takes one of \(names)", code: RunExit.usage)
    }
    guard isa <= .available else {
      throw RunError(
        "\(variable)=\(name) asks for what this CPU has not; its highest is \(InstructionSet.available.name)",
        code: RunExit.usage)
    }
    InstructionSet.limit(to: isa)
  }
}
