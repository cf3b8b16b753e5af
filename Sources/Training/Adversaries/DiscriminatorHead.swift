import Networks
import Tensors

/// A second end of D in training: a network of its own on what D's first layers give.
package final class DiscriminatorHead {
  /// Its network and optimizer: Q's is trained as G is, the classifier's as D is.
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
  /// Numbers that it tells of a sample.
  var size: Int { trainee.network.output.count }

  /// Makes room for gradients of up to `samples` samples.
  func prepare(samples: Int) {
    outputs = Tensor(capacity: samples, shape: trainee.network.output)
    features = Tensor(capacity: samples, shape: trainee.network.input)
  }

  /// Where the gradient of what it tells goes.
  var outputGradient: UnsafeMutablePointer<Float> { prepared(outputs) }
  /// Where the gradient of what it was given goes.
  var featureGradient: UnsafeMutablePointer<Float> { prepared(features) }

  private func prepared(_ tensor: Tensor?) -> UnsafeMutablePointer<Float> {
    guard let tensor else { preconditionFailure("a head is prepared before it is used") }
    return tensor.data
  }
}
