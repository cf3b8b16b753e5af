import CSignals
import Cluster
import Foundation
import Wording

/// What the end of mpirun, or of the one rank, means for the run.
struct RunVerdict {
  /// This process's exit code.
  let code: Int32
  /// The sentence to say for ranks that could not speak; nil: everything was said.
  let sentence: String?
  /// Whether the run may succeed if it is started again.
  let isCrash: Bool

  /// Judges an end.
  /// - Parameters:
  ///   - end: how the process ended that was started.
  ///   - page: what its ranks left; nil where there is no page.
  ///   - start: how it was started.
  init(_ end: ChildProcess.End, _ page: RankPage?, _ start: RankStart) {
    let all = page?.all ?? []
    guard let page else {
      // Only the code is known, and the ranks have said what they could.
      isCrash = false
      switch end {
      case .exited(let code)
      where [RunExit.success, RunExit.failure, RunExit.usage, RunExit.requeue, RunExit.watchdog].contains(
        code):
        (self.code, sentence) = (code, nil)
      default: (code, sentence) = (RunExit.failure, "a rank was " + Self.how(end))
      }
      return
    }
    let hasBegun = all.contains { $0.process != 0 }
    let left = all.indices.filter { all[$0].process != 0 && all[$0].ended == 0 }
    // Ranks that ended in order have said and saved everything, so their code counts and not mpirun's (which
    // is 1 after a SIGTERM to mpirun).
    if hasBegun, all.allSatisfy({ $0.ended != 0 }) {
      let code = all[0].code
      (self.code, sentence) = (code, nil)
      isCrash = code != 0 && page.spoken == CSIGNALS_ALIKE_MAY_PASS
      return
    }
    // Ranks may be killed before they join the page, so a rank's signal counts as a start too. Otherwise
    // mpirun started no rank, and its messages say why.
    let hasStarted = hasBegun || !start.isMPIRun || end.signalOfRank != nil
    code =
      switch end {
      case .exited where !hasStarted && start.lacksSlots: RunExit.usage
      case .exited(let code) where [RunExit.usage, RunExit.watchdog].contains(code): code
      default: RunExit.failure
      }
    isCrash = hasStarted && code != RunExit.usage && page.spoken != CSIGNALS_ALIKE
    if page.spoken != 0 {
      sentence = nil
    } else {
      sentence = hasStarted ? Self.cause(of: end, all, left, start) : Self.failedStart(end, start)
    }
  }

  /// A sentence about the end of ranks none of which could speak.
  private static func cause(
    of end: ChildProcess.End, _ all: [csignals_rank], _ left: [Int], _ start: RankStart
  ) -> String {
    if case .signalled(let signal) = end, start.isMPIRun {
      return "mpirun was ended by \(SignalNames.name(signal)), and its ranks with it"
    }
    // mpirun sends SIGTERM to the ranks that are left, so a rank that did not get SIGTERM died first.
    let dead = start.isMPIRun ? left.filter { all[$0].terminated == 0 } : left
    let how = how(end)
    guard let first = dead.first else {
      guard let unborn = all.indices.first(where: { all[$0].process == 0 }) else {
        return "mpirun ended all ranks (\(how)), as it does when it is sent SIGTERM; SIGUSR1 saves"
      }
      return "rank \(unborn): \(how), before it had begun"
    }
    var state = all[first]
    let host = withUnsafeBytes(of: &state.host) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let step = state.step < 0 ? "" : ", step \(state.step)"
    let others = dead.dropFirst().map(String.init).joined(separator: ", ")
    return "rank \(first) on \(host)\(step): \(how)"
      + (others.isEmpty ? "" : " (of ranks \(others) nothing is known)")
  }

  /// How a rank ended, as a phrase.
  private static func how(_ end: ChildProcess.End) -> String {
    switch end {
    case .exited(let code) where code > 128: "killed by \(SignalNames.withCause(code - 128))"
    case .signalled(let signal): "killed by \(SignalNames.withCause(signal))"
    // mpirun's code is 1 also where a rank exited with 0.
    case .exited(let code):
      "ended in the middle of the run\(code > 1 ? " with exit code \(code)" : "") and did not say why"
    }
  }

  /// A sentence about a mpirun that started no rank.
  private static func failedStart(_ end: ChildProcess.End, _ start: RankStart) -> String {
    if case .exited = end, let slots = start.slots, start.lacksSlots {
      return
        "the Slurm job has \(counted(slots, "task")), so mpirun starts no more than \(slots) of the "
        + "\(start.ranks) ranks: start it in a job of --ntasks=\(start.ranks) (salloc, sbatch), or, slower where ranks then "
        + "share processors, with: \(start.crowdedLine)"
    }
    let name = start.arguments.first ?? start.executable
    let how =
      switch end {
      case .exited(let code): "ended with exit code \(code)"
      case .signalled(let signal): "was ended by \(SignalNames.name(signal))"
      }
    return "\(name) \(how) before any rank had begun; what it says of it, it says to: \(start.trial)"
  }
}

extension ChildProcess.End {
  /// The signal that ended a rank: mpirun's exit code is then 128 + the signal's number. nil: no such code.
  fileprivate var signalOfRank: Int32? {
    if case .exited(let code) = self, code > 128 { code - 128 } else { nil }
  }
}
