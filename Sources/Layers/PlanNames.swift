extension LoweredConvolution {
  /// How `gather` and the weight gradient are computed, in a word.
  var gatherName: String { geometry.isProduct || geometry.isPointwise ? "product" : "lowered" }
  /// How `spread` is computed, in a word.
  var spreadName: String {
    switch Self.spreading(geometry) {
    case .product: "product"
    case .scatter: "scattered"
    case .phases: "lowered phases"
    }
  }
}

extension LoweredLayer {
  /// How the layer computes a pass, in a word.
  public func planName(of pass: LayerPass) -> String? {
    let spreadsForward = self is TransposedConvolution
    switch pass {
    case .forward: return convolution.name(gather: !spreadsForward)
    case .dataGradient: return convolution.name(gather: spreadsForward)
    case .weightGradient: return convolution.weightGradientName
    case .backward: return nil
    }
  }
}
