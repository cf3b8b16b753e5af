import Networks
import Tensors

/// A second output of D in training: a network of its own on the output of D's first layers.
package final class DiscriminatorHead {
  /// Its network and optimizer. Q has G's optimizer settings, the classifier D's.
  package let trainee: Trainee
  /// How many of D's layers it shares.
  let after: Int
  private var outputs: Tensor?
  private var features: Tensor?

  init(_ trainee: Trainee, after: Int) {
    self.trainee = trainee
    self.after = after
  }

  /// Which head it is.
  package var role: NetworkRole { trainee.network.role }
  /// How many numbers it gives for a sample.
  var size: Int { trainee.network.output.count }

  /// Makes room for gradients of up to `samples` samples.
  func prepare(samples: Int) {
    outputs = Tensor(capacity: samples, shape: trainee.network.output)
    features = Tensor(capacity: samples, shape: trainee.network.input)
  }

  /// Memory for the gradient of its output, `size` numbers for each sample.
  var outputGradient: UnsafeMutablePointer<Float> { prepared(outputs) }
  /// Memory for the gradient of its input, which is added to D's.
  var featureGradient: UnsafeMutablePointer<Float> { prepared(features) }

  private func prepared(_ tensor: Tensor?) -> UnsafeMutablePointer<Float> {
    guard let tensor else { preconditionFailure("a head is prepared before it is used") }
    return tensor.data
  }
}
