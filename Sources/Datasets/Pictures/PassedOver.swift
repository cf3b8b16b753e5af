/// The files of a folder that are no pictures which this program reads, counted by kind.
struct PassedOver {
  /// What is known of the files of one kind.
  private struct Kind {
    var count = 0
    /// The path of the first.
    var first: [UInt8]
    /// The ends of their names that make a pattern of a shell, without the dot.
    var suffixes: Set<String> = []
  }

  private var kinds: [FoundFile: Kind] = [:]

  /// How many there are.
  var count: Int { kinds.values.reduce(0) { $0 + $1.count } }

  /// Adds a file.
  /// - Parameter path: its path in the folder.
  mutating func add(_ file: FoundFile, _ path: [UInt8]) {
    var kind = kinds[file] ?? Kind(first: path)
    kind.count += 1
    if kind.suffixes.count < Self.mostPatterns, let suffix = Self.suffix(of: path) {
      kind.suffixes.insert(suffix)
    }
    kinds[file] = kind
  }

  /// The kinds that are named; what is beyond is only counted.
  private static let mostKinds = 8
  /// The patterns of one kind's names.
  private static let mostPatterns = 4

  /// Such as `2 text files, 1 empty file (7.jpg), 5 WebP pictures (the first is a/b.webp); this program does not read
  /// WebP, ...`: what there is, most first and pictures last, and what can be done about these.
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

  /// What to do where there are no pictures but files that hold some, after ``words``; empty where there are none, or
  /// ``words`` say it.
  func advice(in folder: String) -> String {
    guard !kinds.keys.contains(where: \.isPicture) else { return "" }
    let idx = kinds.filter { $0.key.kind == .idx }.map { String(decoding: $0.value.first, as: UTF8.self) }
      .min()
    if let idx { return "; an IDX file is given itself: --data \(folder)/\(idx)" }
    return kinds.keys.contains { $0.kind.isPacked } ? "; unpack what is packed" : ""
  }

  /// A line that makes PNGs of the pictures whose names end so, at any depth.
  private static func conversion(_ suffixes: Set<String>) -> String {
    let patterns = suffixes.sorted().map { "-name '*.\($0)'" }
    switch patterns.count {
    case 0: return "mogrify -format png FILE"
    case 1: return "find . \(patterns[0]) -exec mogrify -format png {} +"
    default: return "find . \\( \(patterns.joined(separator: " -o ")) \\) -exec mogrify -format png {} +"
    }
  }

  /// The end of a file's name, where a pattern of it names no pictures that are read.
  private static func suffix(of path: [UInt8]) -> String? {
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let suffix = String(decoding: path[(dot + 1)...], as: UTF8.self)
    let isPlain = !suffix.isEmpty && suffix.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return isPlain && !["jpg", "jpeg", "png"].contains(suffix.lowercased()) ? suffix : nil
  }
}
