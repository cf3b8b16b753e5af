import Tensors

/// Pictures of random bytes for benchmarks, with random labels if groups are given.
package struct SyntheticPictures: PictureDataset {
  /// How many pictures there are.
  package let count: Int
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1 or 3.
  package let channels: Int
  /// Random classes; nil if no groups were given.
  package let labels: LabelTable?
  private let seed: UInt64

  /// Creates a set; every byte and class is a function of (seed, index).
  /// - Throws: ``DatasetError/badNumber(_:)`` for a count below 1 or a shape that no picture has.
  package init(count: Int, size: Int, channels: Int = 3, seed: UInt64 = 1, groups: [LabelGroup] = [])
    throws
  {
    try checkShape(size: size, channels: channels)
    guard count >= 1 else { throw DatasetError.badNumber("a data set of \(count) pictures cannot be made") }
    self.count = count
    self.size = size
    self.channels = channels
    self.seed = seed
    guard !groups.isEmpty else {
      labels = nil
      return
    }
    var classes: [Int32] = []
    classes.reserveCapacity(count * groups.count)
    for picture in 0..<count {
      let stream = RandomStream(seed: seed, purpose: .synthetic, stream: 1, sample: picture)
      for (place, group) in groups.enumerated() {
        classes.append(Int32(stream.uniform(place) * Float(group.classes.count)))
      }
    }
    labels = LabelTable(groups: groups, classIndices: classes)
  }

  /// Such as `1024 synthetic pictures`.
  package var describe: String { "\(count) synthetic pictures" }

  /// A hash of count, shape and seed.
  package var fingerprint: UInt64 {
    var hash = Fingerprint()
    hash.add("synthetic")
    for number in [UInt64(count), UInt64(size), UInt64(channels), seed] { hash.add(number) }
    return hash.value
  }

  /// Writes the random bytes of picture `index`.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    let count = bytesPerPicture
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { numbers in
      RandomStream(seed: seed, purpose: .synthetic, sample: index).fillUniform(
        numbers.baseAddress!, count: count)
      for i in 0..<count { pixels[i] = UInt8(numbers[i] * 256) }
    }
    return index
  }
}
