import Foundation
import Testing

/// Reads event files with as little of the writer's code as possible: none.
enum EventReader {
  /// An event, as far as the program writes them.
  struct Event {
    var time = 0.0
    var step = 0
    var version: String?
    var scalars: [String: Float] = [:]
    var images: [String: (height: Int, width: Int, channels: Int, png: [UInt8])] = [:]
    var texts: [String: String] = [:]
    var session: Int?
  }

  /// CRC-32C bit by bit.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }
    return ~value
  }

  /// All events of a file; every checksum is checked.
  static func read(_ path: String) throws -> [Event] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var events: [Event] = []
    var at = 0
    func little(_ at: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }
    func holds(_ range: Range<Int>) -> Bool {
      let value = checksum(bytes[range])
      let masked = (value >> 15 | value << 17) &+ 0xA282_EAD8
      return little(range.upperBound, 4) == UInt64(masked)
    }
    while at < bytes.count {
      try #require(at + 12 <= bytes.count, "a record is cut off")
      let count = Int(little(at, 8))
      try #require(holds(at..<at + 8), "a length has another checksum")
      try #require(at + 16 + count <= bytes.count, "a record is cut off")
      try #require(holds(at + 12..<at + 12 + count), "a record has another checksum")
      events.append(try event(bytes[at + 12..<at + 12 + count]))
      at += 16 + count
    }
    return events
  }

  private enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
    var integer: Int {
      if case .number(let value) = self { return Int(bitPattern: UInt(value)) }
      return -1
    }
    var bits: UInt64 { UInt64(bitPattern: Int64(integer)) }
    var slice: ArraySlice<UInt8> {
      if case .bytes(let value) = self { return value }
      return []
    }
    var text: String { String(decoding: slice, as: UTF8.self) }
  }

  private static func fields(_ message: ArraySlice<UInt8>) throws -> [(field: Int, value: Value)] {
    var rest = message
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        let next = rest.popFirst()
        let byte = try #require(next, "a number is cut off")
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
    }
    func fixed(_ count: Int) throws -> UInt64 {
      try #require(rest.count >= count)
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }
    var found: [(field: Int, value: Value)] = []
    while !rest.isEmpty {
      let key = try varint()
      let value: Value
      switch key & 7 {
      case 0: value = .number(try varint())
      case 1: value = .number(try fixed(8))
      case 5: value = .number(try fixed(4))
      default:
        try #require(key & 7 == 2)
        let count = Int(try varint())
        try #require(rest.count >= count)
        value = .bytes(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      found.append((Int(key >> 3), value))
    }
    return found
  }

  private static func event(_ message: ArraySlice<UInt8>) throws -> Event {
    var event = Event()
    for (field, value) in try fields(message) {
      switch field {
      case 1: event.time = Double(bitPattern: value.bits)
      case 2: event.step = value.integer
      case 3: event.version = value.text
      case 5: for (_, part) in try fields(value.slice) { try add(part.slice, to: &event) }
      case 7: event.session = try fields(value.slice).first { $0.field == 1 }?.value.integer
      default: Issue.record("an event has the unknown field \(field)")
      }
    }
    return event
  }

  private static func add(_ message: ArraySlice<UInt8>, to event: inout Event) throws {
    let parts = try fields(message)
    let tag = try #require(parts.first { $0.field == 1 }).value.text
    for (field, value) in parts where field != 1 {
      if field == 2 {
        event.scalars[tag] = Float(bitPattern: UInt32(value.bits))
      } else if field == 8 {
        let tensor = try fields(value.slice)
        try #require(tensor.first { $0.field == 1 }?.value.integer == 7)
        event.texts[tag] = tensor.first { $0.field == 8 }?.value.text
      } else if field == 9 {
        let plugin = try fields(try #require(try fields(value.slice).first { $0.field == 1 }).value.slice)
        #expect(plugin.first { $0.field == 1 }?.value.text == "text")
      } else {
        try #require(field == 4)
        let image = Dictionary(uniqueKeysWithValues: try fields(value.slice).map { ($0.field, $0.value) })
        event.images[tag] = (
          image[1]?.integer ?? 0, image[2]?.integer ?? 0, image[3]?.integer ?? 0, Array(image[4]?.slice ?? [])
        )
      }
    }
  }
}
