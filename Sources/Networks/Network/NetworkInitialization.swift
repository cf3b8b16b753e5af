import Layers
import Tensors

extension Network {
  /// Sets every parameter to its initial value, a function of (seed, network, place, element) alone, and
  /// starts the vectors of the spectral norms.
  package func initialize(seed: UInt64) {
    // Each network's places have a range of their own.
    var place = (NetworkRole.allCases.firstIndex(of: role) ?? 0) << 16
    for layer in placed {
      for (parameter, initializer) in zip(layer.layer.parameters, layer.initializers) {
        fill(
          parameter, initializer, RandomStream(seed: seed, purpose: .initialWeights, stream: place), seed,
          place)
        place += 1
      }
      // The stream of the layer's last parameter, but of step 1; parameters use step 0.
      layer.layer.spectralNorm?.start(
        RandomStream(seed: seed, purpose: .initialWeights, stream: place - 1, step: 1), pool)
    }
    markChanged()
  }

  private func fill(
    _ parameter: Parameter, _ initializer: Initializer, _ stream: RandomStream, _ seed: UInt64, _ place: Int
  ) {
    let values = parameter.values
    // The chunks change no value, as each element is drawn by its own index.
    let chunk = 1 << 14
    func uniform(_ bound: Double) {
      pool.runChunks(parameter.count, chunk: chunk) { range in
        stream.fillUniform(values + range.lowerBound, count: range.count, from: range.lowerBound)
        for i in range { values[i] = Float((2 * Double(values[i]) - 1) * bound) }
      }
    }
    switch initializer {
    case .constant(let value): values.update(repeating: Float(value), count: parameter.count)
    case .normal(let mean, let std):
      pool.runChunks(parameter.count, chunk: chunk) { range in
        stream.fillNormal(values + range.lowerBound, count: range.count, from: range.lowerBound)
        for i in range { values[i] = Float(Double(values[i]) * std + mean) }
      }
    case .truncatedNormal(let std):
      pool.runChunks(parameter.count, chunk: chunk) { range in
        stream.fillNormal(values + range.lowerBound, count: range.count, from: range.lowerBound)
        for i in range {
          var attempt = 1
          while abs(values[i]) > 2 {
            values[i] = RandomStream(seed: seed, purpose: .initialWeights, stream: place, sample: attempt)
              .normal(i)
            attempt += 1
          }
          values[i] = Float(Double(values[i]) * std)
        }
      }
    // Glorot and Bengio 2010, eq. 16.
    case .glorotUniform: uniform((6 / Double(parameter.fanIn + parameter.fanOut)).squareRoot())
    case .torchBias: uniform(1 / Double(parameter.fanIn).squareRoot())
    }
  }
}
