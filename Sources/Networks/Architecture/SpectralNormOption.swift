extension Architecture {
  /// The same architecture with spectral normalisation of every weight of D. G and heads stay as they are.
  package func withSpectralNormInDiscriminator() -> Architecture {
    var changed = self
    changed.discriminator = discriminator.map(\.withSpectralNorm)
    return changed
  }
}

extension LayerSpecification {
  /// Whether this layer's weight is divided by its largest singular value.
  package var hasSpectralNorm: Bool {
    switch self {
    case .convolution(let c), .transposedConvolution(let c): c.spectralNorm
    case .dense(let d): d.spectralNorm
    default: false
    }
  }

  /// The same layer with its weight, if it has one, divided by its largest singular value.
  var withSpectralNorm: LayerSpecification {
    switch self {
    case .convolution(var c):
      c.spectralNorm = true
      return .convolution(c)
    case .transposedConvolution(var c):
      c.spectralNorm = true
      return .transposedConvolution(c)
    case .dense(var d):
      d.spectralNorm = true
      return .dense(d)
    default: return self
    }
  }
}
