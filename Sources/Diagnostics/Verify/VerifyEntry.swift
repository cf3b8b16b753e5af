import Communication
import Reporting
import Runs

/// Compares what different ways of training compute.
package enum Verification {
  /// Trains a few steps in several ways and compares weights, optimizer state, running averages and metrics
  /// after each step, to the bit. Collective over at least `request.ranks` ranks.
  /// - Parameters:
  ///   - request: what is run.
  ///   - communicator: the world; ranks that a variant does not use wait.
  ///   - tell: gets lines for a person as they come, on rank 0.
  /// - Returns: what was found, on rank 0; nil elsewhere.
  /// - Throws: `RunError`, which is the same on all ranks; any other error may be this rank's alone.
  package static func run(
    _ request: VerifyRequest, communicator: any Communicator, tell: (String) -> Void
  ) throws -> VerifyReport? {
    precondition(request.ranks <= communicator.size, "a world has the ranks of its largest variant")
    let log = RunLog(rank: communicator.rank)
    log.stayWithoutFile()
    let run = try VerifyRun(request, world: communicator, log: log)
    var report = VerifyReport(request: request, program: run.machine.program, precision: run.precision)
    if communicator.isRoot { tell(report.title) }
    var recordings: [VerifyRecording] = []
    for variant in request.variants {
      let (recording, seconds) = try run.record(variant)
      guard let recording else { continue }
      report.tensors = recording.tensors.count
      let outcome = VerifyReport.Outcome(
        variant: variant, seconds: seconds,
        difference: variant.comparedWith.flatMap {
          VerifyDifference.first(of: recording, against: recordings[$0])
        })
      if let caveat = variant.caveat { tell("note: \(variant.name): \(caveat)") }
      tell(report.line(outcome))
      report.outcomes.append(outcome)
      recordings.append(recording)
    }
    return communicator.isRoot ? report : nil
  }
}
