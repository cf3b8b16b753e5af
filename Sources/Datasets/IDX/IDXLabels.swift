import Foundation
import Tensors

/// Labels in an IDX file of one dimension: a class number for each picture.
enum IDXLabels {
  /// The name of the group where the classes are the ten digits.
  static let digits = "digit"

  /// The file of labels beside a file of pictures, by MNIST's names: `images` in the name becomes `labels` and
  /// `idx3` becomes `idx1`. Either file may be gzipped.
  /// - Returns: nil if the name has no `images` or there is no such file.
  static func fileBeside(_ pictures: String) -> String? {
    let slash = pictures.lastIndex(of: "/").map { pictures.index(after: $0) } ?? pictures.startIndex
    var name = String(pictures[slash...])
    guard let word = name.range(of: "images", options: .backwards) else { return nil }
    name.replaceSubrange(word, with: "labels")
    if let rank = name.range(of: "idx3", options: .backwards) { name.replaceSubrange(rank, with: "idx1") }
    let other = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name + ".gz"
    return [name, other].map { pictures[..<slash] + $0 }.first { access($0, F_OK) == 0 }
  }

  /// Reads the table, which has one group: `digit` with the classes 0 to 9, or, if a label above 9 occurs,
  /// `class` with the classes 0 to the largest label.
  /// - Parameters:
  ///   - path: the file of labels.
  ///   - count: how many pictures there are; the file must have as many labels.
  /// - Throws: ``DatasetError``.
  static func table(path: String, count: Int) throws -> LabelTable {
    let file = try IDXFile(path: path, holding: .labels)
    guard file.dimensions[0] == count else {
      throw DatasetError.labels(
        source: path, problem: "the file holds \(file.dimensions[0]) labels and there are \(count) pictures")
    }
    let classes = file.bytes[file.start...].map(Int32.init)
    let largest = max(9, classes.max() ?? 0)
    let group = LabelGroup(
      name: largest == 9 ? digits : LabelSource.classGroup, classes: (0...largest).map { "\($0)" })
    return LabelTable(groups: [group], classIndices: classes)
  }
}
