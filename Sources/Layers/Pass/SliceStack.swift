import CKernels

/// Adds the blocks of slices, which come one by one, in the order of Note [Slice order]. It keeps one block
/// per level of the tree: as in a binary counter, two sums of the same number of slices become one.
struct SliceStack {
  private let base: UnsafeMutablePointer<Float>
  private let floats: Int
  private let count: Int
  private var depth: Int

  /// A stack of blocks that lie `floats` apart from `base` on, of which `count` floats each are used. Where
  /// another stack has pushed and merged the first `slices` slices there, this stack continues after them.
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

  /// Adds the subtrees that are complete after slice `index`, counted from 0.
  mutating func merge(after index: Int) {
    var rest = index
    while rest & 1 == 1 {
      addTopmost()
      rest >>= 1
    }
  }

  /// The sum of all slices. Where their number is not a power of two, the blocks that are left on several
  /// levels are added from the last to the first.
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
