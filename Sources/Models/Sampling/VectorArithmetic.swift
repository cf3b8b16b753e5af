import Tensors

/// Sums of vectors: of G's inputs, or of the pixels of pictures (Radford, Metz and Chintala 2015, section 6.3.2). All are
/// taken in double.
package enum VectorArithmetic {
  /// The mean of vectors of one length, number by number; at least one vector.
  package static func mean(_ vectors: [[Float]]) -> [Float] {
    precondition(!vectors.isEmpty, "there is a mean of something")
    return vectors[0].indices.map { place in
      Float(vectors.reduce(0) { $0 + Double($1[place]) } / Double(vectors.count))
    }
  }

  /// a - b + c.
  package static func sum(_ a: [Float], minus b: [Float], plus c: [Float]) -> [Float] {
    zip(zip(a, b), c).map { Float(Double($0.0) - Double($0.1) + Double($1)) }
  }

  /// An input of G, its first `latent` numbers moved by `amount` times the first `latent` numbers of `to` - `from`. Codes
  /// and labels stay as they are.
  package static func moved(
    _ input: [Float], latent: Int, from: [Float], to: [Float], amount: Double
  ) -> [Float] {
    input.indices.map { place in
      guard place < latent else { return input[place] }
      return Float(Double(input[place]) + amount * (Double(to[place]) - Double(from[place])))
    }
  }

  /// Nine inputs of G, row by row of a 3 x 3 sheet: `input` in the middle, and around it the same with noise from
  /// U[-scale, scale) added to its first `latent` numbers.
  /// - Parameter seed: decides the noise.
  package static func neighbourhood(of input: [Float], latent: Int, scale: Float, seed: UInt64) -> [[Float]] {
    (0..<9).map { place in
      guard place != 4 else { return input }
      let stream = RandomStream(seed: seed, purpose: .neighbour, sample: place)
      return input.indices.map { index in
        guard index < latent else { return input[index] }
        return input[index] + scale * (2 * stream.uniform(index) - 1)
      }
    }
  }
}
