/// How one pass of a convolution is computed.
package enum ConvolutionWay: Equatable, Sendable {
  /// By the definition of a convolution: windows become rows of matrices (`LoweredConvolution`), or are
  /// read where they lie in the picture (`NarrowConvolution`).
  case direct
  /// As minimal filtering with tiles of this many small pixels each way (Note [Winograd]).
  case winograd(tile: Int)
}

/// How the three passes of a convolution, or of a transposed one, are computed.
///
/// Note [Plans]
/// ~~~~~~~~~~~~
/// The ways round differently, so a plan is part of what a run computes. A plan depends on the layer's
/// geometry, the size of a slice, the run's mode and precision, and the instruction set, and on nothing
/// else: not on ranks, threads, the rank's part of the batch or a measurement. `options.json` and every
/// checkpoint record the plan, and a resume under a different plan says so. (In fp32 the plans are the same
/// on all instruction sets today; the record does not rely on that.)
package struct ConvolutionPlan: Equatable, Sendable {
  /// The forward pass.
  package var forward: ConvolutionWay
  /// The gradient of the layer's input.
  package var dataGradient: ConvolutionWay
  /// The weight gradient.
  package var weightGradient: ConvolutionWay

  /// The same way in all three passes.
  package init(all way: ConvolutionWay = .direct) {
    forward = way
    dataGradient = way
    weightGradient = way
  }
}

/// Chooses plans for a network's layers.
package struct ConvolutionPlanner: Equatable, Sendable {
  /// Whether Winograd's forms are used where they pay.
  package enum Mode: String, CaseIterable, Sendable {
    /// The fastest way whose error stays small.
    case auto
    /// The direct way everywhere: no Winograd form.
    case direct
  }

  /// Which ways are allowed.
  package var mode: Mode
  /// Samples of a full slice.
  package var sliceSamples: Int
  /// The precision to which Winograd's forms round the factors of their products. The CPU must support it.
  package var precision: ProductPrecision
  /// One plan for all layers that can take it, so that tests can try every plan; nil: the planner chooses.
  package var forced: ConvolutionPlan?

  /// A planner for slices of `sliceSamples` samples.
  package init(
    _ mode: Mode = .auto, sliceSamples: Int = 16, precision: ProductPrecision = .fp32,
    forced: ConvolutionPlan? = nil
  ) {
    self.precision = precision
    self.mode = mode
    self.sliceSamples = sliceSamples
    self.forced = forced
  }

  /// The plan of a layer with this geometry: a convolution, or, where `spreadsForward`, a transposed one. A
  /// pass is computed directly where the geometry has no form for it.
  package func plan(for g: ConvolutionGeometry, spreadsForward: Bool = false) -> ConvolutionPlan {
    func possible(_ way: ConvolutionWay) -> ConvolutionWay {
      if case .winograd(let tile) = way, !WinogradForm.exists(g, tile: tile) { return .direct }
      return way
    }
    let wanted = forced ?? (mode == .direct ? ConvolutionPlan() : preferred(g, spreadsForward))
    var plan = ConvolutionPlan()
    plan.forward = possible(wanted.forward)
    plan.dataGradient = possible(wanted.dataGradient)
    plan.weightGradient = possible(wanted.weightGradient)
    return plan
  }

  /// The plan that was measured to be fastest (docs/performance.md, *Plans*), with one exception: a forward
  /// pass takes a form only if the form rounds no more than the direct way does. The forward pass decides
  /// which units of a ReLU are on, and a unit that switches changes the gradients by far more than the
  /// rounding of a gradient's own sums does.
  private func preferred(_ g: ConvolutionGeometry, _ spreadsForward: Bool) -> ConvolutionPlan {
    // A form with tiles of 2 must take fewer products than the direct way. With a 3 x 3 kernel of stride 2
    // it does not: most phases have fewer taps than the form computes.
    let taps = (g.kernelHeight + g.stride - 1) / g.stride
    guard (taps + 1) * (taps + 1) * g.stride * g.stride < 4 * g.kernelHeight * g.kernelWidth else {
      return ConvolutionPlan()
    }
    // For each of these numbers of taps there is one size of tiles. From small to large these forms round
    // no more than tiles of 2 with two taps do. From large to small they round three times as much, so a
    // convolution's forward pass takes none of them.
    if taps > 3 {
      var plan = ConvolutionPlan(all: .winograd(tile: taps == 4 ? 3 : 2))
      if !spreadsForward { plan.forward = .direct }
      return plan
    }
    var plan = ConvolutionPlan(all: .winograd(tile: 2))
    // Tiles of 4 x 4 take a third fewer products, but their transformed weights are 6 times as large as the
    // weights, and must be made and read. So they pay where enough tiles share the transformed weights. In
    // bfloat16 their larger terms would cost the sums too many of its 8 bits.
    guard precision == .fp32 else { return plan }
    let tiles = (g.small.height / 4) * (g.small.width / 4) * sliceSamples
    if tiles >= 64, g.small.height % 4 == 0, g.small.width % 4 == 0 {
      plan.dataGradient = .winograd(tile: 4)
      plan.weightGradient = .winograd(tile: 4)
    }
    return plan
  }
}
