import DataParallel

/// What one variant's state was after each of its steps.
package struct VerifyRecording: Sendable {
  /// The state after one step.
  package struct Step: Sendable {
    /// A 64-bit hash of each tensor.
    package var hashes: [UInt64]
    /// The metrics.
    package var metrics: [Double]

    package init(hashes: [UInt64], metrics: [Double]) {
      self.hashes = hashes
      self.metrics = metrics
    }
  }

  /// What `hashes` are of: weights, running averages and optimizer moments of G, then of D.
  package var tensors: [String]
  /// The states, from the one after the first step on.
  package var steps: [Step]

  package init(tensors: [String], steps: [Step]) {
    self.tensors = tensors
    self.steps = steps
  }

  /// What `metrics` are, named as in `metrics.jsonl`.
  package static let metrics = [
    "loss_d_real", "loss_d_fake", "loss_g", "d_real", "d_fake_before", "d_fake_after", "grad_norm_d",
    "grad_norm_g",
  ]
}

/// Hashes the state of a run after each of its steps, as it passes.
///
/// D is as a step leaves it when the step returns; G when its update is made, which under overlap is in the
/// midst of the next step, and before G is used there (Note [Overlap]). So watching does not disturb what is
/// watched: no gradient is waited for that the run itself would not wait for.
final class VerifyRecorder {
  private struct Side {
    let trainee: Trainee
    let buffers: [ReplicaBuffer]
    var hashes: [[UInt64]] = []

    init(_ trainee: Trainee) {
      self.trainee = trainee
      buffers = trainee.replicaBuffers(averages: true)
    }

    /// Takes the state as that after step `step`, counted from 0, in place of an earlier one of the same step.
    mutating func take(step: Int) {
      let now = ReplicaDigest(buffers).buffers.map(\.hash)
      if step < hashes.count { hashes[step] = now } else { hashes.append(now) }
    }
  }

  private var generator: Side
  private var discriminator: Side
  private var metrics: [[Double]] = []
  /// Sums of G's gradient norms, a step each.
  private var generatorNorms: [Double] = []

  /// A recorder of a run that has made no step yet; it listens to `step`.
  init(_ adversaries: Adversaries, _ step: TrainingStep) {
    generator = Side(adversaries.generator)
    discriminator = Side(adversaries.discriminator)
    step.generatorUpdated = { [unowned self] step in self.generatorUpdated(step: step) }
  }

  private func generatorUpdated(step: Int) {
    generator.take(step: step)
    let norm = generator.trainee.lastGradientNorm
    if step < generatorNorms.count { generatorNorms[step] += norm } else { generatorNorms.append(norm) }
  }

  /// Takes what a step has left when it returns.
  func ended(step: Int, _ totals: StepTotals) {
    discriminator.take(step: step)
    metrics.append([
      totals.lossReal, totals.lossFake, totals.lossGenerator, totals.realOpinion, totals.fakeOpinionBefore,
      totals.fakeOpinionAfter, discriminator.trainee.gradientNorm,
    ])
  }

  /// Everything, once G's last update has been made (`TrainingStep.settle`).
  var recording: VerifyRecording {
    precondition(generator.hashes.count == metrics.count, "G's last update is made before its state is read")
    return VerifyRecording(
      tensors: (generator.buffers + discriminator.buffers).map(\.name),
      steps: metrics.indices.map { step in
        VerifyRecording.Step(
          hashes: generator.hashes[step] + discriminator.hashes[step],
          metrics: metrics[step] + [generatorNorms[step]])
      })
  }
}
