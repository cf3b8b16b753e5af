/// The header of a safetensors file: the tensors in the file and where they lie.
///
/// The file is: the header's length as a little-endian number of 8 bytes; the header, a JSON object padded with
/// spaces to a multiple of 8 bytes; the tensors' bytes, one after the other without gaps.
struct SafetensorsHeader {
  /// Strings about the file, such as `format: pt`.
  var metadata: [String: String]
  /// The tensors in the order of their bytes.
  var tensors: [TensorDescription]

  /// The format's limit for the header's length in bytes.
  static let longest = 100_000_000

  /// Reads a header.
  /// - Parameters:
  ///   - json: the header without its length.
  ///   - dataBytes: how many bytes follow the header in the file.
  /// - Throws: `HeaderFault` for anything that the format does not allow, such as gaps and overlaps.
  init(json: [UInt8], dataBytes: Int) throws {
    guard json.first == UInt8(ascii: "{") else {
      throw HeaderFault("its header does not begin with '{', so it is no safetensors file")
    }
    var scanner = HeaderScanner(json)
    var metadata: [String: String] = [:]
    var tensors: [TensorDescription] = []
    try scanner.object(twice: { "its header names '\($0)' twice" }) { scanner, name in
      if name == "__metadata__" {
        try scanner.object(twice: { "its header has the metadata '\($0)' twice" }) { scanner, key in
          metadata[key] = try scanner.string()
        }
      } else {
        tensors.append(try Self.tensor(name, &scanner))
      }
    }
    try scanner.end()
    tensors.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    try Self.checkPlaces(tensors, dataBytes: dataBytes)
    self.metadata = metadata
    self.tensors = tensors
  }

  private static func tensor(_ name: String, _ scanner: inout HeaderScanner) throws -> TensorDescription {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object(twice: { "its header gives '\($0)' of tensor '\(name)' twice" }) { scanner, key in
      switch key {
      case "dtype": typeName = try scanner.string()
      case "shape": shape = try scanner.numbers()
      case "data_offsets": offsets = try scanner.numbers()
      default: throw HeaderFault("its header has an unknown field '\(key)' for tensor '\(name)'")
      }
    }
    guard let typeName, let shape, let offsets else {
      throw HeaderFault("its header lacks dtype, shape or data_offsets of tensor '\(name)'")
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
      throw HeaderFault("tensor '\(name)' has the type '\(typeName)', which is none of \(known)")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderFault("the data_offsets of tensor '\(name)' are not a begin and an end after it")
    }
    let bytes = offsets[0]..<offsets[1]
    guard let wanted = TensorDescription.byteCount(type: type, shape: shape), wanted == bytes.count else {
      throw HeaderFault(
        "tensor '\(name)' of shape \(shape) in \(typeName) does not take \(bytes.count) bytes")
    }
    return TensorDescription(name: name, type: type, shape: shape, bytes: bytes)
  }

  private static func checkPlaces(_ tensors: [TensorDescription], dataBytes: Int) throws {
    var end = 0
    for tensor in tensors {
      if tensor.bytes.lowerBound < end {
        throw HeaderFault("tensor '\(tensor.name)' overlaps the one before it")
      }
      if tensor.bytes.lowerBound > end {
        throw HeaderFault(
          "\(tensor.bytes.lowerBound - end) bytes before tensor '\(tensor.name)' belong to none")
      }
      end = tensor.bytes.upperBound
    }
    if end > dataBytes {
      throw HeaderFault("its tensors take \(end) bytes, of which it has \(dataBytes), so it was cut short")
    }
    if end < dataBytes {
      throw HeaderFault("\(dataBytes - end) bytes follow its last tensor, so it is damaged")
    }
  }

  /// A header to be written. The tensors are sorted as the `safetensors` library does, by type and then by the bytes of
  /// their names, so that equal tensors in any order give equal files.
  init(of entries: [TensorEntry], metadata: [String: String]) {
    self.metadata = metadata
    tensors = []
    var end = 0
    for entry in entries.sorted(by: Self.precedes) {
      let bytes = end..<end + entry.byteCount
      tensors.append(TensorDescription(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes))
      end = bytes.upperBound
    }
  }

  /// Whether the bytes of `a` come before those of `b` in a file.
  static func precedes(_ a: TensorEntry, _ b: TensorEntry) -> Bool {
    if a.type != b.type { return a.type.place > b.type.place }
    return a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
  }

  /// The bytes of the header in the file, with its length before it and its padding.
  var encoded: [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let strings = keys.map { "\(quoted($0)):\(quoted(metadata[$0]!))" }
      fields.append("\"__metadata__\":{\(strings.joined(separator: ","))}")
    }
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(tensor.bytes.lowerBound),\(tensor.bytes.upperBound)]}")
    }
    var json = Array("{\(fields.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  /// A string as in JSON; characters beyond ASCII are not escaped.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
