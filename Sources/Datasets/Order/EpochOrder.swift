import Tensors

/// The order in which an epoch goes through the data: a permutation that is a function of (seed, epoch) alone.
///
/// There is no shuffled list and no state. The picture at position p of epoch e is found by a Feistel network
/// (Luby and Rackoff 1988) of eight rounds, keyed by Philox, over the smallest power of four that is at least the
/// number of pictures. A result beyond the last picture is permuted again until it is a picture (cycle walking,
/// Black and Rogaway 2002), fewer than four times on average.
package struct EpochOrder: Sendable {
  /// How many pictures are ordered.
  package let count: Int
  private let seed: UInt64
  private let halfBits: Int

  private static let rounds = 8

  /// An order of `count` pictures, at least 1 and at most 2^32.
  package init(seed: UInt64, count: Int) {
    precondition(count >= 1 && count <= 1 << 32, "an epoch has between 1 and 2^32 pictures")
    self.seed = seed
    self.count = count
    var bits = 1
    while 1 << (2 * bits) < count { bits += 1 }
    halfBits = bits
  }

  /// The picture at `position` (0 ..< count) of epoch `epoch`.
  package func index(epoch: Int, position: Int) -> Int {
    precondition(position >= 0 && position < count, "a position lies within the epoch")
    var value = position
    repeat { value = permuted(value, epoch: epoch) } while value >= count
    return value
  }

  private func permuted(_ value: Int, epoch: Int) -> Int {
    let mask = 1 << halfBits - 1
    var left = value >> halfBits
    var right = value & mask
    for round in 0..<Self.rounds {
      var number: Float = 0
      RandomStream(seed: seed, purpose: .dataOrder, stream: round, step: epoch, sample: right)
        .fillUniform(&number, count: 1)
      // The number has 24 random bits; halves have at most 16.
      let mixed = Int(number * 0x1p24) & mask
      (left, right) = (right, left ^ mixed)
    }
    return left << halfBits | right
  }
}
