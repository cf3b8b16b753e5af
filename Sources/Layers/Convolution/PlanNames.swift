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

extension ProductLayer {
  /// How the layer computes a pass, in a word or two. For `backward`: what the layer computes besides its
  /// two products (activation, bias); nil if nothing.
  package func planName(of pass: LayerPass) -> String? {
    let spreadsForward = self is TransposedConvolution
    switch pass {
    case .forward: return convolution.name(gather: !spreadsForward)
    case .dataGradient: return convolution.name(gather: spreadsForward)
    case .weightGradient: return convolution.weightGradientName
    case .backward:
      let words = [after.activation == .identity ? nil : "activation", after.bias == nil ? nil : "bias"]
      let named = words.compactMap { $0 }.joined(separator: ", ")
      return named.isEmpty ? nil : named
    }
  }
}
