import Foundation
import Wording

/// A file in the IDX format of the MNIST database (LeCun, Cortes and Burges): two zero bytes, one byte for the
/// type of the numbers, one byte for the number of dimensions, each dimension as a big-endian 4-byte integer,
/// then the numbers. Only unsigned bytes are read here; the file may be gzipped.
struct IDXFile {
  /// The dimensions, outermost first: count, rows, columns for pictures; count for labels.
  let dimensions: [Int]
  /// The whole file, unpacked; its numbers start at ``start``.
  let bytes: [UInt8]
  /// The offset of the first number in ``bytes``.
  let start: Int

  /// What a number of each type is called.
  private static let types: [UInt8: String] = [
    0x08: "unsigned bytes", 0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers",
    0x0D: "32-bit floats", 0x0E: "64-bit floats",
  ]

  /// Whether `head` can be the start of an IDX file; `head` may be shorter than the header.
  static func isStart(_ head: [UInt8]) -> Bool {
    head.count >= 2 && head[0] == 0 && head[1] == 0 && (head.count < 3 || types[head[2]] != nil)
      && (head.count < 4 || head[3] >= 1)
  }

  /// Reads and checks a file.
  /// - Parameters:
  ///   - path: the file.
  ///   - kind: what it must hold.
  /// - Throws: ``DatasetError/unreadable(path:reason:)``, ``DatasetError/otherFile(path:what:)``,
  ///   ``DatasetError/idx(file:problem:)``.
  init(path: String, holding kind: Kind) throws {
    let found = try FoundFile(path: path)
    guard found.kind == .idx else { throw DatasetError.otherFile(path: path, what: kind.not(found)) }
    bytes = try GzipFile.contents(of: path)
    func problem(_ text: String) -> DatasetError { .idx(file: path, problem: text) }
    guard bytes.count >= 4 else {
      throw problem(
        "it holds \(counted(bytes.count, "byte")), too few for an IDX header; the file is cut short")
    }
    guard bytes[2] == 0x08 else {
      let type = Self.types[bytes[2]] ?? "of another type"
      throw problem("its numbers are \(type), and must be unsigned bytes (type 08), 8 bits each")
    }
    let rank = Int(bytes[3])
    guard rank == kind.rank else { throw problem(kind.wrongRank(rank)) }
    start = 4 + 4 * rank
    guard bytes.count >= start else { throw problem("its header is cut short") }
    var dimensions: [Int] = []
    for place in 0..<rank {
      dimensions.append(bytes[4 + 4 * place..<8 + 4 * place].reduce(0) { $0 << 8 | Int($1) })
    }
    self.dimensions = dimensions
    let sides = dimensions.map(String.init).joined(separator: " x ")
    guard dimensions.allSatisfy({ $0 >= 1 }) else {
      throw problem("its header says \(sides), so it holds nothing")
    }
    guard dimensions.dropFirst().allSatisfy({ $0 <= 10_000 }) else {
      throw problem("its header says \(sides), and a picture's side is at most 10000")
    }
    // At most 2^32 x 10^4 x 10^4, which 64 bits hold.
    let promised = dimensions.reduce(1, *)
    let held = bytes.count - start
    guard held >= promised else {
      throw problem(
        "its header promises \(promised) bytes (\(sides)) and \(held) follow; the file is cut short")
    }
    guard held == promised else {
      throw problem(
        "its header promises \(promised) bytes (\(sides)) and \(held) follow, so the header is not this file's"
      )
    }
  }

  /// What is expected of a file.
  enum Kind {
    case pictures
    case labels

    /// How many dimensions it has.
    var rank: Int { self == .pictures ? 3 : 1 }

    /// For a file that is not an IDX file: the words that follow `PATH is`.
    func not(_ found: FoundFile) -> String {
      guard self == .labels else { return found.withArticle + found.adviceForData }
      return "\(found.withArticle); the labels of IDX pictures are another IDX file, of one dimension"
    }

    /// The problem of a file whose number of dimensions is not ``rank``.
    func wrongRank(_ rank: Int) -> String {
      let found = "it has \(counted(rank, "dimension"))"
      switch self {
      case .pictures:
        return rank == 1
          ? "\(found), as labels have; name the file of pictures, which has 3 (count, rows, columns)"
          : "\(found), and pictures have 3 (count, rows, columns)"
      case .labels: return "\(found), and labels have 1"
      }
    }
  }
}
