import Cluster
import Communication
import DataParallel
import Foundation
import Layers
import Options
import Reporting

extension Machine {
  /// The precision of products that these options come to on these ranks: what was asked for where every rank's CPU has
  /// it, else fp32, said once. Collective.
  /// - Throws: errors of the message layer.
  package static func precision(_ options: RunOptions, _ communicator: any Communicator, log: RunLog) throws
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
  package func reduction(_ options: RunOptions, _ communicator: any Communicator) throws -> ReductionPlan {
    do {
      return try options.reductionPlan(ranks: communicator.size)
    } catch let error as ReductionError {
      throw RunError(error.description, code: RunExit.usage)
    }
  }
}

extension SameOnAllRanks {
  /// The options of a run, as a fact.
  package static func configuration(_ options: RunOptions) -> RankFact {
    RankFact(.configuration, hash(Data(options.configuration.json().utf8)))
  }
}

extension RunLog {
  /// Says what the ranks' machines make worth knowing.
  package func tell(_ machine: Machine) {
    for notice in machine.notices {
      if notice.isWarning { warning(notice.sentence) } else { info(notice.sentence) }
    }
  }
}
