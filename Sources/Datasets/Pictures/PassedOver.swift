/// The files of a folder that are not pictures which this program reads, counted by kind.
struct PassedOver {
  /// What is known of the files of one kind.
  private struct Kind {
    var count = 0
    /// The path of the first file of this kind.
    var first: [UInt8]
    /// Suffixes of the files' names, without the dot, that can be used in a shell's pattern.
    var suffixes: Set<String> = []
  }

  private var kinds: [FoundFile: Kind] = [:]

  /// How many files there are.
  var count: Int { kinds.values.reduce(0) { $0 + $1.count } }

  /// Adds a file.
  /// - Parameter path: the file's path in the folder.
  mutating func add(_ file: FoundFile, _ path: [UInt8]) {
    var kind = kinds[file] ?? Kind(first: path)
    kind.count += 1
    if kind.suffixes.count < Self.mostPatterns, let suffix = Self.suffix(of: path) {
      kind.suffixes.insert(suffix)
    }
    kinds[file] = kind
  }

  /// The most kinds that are named; the files of further kinds are only counted.
  private static let mostKinds = 8
  /// The most suffixes that are kept of one kind.
  private static let mostPatterns = 4

  /// Such as `2 text files, 1 empty file (7.jpg), 5 WebP pictures (the first is a/b.webp); this program does not read
  /// WebP, ...`: the kinds, the most frequent first and pictures last, and how to convert the pictures.
  var words: String {
    let sorted = kinds.sorted {
      ($1.value.count, $0.key.counted(1)) < ($0.value.count, $1.key.counted(1))
    }
    let others = sorted.filter { !$0.key.isPicture }
    let pictures = sorted.filter { $0.key.isPicture }
    var items = (others.prefix(Self.mostKinds) + pictures).map { file, kind in
      let words = file.counted(kind.count)
      guard !file.kind.isText else { return words }
      return
        "\(words) (\(kind.count > 1 ? "the first is " : "")\(String(decoding: kind.first, as: UTF8.self)))"
    }
    let rest = others.dropFirst(Self.mostKinds).reduce(0) { $0 + $1.value.count }
    if rest > 0 { items.insert("\(rest) of other kinds", at: Self.mostKinds) }
    let text = items.joined(separator: ", ")
    guard !pictures.isEmpty else { return text }
    let names = pictures.map(\.key.pictureName).sorted().joined(separator: ", ")
    return "\(text); this program does not read \(names), of which ImageMagick makes PNGs, in that folder: "
      + Self.conversion(Set(pictures.flatMap(\.value.suffixes)).subtracting(others.flatMap(\.value.suffixes)))
  }

  /// For a folder without pictures: what to do if it has an IDX file or packed files. The text follows ``words``. It is
  /// empty if there are no such files, or if ``words`` already says how to convert pictures.
  func advice(in folder: String) -> String {
    guard !kinds.keys.contains(where: \.isPicture) else { return "" }
    let idx = kinds.filter { $0.key.kind == .idx }.map { String(decoding: $0.value.first, as: UTF8.self) }
      .min()
    if let idx { return "; an IDX file is given itself: --data \(folder)/\(idx)" }
    return kinds.keys.contains { $0.kind.isPacked } ? "; unpack what is packed" : ""
  }

  /// A shell command that makes PNGs of the pictures with these suffixes, at any depth.
  private static func conversion(_ suffixes: Set<String>) -> String {
    let patterns = suffixes.sorted().map { "-name '*.\($0)'" }
    switch patterns.count {
    case 0: return "mogrify -format png FILE"
    case 1: return "find . \(patterns[0]) -exec mogrify -format png {} +"
    default: return "find . \\( \(patterns.joined(separator: " -o ")) \\) -exec mogrify -format png {} +"
    }
  }

  /// The suffix of a file's name; nil if it is not plain letters and digits, or is that of a JPEG or PNG picture.
  private static func suffix(of path: [UInt8]) -> String? {
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let suffix = String(decoding: path[(dot + 1)...], as: UTF8.self)
    let isPlain = !suffix.isEmpty && suffix.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return isPlain && !["jpg", "jpeg", "png"].contains(suffix.lowercased()) ? suffix : nil
  }
}
