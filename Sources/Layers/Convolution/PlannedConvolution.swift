/// The three passes of a convolution, each computed as its plan says.
final class PlannedConvolution {
  let geometry: ConvolutionGeometry
  let plan: ConvolutionPlan
  private let direct: LoweredConvolution
  private let narrow: NarrowConvolution?
  private let gatherForm: WinogradGather?
  private let spreadForm: WinogradSpread?
  private let weightForm: WinogradWeightGradient?
  private let productGradient: ProductWeightGradient?

  /// The passes of a layer that goes forward by `gather`, or, where `spreadsForward`, by `spread`.
  init(_ geometry: ConvolutionGeometry, _ planner: ConvolutionPlanner, spreadsForward: Bool) {
    self.geometry = geometry
    plan = planner.plan(for: geometry, spreadsForward: spreadsForward)
    let (gather, spread) =
      spreadsForward ? (plan.dataGradient, plan.forward) : (plan.forward, plan.dataGradient)
    narrow = NarrowConvolution.suits(geometry) ? NarrowConvolution(geometry) : nil
    direct = LoweredConvolution(geometry, spreads: spread == .direct && narrow == nil)
    func form(_ way: ConvolutionWay) -> WinogradForm? {
      if case .winograd(let tile) = way { WinogradForm(geometry, tile: tile, planner.precision) } else { nil }
    }
    gatherForm = form(gather).map(WinogradGather.init)
    spreadForm = form(spread).map(WinogradSpread.init)
    weightForm = form(plan.weightGradient).map { form in
      WinogradWeightGradient(
        WinogradWeightGradient.pairs(form)
          ? form : WinogradForm(geometry, tile: Int(form.facts.pointee.tile)) ?? form)
    }
    productGradient = ProductWeightGradient.suits(geometry) ? ProductWeightGradient(geometry) : nil
  }

  /// Makes room for passes over up to `samples` samples in up to `slices` slices.
  func prepare(samples: Int, slices: Int) {
    weightForm?.prepare(samples: samples, slices: slices)
    productGradient?.prepare(slices: slices)
  }

  /// Floats of scratch that one thread needs, after `prepare`.
  var scratchFloats: Int {
    max(
      direct.scratchFloats, narrow?.scratchFloats ?? 0, gatherForm?.scratchFloats ?? 0,
      spreadForm?.scratchFloats ?? 0,
      weightForm?.scratchFloats ?? 0, productGradient?.scratchFloats ?? 0)
  }

  /// Floats of scratch that all threads share, after `prepare`.
  var sharedFloats: Int { weightForm?.sharedFloats ?? 0 }

  /// small = windows of large x weights [KH, KW, CL, CS], then the epilogue.
  func gather(
    _ large: UnsafePointer<Float>, _ weight: Parameter, into small: UnsafeMutablePointer<Float>,
    epilogue: Epilogue = Epilogue(), _ pass: Pass
  ) {
    if let gatherForm {
      gatherForm.run(large, weight.values, version: weight.version, into: small, epilogue: epilogue, pass)
    } else if let narrow {
      narrow.gather(large, weight.values, into: small, epilogue: epilogue, pass)
    } else {
      direct.gather(large, weight.values, into: small, epilogue: epilogue, pass)
    }
  }

  /// large = the adjoint of `gather` applied to small, then the epilogue.
  func spread(
    _ small: UnsafePointer<Float>, _ weight: Parameter, into large: UnsafeMutablePointer<Float>,
    epilogue: Epilogue = Epilogue(), _ pass: Pass
  ) {
    if let spreadForm {
      spreadForm.run(small, weight.values, version: weight.version, into: large, epilogue: epilogue, pass)
    } else if let narrow {
      narrow.spread(small, weight.values, version: weight.version, into: large, epilogue: epilogue, pass)
    } else {
      direct.spread(small, weight.values, version: weight.version, into: large, epilogue: epilogue, pass)
    }
  }

  /// Writes the gradient of `weight`, [KH, KW, CL, CS], where `pass` wants it (`SliceGradients`).
  func weightGradient(
    large: UnsafePointer<Float>, small: UnsafePointer<Float>, _ weight: Parameter,
    _ gradients: SliceGradients,
    _ pass: Pass
  ) {
    if let weightForm {
      weightForm.run(large: large, small: small, weight, gradients, pass)
    } else if let productGradient {
      productGradient.run(large: large, small: small, weight, gradients, pass)
    } else {
      if let narrow {
        narrow.weightGradient(large: large, small: small, weight, gradients, pass)
      } else {
        direct.weightGradient(large: large, small: small, weight, gradients, pass)
      }
      gradients.fold(weight, pass)
    }
  }

  /// How `gather`, or else `spread`, is computed, in a word.
  func name(gather: Bool) -> String {
    let form = gather ? gatherForm?.form : spreadForm?.form
    return form?.name ?? (narrow != nil ? "narrow" : gather ? direct.gatherName : direct.spreadName)
  }

  /// How the weight gradient is computed, in a word.
  var weightGradientName: String { weightForm?.form.name ?? (narrow != nil ? "narrow" : direct.gatherName) }
}
