/// Reads the JSON of a safetensors header: strings, whole numbers, and the marks between them.
///
/// Foundation's JSON decoder is not used, as it silently takes the last of two equal keys, and a file that names a
/// tensor twice is damaged. The depth of the header's grammar is bounded, so no input can exhaust the stack.
struct HeaderScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte that is not white space, without consuming it; nil at the end.
  mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    return position < bytes.count ? bytes[position] : nil
  }

  /// Consumes `mark`; throws if it does not come next.
  mutating func expect(_ mark: Character) throws {
    guard peek() == mark.asciiValue else { throw fault("'\(mark)' was expected") }
    position += 1
  }

  /// Consumes `mark` if it comes next.
  /// - Returns: whether it came next.
  mutating func skip(_ mark: Character) -> Bool {
    guard peek() == mark.asciiValue else { return false }
    position += 1
    return true
  }

  /// Consumes an object.
  /// - Parameters:
  ///   - twice: makes the sentence of the error for a key that comes twice.
  ///   - member: is called with each key and must consume the key's value.
  mutating func object(
    twice: (String) -> String, member: (inout HeaderScanner, String) throws -> Void
  ) throws {
    try expect("{")
    if skip("}") { return }
    var seen = Set<String>()
    repeat {
      let key = try string()
      guard seen.insert(key).inserted else { throw HeaderFault(twice(key)) }
      try expect(":")
      try member(&self, key)
    } while skip(",")
    try expect("}")
  }

  /// Consumes an array of whole numbers, each at least 0.
  mutating func numbers() throws -> [Int] {
    try expect("[")
    var numbers: [Int] = []
    if skip("]") { return numbers }
    repeat { numbers.append(try number()) } while skip(",")
    try expect("]")
    return numbers
  }

  private mutating func number() throws -> Int {
    var value = 0
    _ = peek()
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int(bytes[position]) - 0x30)
      if overflow || carry { throw fault("a number is too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw fault("a whole number that is not negative was expected") }
    guard bytes[start] != 0x30 || position == start + 1 else { throw fault("a number begins with 0") }
    return value
  }

  /// Consumes a string with its escapes.
  mutating func string() throws -> String {
    try expect("\"")
    var text: [UInt8] = []
    while true {
      guard position < bytes.count else { throw fault("a string has no end") }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("a string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case ..<0x20: throw fault("a string holds a control character")
      default: text.append(byte)
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    guard position < bytes.count else { throw fault("a string has no end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw fault("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair") }
      text.append(contentsOf: UTF8.encode(scalar)!)
    default: throw fault("an unknown escape in a string")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard position + 4 <= bytes.count else { throw fault("a string has no end") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("an unknown escape in a string")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }

  /// Throws unless only white space is left.
  mutating func end() throws {
    guard peek() == nil else { throw fault("something follows the JSON object") }
  }

  private func fault(_ what: String) -> HeaderFault {
    HeaderFault("its header is not the JSON that the format asks for: \(what) at byte \(position) of it")
  }
}
