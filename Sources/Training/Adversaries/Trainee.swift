import Layers
import Networks
import Objectives
import Tensors

/// A network with what trains it: its optimizer and its gradient.
package final class Trainee {
  /// The network.
  package let network: Network
  /// Its optimizer.
  package let optimizer: Adam
  /// The gradient of the whole global batch, in the order of the flat parameters.
  package let gradient: FloatBuffer
  private var normSum = 0.0
  private var updates = 0
  /// The L2 norm of the reduced gradient, as the mean over the updates of the last step; 0 where it had
  /// none.
  package var gradientNorm: Double { normSum / Double(max(1, updates)) }
  /// The L2 norm of the reduced gradient of the last update, of whatever step.
  package private(set) var lastGradientNorm = 0.0

  init(
    _ summary: NetworkSummary, _ settings: AdamSettings, pool: ThreadPool, planner: ConvolutionPlanner
  ) {
    network = Network(summary, pool: pool, planner: planner)
    optimizer = Adam(count: network.parameterCount, settings)
    gradient = FloatBuffer(count: network.parameterCount)
  }

  /// Applies the reduced gradient.
  /// - Parameters:
  ///   - step: the step that the update belongs to.
  ///   - isOfThisStep: whether the gradient's norm counts in the step's mean. It does not where the update
  ///     belongs to a step before.
  func update(_ pool: ThreadPool, ofStep step: Int, isOfThisStep: Bool) {
    network.finishGradient(gradient.data)
    lastGradientNorm = optimizer.update(network.values.data, gradient: gradient.data, ofStep: step, pool)
    if isOfThisStep {
      normSum += lastGradientNorm
      updates += 1
    }
    network.parametersWereUpdated()
  }

  /// Begins the mean of gradient norms of a new step.
  func clearGradientNorm() {
    normSum = 0
    updates = 0
  }
}
