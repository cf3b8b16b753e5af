import CKernels

/// What a random number is for. The purpose is part of every key, so that no two uses ever share a number.
/// The raw values are part of what the program promises: changing one changes every run.
package enum RandomPurpose: UInt32, Sendable {
  /// Initial weights; `stream` is the parameter's place in its network, plus the network's base.
  case initialWeights = 1
  /// z of a training step.
  case latent = 2
  /// z of the sample sheets.
  case fixedLatent = 3
  /// Dropout masks; `stream` is the forward pass within the step and the layer.
  case dropout = 4
  /// The keyed permutation of an epoch.
  case dataOrder = 5
  /// Whether a picture is mirrored.
  case mirror = 6
  /// The built-in faces.
  case faces = 7
  /// Synthetic pictures of benchmarks and tests.
  case synthetic = 8
  /// z of `generate`.
  case generated = 9
  /// Codes of G's input (InfoGAN); `stream` as for z.
  case code = 10
  /// Wrong labels of real pictures; `stream` as for `label`.
  case wrongLabel = 11
  /// Labels that conditions are mixed with; `stream` as for z.
  case conditionMix = 12
  /// Codes and classes of `generate`, where they are not given.
  case generatedCondition = 13
  /// Noise on the z of `arithmetic`; the sample is the place on the sheet of 3 x 3.
  case neighbour = 14
  /// Soft and flipped labels of D; `stream` is the number of D's evaluation of a batch within the step.
  case label = 16
  /// Noise on D's pictures; `stream` as for labels.
  case instanceNoise = 17
  /// Random changes of D's pictures; `stream` as for labels.
  case augmentation = 18
  /// Which pictures an experiment takes: `stream` tells uses apart.
  case choice = 19
  /// Where neighbourhoods of a picture lie; `stream` is the set, `step` the pyramid's level, `sample` the picture.
  case neighbourhood = 20
  /// Directions onto which neighbourhoods are projected; `step` is the level, `sample` the direction.
  case direction = 21
}

/// A stream of random numbers that has no state.
///
/// Every number is a function of (seed, purpose, stream, step, sample, element): Philox 4x32-10 with the seed
/// as key and the rest as counter. Rank never enters, so a run draws the same numbers on any number of ranks.
package struct RandomStream: Sendable {
  private let counter: (UInt32, UInt32, UInt32, UInt32)
  private let key: (UInt32, UInt32)

  /// The stream of numbers for one purpose at one step and one sample.
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - purpose: what the numbers are for.
  ///   - stream: tells apart uses within a purpose (a layer, an update of a step); below 2^24.
  ///   - step: the training step, or an epoch, or 0; below 2^32.
  ///   - sample: the global sample index within the batch or the data set, or 0; below 2^32.
  package init(seed: UInt64, purpose: RandomPurpose, stream: Int = 0, step: Int = 0, sample: Int = 0) {
    precondition(stream >= 0 && stream < 1 << 24, "a random stream's number is below 2^24")
    counter = (
      0, UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: step),
      purpose.rawValue << 24 | UInt32(stream)
    )
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  }

  private func withWords<R>(from block: Int, _ body: (UnsafePointer<UInt32>, UnsafePointer<UInt32>) -> R) -> R
  {
    let start = (UInt32(truncatingIfNeeded: block), counter.1, counter.2, counter.3)
    return withUnsafeBytes(of: start) { c in
      withUnsafeBytes(of: key) { k in
        body(
          c.baseAddress!.assumingMemoryBound(to: UInt32.self),
          k.baseAddress!.assumingMemoryBound(to: UInt32.self)
        )
      }
    }
  }

  /// Words 4 `block` ..< 4 `block` + 4 of the stream.
  package func words(block: Int) -> (UInt32, UInt32, UInt32, UInt32) {
    let counter: [UInt32] = [
      UInt32(truncatingIfNeeded: block), self.counter.1, self.counter.2, self.counter.3,
    ]
    let key: [UInt32] = [self.key.0, self.key.1]
    var out: [UInt32] = [0, 0, 0, 0]
    ck_philox4x32(counter, key, &out)
    return (out[0], out[1], out[2], out[3])
  }

  /// Element `element` of the stream as a uniform number in [0, 1), a multiple of 2^-24.
  package func uniform(_ element: Int) -> Float {
    let four = words(block: element / 4)
    let word = [four.0, four.1, four.2, four.3][element % 4]
    return Float(word >> 8) * 0x1p-24
  }

  /// Element `element` of the stream as a standard normal number (Box and Muller 1958).
  package func normal(_ element: Int) -> Float {
    var four: (Float, Float, Float, Float) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &four) { bytes in
      let numbers = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
      fillNormal(numbers, count: 4, from: element / 4 * 4)
      return numbers[element % 4]
    }
  }

  /// Writes `count` uniform numbers in [0, 1): the elements from `first`, a multiple of 4, on.
  package func fillUniform(_ out: UnsafeMutablePointer<Float>, count: Int, from first: Int = 0) {
    precondition(first % 4 == 0, "a stream is filled from the start of a block")
    withWords(from: first / 4) { ck_philox_uniform($0, $1, out, count) }
  }

  /// Writes `count` standard normal numbers (Box and Muller 1958): the elements from `first`, a multiple of
  /// 4, on.
  package func fillNormal(_ out: UnsafeMutablePointer<Float>, count: Int, from first: Int = 0) {
    precondition(first % 4 == 0, "a stream is filled from the start of a block")
    withWords(from: first / 4) { ck_philox_normal($0, $1, out, count) }
  }
}
