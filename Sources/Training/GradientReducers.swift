import Communication
import DataParallel
import Layers
import Tensors

/// The two networks' reducers, and the memory of the slices' gradients, which the networks share: a slice's gradient
/// is read for the last time before the other network's backward begins. (Memory is taken page by page as layers
/// write: most add their slices up before they write at all, and only D's first half, the reals', keeps them apart.)
package final class GradientReducers {
  /// Where one network's slices put their gradients, and what sums them over the ranks.
  struct Side {
    let slices: SliceGradients
    let reducer: GradientReducer
  }

  let generator: Side
  let discriminator: Side
  private let traffic: GradientTraffic
  private let memory: FloatBuffer

  /// Seconds that this rank has waited for reductions so far.
  var seconds: Double { generator.reducer.seconds + discriminator.reducer.seconds }
  /// Seconds that reductions were under way so far, waited for or not.
  var busySeconds: Double { traffic.busySeconds }
  /// Tells `timeline` from now on when gradients are under way.
  func record(into timeline: Timeline) {
    traffic.record(timeline.lane("reduce"), as: timeline.name("gradients over ranks"))
  }
  /// Whether gradients may travel while the rank computes.
  var overlaps: Bool { traffic.overlaps }

  /// Makes both reducers, on one way between the ranks: D's gradient leaves after G's has arrived. Collective.
  /// - Parameters:
  ///   - wire: what gradients are rounded to between ranks; `.bf16` only with `.ordered`.
  ///   - settings: the size of a bucket, and whether gradients travel while the ranks compute.
  /// - Throws: `CommunicationError`.
  package init(
    _ adversaries: Adversaries, layout: SliceLayout, mode: ReductionMode, communicator: any Communicator,
    wire: WirePrecision = .fp32, settings: RankSettings = .init()
  ) throws {
    let slices = layout.localSlices.count
    let longest = adversaries.both.map(\.network.parameterCount).max() ?? 0
    // A single slice's gradient is the rank's own, and needs no memory beside it.
    let memory = FloatBuffer(count: slices > 1 ? slices * longest : 0)
    let traffic = try GradientTraffic(
      communicator: communicator, mode: mode, wire: wire, overlaps: settings.overlap)
    func side(_ trainee: Trainee) -> Side {
      traffic.keep(trainee.gradient)
      let base = slices > 1 ? memory.data : trainee.gradient.data
      return Side(
        slices: SliceGradients(base: base, stride: longest, sum: trainee.gradient.data),
        reducer: GradientReducer(
          traffic: traffic, gradient: trainee.gradient.data, parameters: trainee.network.parameterRanges,
          bucketBytes: settings.bucketBytes))
    }
    generator = side(adversaries.generator)
    discriminator = side(adversaries.discriminator)
    self.traffic = traffic
    self.memory = memory
  }
}
