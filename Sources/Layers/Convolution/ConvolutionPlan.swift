/// How one pass of a convolution is computed.
package enum ConvolutionWay: Equatable, Sendable {
  /// As it is written: windows become rows of matrices, or are read where they lie (`LoweredConvolution`,
  /// `NarrowConvolution`).
  case direct
  /// As minimal filtering with tiles of this many small pixels each way (Note [Winograd]).
  case winograd(tile: Int)
}

/// How the three passes of a convolution, or of a transposed one, are computed.
///
/// Note [Plans]
/// ~~~~~~~~~~~~
/// Ways differ in their rounding, so a plan is part of what a run computes. It is a function of the layer's
/// geometry, the size of a slice, the mode and precision of the run and the instruction set alone, never of
/// ranks, threads, the rank's part of the batch or a measurement; `options.json` and every checkpoint record
/// it, and a resume under another one says so. (In fp32 the plans are alike on all instruction sets today,
/// which the record need not rely on.)
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
  /// Whether Winograd's forms are to be used where they pay.
  package enum Mode: String, CaseIterable, Sendable {
    /// The fastest way whose error stays small.
    case auto
    /// As it is written, everywhere: no form.
    case direct
  }

  /// What is allowed.
  package var mode: Mode
  /// The samples of a whole slice.
  package var sliceSamples: Int
  /// What products' factors are rounded to, in Winograd's forms. Only what the CPU has.
  package var precision: ProductPrecision
  /// One plan for all layers that can take it, instead of a choice: for tests of every plan.
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

  /// The plan of a layer with this geometry: a convolution, or, where `spreadsForward`, a transposed one.
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

  /// What was measured to be fastest (docs/performance.md, *Plans*), with one reserve: a forward pass takes
  /// only the form that rounds no more than the direct way does. Whether a unit of a ReLU is on is decided
  /// there, and one that switches changes the gradients by far more than the rounding of any gradient's own
  /// sums.
  private func preferred(_ g: ConvolutionGeometry, _ spreadsForward: Bool) -> ConvolutionPlan {
    // A kernel that ends early in most phases (3 x 3 of stride 2) has no products to spare.
    let taps = (g.kernelHeight + g.stride - 1) / g.stride
    guard (taps + 1) * (taps + 1) * g.stride * g.stride < 4 * g.kernelHeight * g.kernelWidth else {
      return ConvolutionPlan()
    }
    // One size of tiles each. From small to large they round no more than tiles of 2 with two taps do, from large to
    // small three times as much: a convolution's forward pass takes none.
    if taps > 3 {
      var plan = ConvolutionPlan(all: .winograd(tile: taps == 4 ? 3 : 2))
      if !spreadsForward { plan.forward = .direct }
      return plan
    }
    var plan = ConvolutionPlan(all: .winograd(tile: 2))
    // Tiles of 4 x 4 have a third fewer products, but transformed weights of 6 times the direct ones' size,
    // which have to be made and read: they pay where enough tiles share them. In bfloat16 the larger tiles'
    // sums of larger terms would cost too many of its 8 bits.
    guard precision == .fp32 else { return plan }
    let tiles = (g.small.height / 4) * (g.small.width / 4) * sliceSamples
    if tiles >= 64, g.small.height % 4 == 0, g.small.width % 4 == 0 {
      plan.dataGradient = .winograd(tile: 4)
      plan.weightGradient = .winograd(tile: 4)
    }
    return plan
  }
}
