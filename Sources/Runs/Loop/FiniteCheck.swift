import Cluster
import Communication
import Foundation
import Training

/// Ends a run whose numbers are not finite any more, and says which layer was the first.
struct FiniteCheck {
  let context: RunContext

  /// Stops the run where a loss is not finite, which is the same on all ranks. Where all updates of the step
  /// are made, it also looks at the gradients. (Otherwise a gradient that overflowed shows in the next step's
  /// losses.) The error names the first layer of a forward pass whose output was not finite. Collective.
  /// - Parameter isSettled: whether all updates of `step` are made.
  /// - Throws: `RunError` where a number is not finite; errors of the message layer.
  func look(at totals: StepTotals, step: Int, isSettled: Bool) throws {
    let overflowed = try isSettled && gradientOverflowed()
    guard overflowed || !totals.isFinite else { return }
    if overflowed, totals.isFinite { try context.checkReplicas(step: step) }
    throw error(totals, step: step, layer: try firstLayer())
  }

  /// Whether a gradient's norm is not finite on any rank. The ranks agree on it, as faulty memory may change
  /// one rank's copy of a gradient. Collective.
  private func gradientOverflowed() throws -> Bool {
    let own = context.adversaries.all.contains { !$0.gradientNorm.isFinite }
    return try context.communicator.allReduce(UInt64(own ? 1 : 0), .max) > 0
  }

  /// The first layer whose output was not finite, on the lowest rank that has one; empty: no rank has one.
  /// Collective.
  private func firstLayer() throws -> String {
    let told = try context.communicator.gather(context.step.firstNonFinite ?? "")
    return try context.communicator.broadcast(told?.first { !$0.isEmpty } ?? "")
  }

  private func error(_ totals: StepTotals, step: Int, layer: String) -> RunError {
    func word(_ loss: Double) -> String { loss.isFinite ? String(format: "%.4g", loss) : "not a number" }
    let kept =
      context.lastCheckpoint.map {
        "the checkpoint of step \($0) is the last good one, but going on from it would lead here again"
      } ?? "no checkpoint was written"
    return RunError(
      "the loss of step \(step) is not finite (D's is \(word(totals.lossReal + totals.lossFake)), G's is "
        + "\(word(totals.lossGenerator))): "
        + (layer.isEmpty
          ? "a gradient overflowed" : "\(layer) is the first in the networks that is not finite")
        + "; \(kept): start a new run with a lower --lr-d and --lr-g, or another --seed"
    )
  }
}
