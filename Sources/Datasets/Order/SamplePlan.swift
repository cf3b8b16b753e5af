import Tensors

/// Which pictures make up each batch of real pictures of a run: a function of the seed and the counts alone.
///
/// The batches of a run are its **draws** 0, 1, 2 ...; a training step may take none, one or several of them.
/// Within a draw, a picture has a global sample index, which does not depend on the number of ranks.
package struct SamplePlan: Equatable, Sendable {
  /// One batch of the plan.
  package struct Batch: Equatable, Sendable {
    /// How many pictures the batch holds on all ranks together.
    package let size: Int
    /// The epoch that the batch belongs to, from 0.
    package let epoch: Int
    /// The position of its first picture in that epoch, from 0.
    package let firstPosition: Int
  }

  /// How many pictures the data holds.
  package let count: Int
  /// The pictures of a full batch, on all ranks together.
  package let batchSize: Int
  /// Whether each picture is drawn independently of all others.
  package let withReplacement: Bool
  /// What happens at the end of an epoch; not used with replacement.
  package let lastBatch: LastBatch
  private let seed: UInt64

  /// Makes a plan.
  /// - Throws: ``DatasetError/fewerPicturesThanBatch(pictures:batch:)`` if an epoch could not fill one batch;
  ///   ``DatasetError/badNumber(_:)`` for a batch below 1.
  package init(
    count: Int, batchSize: Int, withReplacement: Bool = false, lastBatch: LastBatch = .drop, seed: UInt64
  )
    throws
  {
    guard batchSize >= 1 else {
      throw DatasetError.badNumber("a batch of \(batchSize) pictures cannot be drawn; it has at least 1")
    }
    guard count >= 1 && (withReplacement || count >= batchSize) else {
      throw DatasetError.fewerPicturesThanBatch(pictures: count, batch: batchSize)
    }
    self.count = count
    self.batchSize = batchSize
    self.withReplacement = withReplacement
    self.lastBatch = lastBatch
    self.seed = seed
  }

  /// How many draws make an epoch. With replacement: the number of pictures divided by the batch size, rounded
  /// down, at least 1.
  package var drawsPerEpoch: Int {
    if withReplacement || lastBatch == .drop { return max(1, count / batchSize) }
    return (count + batchSize - 1) / batchSize
  }

  /// The different sizes that batches of the plan have.
  var batchSizes: [Int] {
    let short = count % batchSize
    return !withReplacement && lastBatch == .keep && short > 0 ? [batchSize, short] : [batchSize]
  }

  /// The batch that a draw takes.
  package func batch(draw: Int) -> Batch {
    precondition(draw >= 0, "draws are counted from 0")
    let (epoch, place) = draw.quotientAndRemainder(dividingBy: drawsPerEpoch)
    let first = place * batchSize
    let isShort = !withReplacement && lastBatch == .keep && first + batchSize > count
    return Batch(size: isShort ? count - first : batchSize, epoch: epoch, firstPosition: first)
  }

  /// The index in the data set of a sample of a draw.
  /// - Parameter sample: the global sample index, 0 ..< batch(draw:).size.
  package func dataIndex(draw: Int, sample: Int) -> Int {
    let batch = batch(draw: draw)
    precondition(sample >= 0 && sample < batch.size, "a sample lies within its batch")
    if withReplacement {
      var number: (Float, Float) = (0, 0)
      // EpochOrder uses the same purpose with its round as the stream; this stream is above all rounds.
      let stream = RandomStream(seed: seed, purpose: .dataOrder, stream: 1 << 16, step: draw, sample: sample)
      withUnsafeMutableBytes(of: &number) { bytes in
        stream.fillUniform(bytes.baseAddress!.assumingMemoryBound(to: Float.self), count: 2)
      }
      // 48 random bits scaled to the count: every picture within 2^-16 of its share up to 2^32 pictures.
      let word = UInt64(number.0 * 0x1p24) << 24 | UInt64(number.1 * 0x1p24)
      return Int((word << 16).multipliedFullWidth(by: UInt64(count)).high)
    }
    let position = (batch.firstPosition + sample) % count
    return EpochOrder(seed: seed, count: count).index(epoch: batch.epoch, position: position)
  }

  /// How many pictures the draws 0 ..< draw hold on all ranks together.
  package func pictures(before draw: Int) -> Int {
    guard !withReplacement && lastBatch == .keep else { return draw * batchSize }
    let (epochs, place) = draw.quotientAndRemainder(dividingBy: drawsPerEpoch)
    return epochs * count + place * batchSize
  }
}
