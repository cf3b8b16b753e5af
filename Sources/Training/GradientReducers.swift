import Communication
import DataParallel
import Layers
import Tensors

/// The two networks' reducers and the memory of the slices' gradients, which the networks share: D's are
/// summed before G's backward begins. (Memory is taken page by page as layers write: most add their slices up
/// before they write at all, and only D's first half, the reals', keeps them apart.)
package final class GradientReducers {
  /// Where one network's slices put their gradients, and what sums them over the ranks.
  struct Side {
    let slices: SliceGradients
    let reducer: GradientReducer
  }

  let generator: Side
  let discriminator: Side
  private let memory: FloatBuffer

  /// Seconds that reductions have kept this rank so far.
  var seconds: Double { generator.reducer.seconds + discriminator.reducer.seconds }

  /// Makes both reducers, each on a communicator of its own. Collective.
  /// - Throws: `CommunicationError`.
  package init(
    _ adversaries: Adversaries, layout: SliceLayout, mode: ReductionMode, communicator: any Communicator
  ) throws {
    let slices = layout.localSlices.count
    let longest = adversaries.both.map(\.network.parameterCount).max() ?? 0
    // A single slice's gradient is the rank's own, and needs no memory beside it.
    let memory = FloatBuffer(count: slices > 1 ? slices * longest : 0)
    func side(_ trainee: Trainee) throws -> Side {
      let base = slices > 1 ? memory.data : trainee.gradient.data
      let reducer = try GradientReducer(
        communicator: communicator, mode: mode, gradient: trainee.gradient.data,
        parameters: trainee.network.parameterRanges)
      return Side(
        slices: SliceGradients(base: base, stride: longest, sum: trainee.gradient.data), reducer: reducer)
    }
    generator = try side(adversaries.generator)
    discriminator = try side(adversaries.discriminator)
    self.memory = memory
  }
}
