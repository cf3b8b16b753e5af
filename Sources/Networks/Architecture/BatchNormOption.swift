extension Architecture {
  /// The same architecture without batch norm in G and D. Each layer with a product that batch norm
  /// followed gets a bias, in place of batch norm's shift. Heads keep their layers.
  package func withoutBatchNorm() -> Architecture {
    var changed = self
    changed.generator = Self.withoutBatchNorm(generator).layers
    let (layers, kept) = Self.withoutBatchNorm(discriminator)
    changed.discriminator = layers
    // A head begins after the same layers as before, of which fewer are left.
    changed.q?.after = kept(q?.after ?? 0)
    changed.classifier?.after = kept(classifier?.after ?? 0)
    return changed
  }

  /// The layers without batch norm, and how many of the first n are among them.
  private static func withoutBatchNorm(
    _ layers: [LayerSpecification]
  ) -> (layers: [LayerSpecification], kept: (Int) -> Int) {
    var left: [LayerSpecification] = []
    for layer in layers {
      guard case .batchNorm = layer else {
        left.append(layer)
        continue
      }
      if let place = left.lastIndex(where: { if case .reshape = $0 { false } else { true } }) {
        left[place] = left[place].withBias
      }
    }
    return (
      left,
      { count in layers.prefix(count).count { if case .batchNorm = $0 { false } else { true } } }
    )
  }
}

extension LayerSpecification {
  /// The same layer with a bias, if it can have one.
  fileprivate var withBias: LayerSpecification {
    switch self {
    case .convolution(var c):
      c.bias = true
      return .convolution(c)
    case .transposedConvolution(var c):
      c.bias = true
      return .transposedConvolution(c)
    case .dense(var d):
      d.bias = true
      return .dense(d)
    default: return self
    }
  }
}
