import Communication
import DataParallel
import Layers
import Networks
import Tensors

/// The networks' reducers, and the memory of the slices' gradients. G and D share this memory: a slice's
/// gradient is read for the last time before the other network's backward pass begins. D's heads have
/// memory of their own, as their backward passes come in the midst of G's and D's. (Pages of this memory
/// are taken only when a layer writes to them. Most layers add up their slices before they write; only the
/// passes of D before the last of an update keep them apart.)
package final class GradientReducers {
  /// Where one network's slices put their gradients, and what sums these over the ranks.
  package struct Side {
    let slices: SliceGradients
    /// Sums the gradients over the ranks.
    package let reducer: GradientReducer
  }

  private let sides: [NetworkRole: Side]
  private let traffic: GradientTraffic
  private let memory: [FloatBuffer]

  /// The side of one network.
  subscript(role: NetworkRole) -> Side {
    guard let side = sides[role] else { preconditionFailure("\(role.rawValue) is not trained here") }
    return side
  }

  /// All sides, in the order in which their gradients leave in a step.
  package var inOrder: [(role: NetworkRole, side: Side)] {
    [NetworkRole.discriminator, .classifier, .generator, .q].compactMap { role in
      sides[role].map { (role, $0) }
    }
  }

  /// Seconds that this rank has waited for reductions so far.
  package var seconds: Double { inOrder.reduce(0) { $0 + $1.side.reducer.seconds } }
  /// Seconds that reductions were under way so far, waited for or not.
  package var busySeconds: Double { traffic.busySeconds }
  /// Records on `timeline`, from now on, when gradients are under way.
  package func record(into timeline: Timeline) {
    traffic.record(timeline.lane("reduce"), as: timeline.name("gradients over ranks"))
  }
  /// Whether gradients may travel while the rank computes.
  var overlaps: Bool { traffic.overlaps }

  /// Makes the reducers, which share one `GradientTraffic`: D's gradient leaves after G's has arrived.
  /// Collective.
  /// - Parameters:
  ///   - wire: what gradients are rounded to between ranks; `.bf16` only with `.ordered`.
  ///   - overlaps: whether gradients travel while the ranks compute.
  ///   - bucketBytes: the size of a bucket of gradients, roughly.
  /// - Throws: `CommunicationError`.
  package init(
    _ adversaries: Adversaries, layout: SliceLayout, mode: ReductionMode, communicator: any Communicator,
    wire: WirePrecision = .fp32, overlaps: Bool = true, bucketBytes: Int = 2 << 20
  ) throws {
    let slices = layout.localSlices.count
    let pair = [adversaries.generator, adversaries.discriminator]
    let longest = pair.map(\.network.parameterCount).max() ?? 0
    // A single slice's gradient is the rank's own, and needs no memory beside it.
    let shared = FloatBuffer(count: slices > 1 ? slices * longest : 0)
    var memory = [shared]
    let traffic = try GradientTraffic(
      communicator: communicator, mode: mode, wire: wire, overlaps: overlaps)
    func side(_ trainee: Trainee, _ memory: FloatBuffer, stride: Int) -> Side {
      traffic.keep(trainee.gradient)
      let base = slices > 1 ? memory.data : trainee.gradient.data
      return Side(
        slices: SliceGradients(base: base, stride: stride, sum: trainee.gradient.data),
        reducer: GradientReducer(
          traffic: traffic, gradient: trainee.gradient.data, parameters: trainee.network.parameterRanges,
          bucketBytes: bucketBytes))
    }
    var sides: [NetworkRole: Side] = [:]
    for trainee in pair { sides[trainee.network.role] = side(trainee, shared, stride: longest) }
    for trainee in adversaries.heads.map(\.trainee) {
      let own = FloatBuffer(count: slices > 1 ? slices * trainee.network.parameterCount : 0)
      memory.append(own)
      sides[trainee.network.role] = side(trainee, own, stride: trainee.network.parameterCount)
    }
    self.sides = sides
    self.traffic = traffic
    self.memory = memory
  }
}
