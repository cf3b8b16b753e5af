import Tensors

/// A set of pictures of one shape, in an order that is the same on every machine.
///
/// A data set knows nothing of ranks, epochs or batches: any thread may ask it for picture `index`, and the bytes
/// are a function of the data alone.
package protocol PictureDataset: Sendable {
  /// How many pictures there are.
  var count: Int { get }
  /// Pictures are `size` x `size`.
  var size: Int { get }
  /// 1 (gray) or 3 (RGB).
  var channels: Int { get }
  /// One phrase for logs: what the pictures are and where they come from.
  var describe: String { get }
  /// A hash of the data index: sorted relative paths, file sizes and labels, or a generator's parameters.
  /// Equal on all ranks that see the same data.
  var fingerprint: UInt64 { get }
  /// The classes of every picture; nil if the set has no labels.
  var labels: LabelTable? { get }
  /// What the fingerprint covers of picture `index`, as one line without a line end: the size of its file in
  /// bytes, its classes, and its path under the folder, separated by tabs. nil if the pictures are not files.
  func identity(of index: Int) -> String?
  /// Whether the pictures already lie in memory in the form in which they are drawn, so that a cache saves
  /// nothing.
  var isInMemory: Bool { get }

  /// Writes picture `index` to `pixels`: size x size x channels bytes, HWC. May be called from several
  /// threads at once.
  /// - Returns: the index of the picture that was written. It differs from `index` if picture `index` is damaged
  ///   and the set replaces damaged pictures (``TolerantDataset``). The labels are those of the returned index.
  /// - Throws: ``DatasetError``.
  @discardableResult
  func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int
}

extension PictureDataset {
  /// nil, for pictures that are not files.
  package func identity(of index: Int) -> String? { nil }

  /// Bytes of one picture: size x size x channels.
  package var bytesPerPicture: Int { size * size * channels }
  /// False: drawing a picture takes work.
  package var isInMemory: Bool { false }
}

/// The classes of the pictures of a data set, in one or more groups (such as hair and eyes).
package struct LabelTable: Equatable, Sendable {
  /// The groups, in the order in which their one-hot vectors are joined to a condition.
  package let groups: [LabelGroup]
  /// classIndices[picture * groups.count + group].
  private let classIndices: [Int32]

  /// Creates a table.
  /// - Parameters:
  ///   - groups: at least one.
  ///   - classIndices: [pictures][groups] indices into the groups' `classes`.
  package init(groups: [LabelGroup], classIndices: [Int32]) {
    precondition(
      !groups.isEmpty && classIndices.count % groups.count == 0, "a table has a class for every group")
    self.groups = groups
    self.classIndices = classIndices
  }

  /// How many pictures the table covers.
  package var count: Int { classIndices.count / groups.count }

  /// The class of a picture in a group, an index into the group's `classes`.
  package func classIndex(picture: Int, group: Int) -> Int {
    Int(classIndices[picture * groups.count + group])
  }

  /// How many pictures each class of a group has, in the order of the classes.
  package func counts(group: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: groups[group].classes.count)
    for picture in 0..<count { counts[classIndex(picture: picture, group: group)] += 1 }
    return counts
  }

  /// Adds the names of groups and classes and every picture's classes to a fingerprint.
  func add(to hash: inout Fingerprint) {
    for group in groups {
      hash.add(group.name)
      for name in group.classes { hash.add(name) }
    }
    for value in classIndices { hash.add(UInt64(bitPattern: Int64(value))) }
  }
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo): tells one data index from another. It does not protect against
/// data made to collide.
struct Fingerprint {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte: byte) }
    add(byte: 0)
  }

  mutating func add(_ text: String) { add(text.utf8) }

  mutating func add(_ number: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      add(byte: UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
