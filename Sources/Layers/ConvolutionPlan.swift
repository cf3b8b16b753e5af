import Tensors

/// How one pass of a convolution is computed.
public enum ConvolutionWay: Equatable, Sendable {
  /// As it is written: windows become rows of matrices (`LoweredConvolution`).
  case direct
  /// As minimal filtering with tiles of this many small pixels each way (Note [Winograd]).
  case winograd(tile: Int)
}

/// How the three passes of a convolution, or of a transposed one, are computed.
///
/// Note [Plans]
/// ~~~~~~~~~~~~
/// Ways differ in their rounding, so a plan is part of what a run computes. It is a function of the layer's
/// geometry, the size of a slice and the instruction set alone, never of ranks, threads, the rank's part of the
/// batch or a measurement; `options.json` and every checkpoint record it, and a resume under another one says so.
/// (On all instruction sets the plans are alike today, which the record need not rely on.)
public struct ConvolutionPlan: Equatable, Sendable {
  /// From the large picture to the small one.
  public var gather: ConvolutionWay = .direct
  /// From the small picture to the large one.
  public var spread: ConvolutionWay = .direct
  /// The weight gradient.
  public var weightGradient: ConvolutionWay = .direct

  /// The same way in all three passes.
  public init(all way: ConvolutionWay = .direct) {
    gather = way
    spread = way
    weightGradient = way
  }
}

/// Chooses plans for a network's layers.
public struct ConvolutionPlanner: Equatable, Sendable {
  /// Whether Winograd's forms are to be used where they pay.
  public enum Mode: String, CaseIterable, Sendable {
    /// The fastest way whose error stays small.
    case auto
    /// As it is written, everywhere.
    case direct
  }

  /// What is allowed.
  public var mode: Mode
  /// The samples of a whole slice.
  public var sliceSamples: Int
  /// One plan for all layers that can take it, instead of a choice: for tests of every plan.
  public var forced: ConvolutionPlan?

  /// A planner for slices of `sliceSamples` samples.
  public init(_ mode: Mode = .auto, sliceSamples: Int = 16, forced: ConvolutionPlan? = nil) {
    self.mode = mode
    self.sliceSamples = sliceSamples
    self.forced = forced
  }

  /// The plan of a layer with this geometry.
  public func plan(for g: ConvolutionGeometry) -> ConvolutionPlan {
    func possible(_ way: ConvolutionWay) -> ConvolutionWay {
      if case .winograd(let tile) = way, !WinogradForm.exists(g, tile: tile) { return .direct }
      return way
    }
    let wanted = forced ?? (mode == .direct ? ConvolutionPlan() : preferred(g))
    var plan = ConvolutionPlan()
    plan.gather = possible(wanted.gather)
    plan.spread = possible(wanted.spread)
    plan.weightGradient = possible(wanted.weightGradient)
    return plan
  }

  /// What was measured to be fastest (docs/performance.md, *Plans*).
  private func preferred(_ g: ConvolutionGeometry) -> ConvolutionPlan {
    var plan = ConvolutionPlan(all: .winograd(tile: 2))
    let fours = (g.small.height + 3) / 4 * ((g.small.width + 3) / 4) * sliceSamples
    // Tiles of 4 x 4 have a third fewer products, but weights of 6 times the direct ones' size, which have to be
    // made and read: they pay where many tiles share them.
    if fours >= 64, g.small.height % 4 == 0, g.small.width % 4 == 0 {
      plan = ConvolutionPlan(all: .winograd(tile: 4))
    }
    return plan
  }
}
