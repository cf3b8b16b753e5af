import Layers
import Networks

/// The parts of a training step that belong to no layer, as `bench --layers` names them.
extension TimedPart {
  /// Time that belongs to no other part.
  static let rest = TimedPart.other("rest")
  /// Drawing z.
  package static let latents = TimedPart.other("z")
  /// Losses, the gradients of the logits, and the sums of both over the batch.
  package static let losses = TimedPart.other("loss")
  /// Adding one network's gradients over ranks, with the time spent waiting for them. (The layers have
  /// already added them over a rank's slices, in their own time.)
  package static func sliceSums(_ role: NetworkRole) -> TimedPart {
    .other("sums over ranks, \(role.rawValue)")
  }
  /// One network's optimizer.
  package static func optimizer(_ role: NetworkRole) -> TimedPart { .other("optimizer, \(role.rawValue)") }
  /// All of them, in the order in which they are listed.
  package static let others: [TimedPart] =
    NetworkRole.allCases.map(sliceSums) + NetworkRole.allCases.map(optimizer) + [losses, latents, rest]
}
