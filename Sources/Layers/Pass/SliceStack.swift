import CKernels

/// Adds slices' blocks in the order of Note [Slice order] while they come one by one, keeping a block a level of
/// the tree: as in a binary counter, two sums of as many slices each become one.
struct SliceStack {
  private let base: UnsafeMutablePointer<Float>
  private let floats: Int
  private let count: Int
  private var depth: Int

  /// A stack of blocks, `floats` apart from `base` on, of which `count` floats are used. After `slices` slices were
  /// pushed and merged by another stack there, it goes on where that one ended.
  init(_ base: UnsafeMutablePointer<Float>, floats: Int, count: Int, after slices: Int = 0) {
    depth = slices.nonzeroBitCount
    self.base = base
    self.floats = floats
    self.count = count
  }

  /// Levels of the tree of `slices` slices: the blocks that a stack has to have room for.
  static func levels(_ slices: Int) -> Int {
    var levels = 1
    while 1 << (levels - 1) < slices { levels += 1 }
    return levels
  }

  /// Room for the next slice's block.
  mutating func push() -> UnsafeMutablePointer<Float> {
    depth += 1
    return base + (depth - 1) * floats
  }

  /// Forgets the last block.
  mutating func drop() { depth -= 1 }

  /// Adds what belongs together after slice `index`, counted from 0.
  mutating func merge(after index: Int) {
    var rest = index
    while rest & 1 == 1 {
      addTopmost()
      rest >>= 1
    }
  }

  /// The sum of all. The number of slices is a power of two, or one block is left over a level.
  mutating func total() -> UnsafeMutablePointer<Float> {
    while depth > 1 { addTopmost() }
    return base
  }

  private mutating func addTopmost() {
    depth -= 1
    let upper = base + depth * floats
    ck_add(upper - floats, upper, upper - floats, count)
  }
}
