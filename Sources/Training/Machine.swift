import Communication
import DataParallel
import Foundation
import Layers
import Reporting
import Tensors

/// What the ranks have agreed on about the machines they run on, before anything is computed.
struct Machine {
  /// Threads of this rank.
  let threads: Int
  /// Versions, instruction set and BLAS core, for `options.json`.
  let program: ProgramRecord
  /// The host of each rank, on rank 0; empty elsewhere.
  let hosts: [String]

  /// Settles instruction set, BLAS core and threads; all ranks take the highest instruction set that every
  /// one has, and one BLAS core, so that replicas cannot drift. Collective.
  /// - Throws: `RunError` if there is no BLAS, or the ranks cannot train together (`SameOnAllRanks`); errors of the
  ///   message layer.
  static func settle(threads asked: Int?, on communicator: any Communicator, log: RunLog) throws -> Machine {
    try succeedingOnAllRanks(communicator) { try limitInstructionSet() }
    let own = UInt64(InstructionSet.current.rawValue)
    let lowest = try communicator.allReduce(own, .min)
    let highest = try communicator.allReduce(own, .max)
    let isa = InstructionSet(rawValue: Int(lowest)) ?? .baseline
    InstructionSet.limit(to: isa)
    // Told before any library is opened: OPENBLAS_CORETYPE may stand in the environment of one host alone.
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
    let notices = try SameOnAllRanks.check(
      [RankFact(.core, program.blasCore), RankFact(.blas, program.blas), RankFact(.mpi, program.mpi)],
      on: communicator)
    if communicator.isRoot {
      for line in share.lines { log.info(line) }
      for warning in share.warnings + notices { log.warning(warning) }
      log.info("OpenBLAS core \(BLAS.core), own kernels \(isa.name)")
      if highest > lowest {
        log.warning(
          "the CPUs of the ranks are unlike; all take \(isa.name), the highest instruction set that every one has"
        )
      }
      if BLAS.takesTurns, share.threads > 1 {
        log.warning(
          "this OpenBLAS is the OpenMP build, into which the \(share.threads) threads of a rank can go only one at a "
            + "time; install the other, on Debian or Ubuntu with: apt-get install libopenblas0-pthread")
      }
      if let core = BLAS.coreOfTheUser, let own = BLAS.core(for: isa), core.lowercased() != own.lowercased() {
        log.warning(
          "OPENBLAS_CORETYPE=\(core) is set in the environment and kept; without it the kernels for \(own) would run, "
            + "as this CPU has \(isa.name)")
      }
    }
    return Machine(threads: share.threads, program: program, hosts: share.hosts)
  }

  /// The variable that names OpenBLAS's core.
  static let coreVariable = "OPENBLAS_CORETYPE"

  /// The variable that lowers the instruction set, to try what other machines would run.
  static let variable = "DCGAN_ISA"

  /// Lowers the instruction set to what DCGAN_ISA asks for.
  /// - Throws: `RunError` for a name that it does not take, and for one that this CPU has not.
  static func limitInstructionSet() throws {
    guard let name = ProcessInfo.processInfo.environment[variable], !name.isEmpty else { return }
    guard let isa = InstructionSet(name: name) else {
      let names = InstructionSet.allCases.map(\.name).joined(separator: ", ")
      throw RunError("\(variable)=\(name) names no instruction set; it takes one of \(names)", code: 64)
    }
    guard isa <= .available else {
      throw RunError(
        "\(variable)=\(name) asks for what this CPU has not; its highest is \(InstructionSet.available.name)",
        code: 64)
    }
    InstructionSet.limit(to: isa)
  }

  /// The precision of products that these options come to on these ranks: what was asked for where every rank's CPU has
  /// it, else fp32, said once. Collective.
  /// - Throws: errors of the message layer.
  static func precision(_ options: RunOptions, _ communicator: any Communicator, log: RunLog) throws
    -> ProductPrecision
  {
    let everywhere = try communicator.allReduce(UInt64(options.precision.isAvailable ? 1 : 0), .min) == 1
    guard !everywhere else { return options.precision }
    if communicator.isRoot {
      log.warning(
        "--precision \(options.precision.rawValue) needs a CPU with avx512_bf16 on every rank, which is not so here (or "
          + "\(variable) forbids it); products are taken in fp32")
    }
    return .fp32
  }

  /// How sums are taken by these options on these ranks.
  /// - Throws: `RunError`, alike on all ranks, where the request cannot be met.
  func reduction(_ options: RunOptions, _ communicator: any Communicator) throws -> ReductionPlan {
    do {
      return try options.reductionPlan(ranks: communicator.size)
    } catch let error as ReductionError {
      throw RunError(error.description, code: 64)
    }
  }
}
