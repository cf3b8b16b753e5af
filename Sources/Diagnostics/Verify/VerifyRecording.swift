import DataParallel
import Networks
import Training

/// The state of one variant after each of its steps.
package struct VerifyRecording: Sendable {
  /// The state after one step.
  package struct Step: Sendable {
    /// A 64-bit hash of each tensor, in the order of `tensors`.
    package var hashes: [UInt64]
    /// The metrics, in the order of `VerifyRecording.metrics`.
    package var metrics: [Double]

    /// A state from its parts.
    package init(hashes: [UInt64], metrics: [Double]) {
      self.hashes = hashes
      self.metrics = metrics
    }
  }

  /// The names of the tensors: weights, running averages and optimizer moments of G and Q, then of D and its
  /// classifier.
  package var tensors: [String]
  /// The states after each step, in order.
  package var steps: [Step]

  /// A recording from its parts.
  package init(tensors: [String], steps: [Step]) {
    self.tensors = tensors
    self.steps = steps
  }

  /// The names of the metrics, as in `metrics.jsonl`.
  package static let metrics = [
    "loss_d_real", "loss_d_fake", "loss_g", "d_real", "d_fake_before", "d_fake_after", "grad_norm_d",
    "loss_codes", "loss_classes", "grad_norm_g",
  ]
}

/// Hashes the state of a run after each of its steps, while it runs.
///
/// D and its classifier are hashed when a step returns. G and Q are hashed when G's update is made, which
/// with overlap happens during the next step, before G is used there (Note [Overlap]). So the recorder does
/// not change the run's timing: it waits for no gradient that the run itself would not wait for.
final class VerifyRecorder {
  private struct Side {
    let trainee: Trainee
    let buffers: [ReplicaBuffer]
    var hashes: [[UInt64]] = []

    init(_ trainee: Trainee, and average: Network? = nil) {
      self.trainee = trainee
      buffers = trainee.replicaBuffers(averages: true) + (average?.stateBuffers(averages: true) ?? [])
    }

    /// Hashes the state as the one after step `step`, counted from 0. It replaces an earlier one of the same
    /// step.
    mutating func take(step: Int) {
      let now = ReplicaDigest(buffers).buffers.map(\.hash)
      if step < hashes.count { hashes[step] = now } else { hashes.append(now) }
    }
  }

  private let adversaries: Adversaries
  /// G and Q.
  private var generators: [Side]
  /// D and its classifier.
  private var discriminators: [Side]
  private var metrics: [[Double]] = []
  /// For each step the sum of the gradient norms of G's updates.
  private var generatorNorms: [Double] = []

  /// A recorder of a run that has made no step yet. It sets `step.generatorUpdated`.
  init(_ adversaries: Adversaries, _ step: TrainingStep) {
    self.adversaries = adversaries
    let heads = adversaries.heads
    generators =
      [Side(adversaries.generator, and: adversaries.average?.network)]
      + heads.filter { $0.role == .q }.map { Side($0.trainee) }
    discriminators =
      [Side(adversaries.discriminator)] + heads.filter { $0.role == .classifier }.map { Side($0.trainee) }
    step.generatorUpdated = { [unowned self] step in self.generatorUpdated(step: step) }
  }

  private func generatorUpdated(step: Int) {
    for index in generators.indices { generators[index].take(step: step) }
    let norm = adversaries.generator.lastGradientNorm
    if step < generatorNorms.count { generatorNorms[step] += norm } else { generatorNorms.append(norm) }
  }

  /// Records D's state and the metrics. To be called when step `step`, counted from 0, has returned.
  func ended(step: Int, _ totals: StepTotals) {
    for index in discriminators.indices { discriminators[index].take(step: step) }
    metrics.append([
      totals.lossReal, totals.lossFake, totals.lossGenerator, totals.realOpinion, totals.fakeOpinionBefore,
      totals.fakeOpinionAfter, adversaries.discriminator.gradientNorm, totals.codeLoss ?? 0,
      totals.classLoss ?? 0,
    ])
  }

  /// The whole recording. To be read after G's last update (`TrainingStep.finishGeneratorUpdate`).
  var recording: VerifyRecording {
    let sides = generators + discriminators
    precondition(
      sides.allSatisfy { $0.hashes.count == metrics.count },
      "G's last update is made before its state is read")
    return VerifyRecording(
      tensors: sides.flatMap(\.buffers).map(\.name),
      steps: metrics.indices.map { step in
        VerifyRecording.Step(
          hashes: sides.flatMap { $0.hashes[step] },
          metrics: metrics[step] + [generatorNorms[step]])
      })
  }
}
