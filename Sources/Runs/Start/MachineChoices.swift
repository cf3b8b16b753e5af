import Cluster
import Communication
import DataParallel
import Foundation
import Layers
import Options
import Reporting

extension Machine {
  /// The precision of products: the one that the options ask for if every rank's CPU has it, else fp32, with
  /// a warning on rank 0. Collective.
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

  /// How sums over slices and ranks are taken with these options on these ranks.
  /// - Throws: `RunError`, the same on all ranks, where the options cannot be met on so many ranks.
  package func reduction(_ options: RunOptions, _ communicator: any Communicator) throws -> ReductionPlan {
    do {
      return try options.reductionPlan(ranks: communicator.size)
    } catch let error as ReductionError {
      throw RunError(error.description, code: RunExit.usage)
    }
  }
}

extension SameOnAllRanks {
  /// The hash of a run's options, as a fact to compare between ranks.
  package static func configuration(_ options: RunOptions) -> RankFact {
    RankFact(.configuration, hash(Data(options.configuration.json().utf8)))
  }
}

extension RunLog {
  /// Says what a person should know of the ranks' machines.
  package func tell(_ machine: Machine) {
    for notice in machine.notices {
      if notice.isWarning { warning(notice.sentence) } else { info(notice.sentence) }
    }
  }
}
