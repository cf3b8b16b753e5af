/// Comma-separated values as in RFC 4180: fields may be quoted, two quotes inside a quoted field stand for one,
/// lines end in LF or CRLF. A byte-order mark and empty lines are skipped.
enum CommaSeparated {
  /// One line of a file.
  struct Record {
    /// The number of the line on which the record starts, from 1.
    let line: Int
    /// The fields as bytes; spaces around an unquoted field are cut off.
    var fields: [[UInt8]]
  }

  /// The records of a file, or an ``OpenQuote`` if a quote is never closed.
  static func records(of bytes: [UInt8]) -> Result<[Record], OpenQuote> {
    var records: [Record] = []
    var fields: [[UInt8]] = []
    var field: [UInt8] = []
    var line = 1
    var startLine = 1
    var wasQuoted = false
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0

    func endField() {
      fields.append(wasQuoted ? field : trimmed(field))
      field = []
      wasQuoted = false
    }
    func endRecord() {
      endField()
      if fields.count > 1 || !fields[0].isEmpty { records.append(Record(line: startLine, fields: fields)) }
      fields = []
    }

    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\"") where trimmed(field).isEmpty && !wasQuoted:
        field = []
        wasQuoted = true
        let opened = line
        var isOpen = true
        while isOpen {
          guard position < bytes.count else { return .failure(OpenQuote(line: opened)) }
          let next = bytes[position]
          position += 1
          if next != UInt8(ascii: "\"") {
            if next == UInt8(ascii: "\n") { line += 1 }
            field.append(next)
          } else if position < bytes.count && bytes[position] == next {
            field.append(next)
            position += 1
          } else {
            isOpen = false
          }
        }
      case UInt8(ascii: ","):
        endField()
      case UInt8(ascii: "\n"):
        endRecord()
        line += 1
        startLine = line
      case UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "\t"):
        if !wasQuoted { field.append(byte) }
      default:
        field.append(byte)
      }
    }
    endRecord()
    return .success(records)
  }

  /// A quote without its end.
  struct OpenQuote: Error {
    /// The number of the line on which the quote opens, from 1.
    let line: Int
  }

  private static func trimmed(_ field: [UInt8]) -> [UInt8] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    guard let first = field.firstIndex(where: { !isBlank($0) }),
      let last = field.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return Array(field[first...last])
  }

  /// A field as it is written to a file: in quotes if it has a quote, a comma or a line end.
  static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
