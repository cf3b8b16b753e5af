extension LoweredLayer {
  /// How the layer computes a pass, in a word.
  public func planName(of pass: LayerPass) -> String? {
    let g = lowered.geometry
    let isPlain = g.isProduct || g.isPointwise
    let gather = isPlain ? "product" : "lowered"
    let spread =
      switch LoweredConvolution.spreading(g) {
      case .product: "product"
      case .scatter: "scattered"
      case .phases: "lowered phases"
      }
    let spreadsForward = self is TransposedConvolution
    switch pass {
    case .forward: return spreadsForward ? spread : gather
    case .dataGradient: return spreadsForward ? gather : spread
    case .weightGradient: return gather
    case .backward: return nil
    }
  }
}
