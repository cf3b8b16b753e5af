import Foundation
import Tensors

/// The events of one rank's timeline, in the form in which they are sent to the rank that writes the trace.
package struct RankTrace: Equatable, Sendable {
  /// One event, with times of the rank's own clock.
  package struct Event: Equatable, Sendable {
    /// The index of its name in `names`.
    package var name: Int
    /// Its kind.
    package var category: Timeline.Category
    /// The times of its start and end, in nanoseconds.
    package var start, end: UInt64
    /// A number that belongs to it, such as a step or a number of bytes.
    package var argument: Timeline.Argument

    /// An event from its parts.
    package init(
      name: Int, category: Timeline.Category, start: UInt64, end: UInt64,
      argument: Timeline.Argument = .none
    ) {
      self.name = name
      self.category = category
      self.start = start
      self.end = end
      self.argument = argument
    }
  }

  /// The events of one thread.
  package struct Lane: Equatable, Sendable {
    /// The name of the lane in the viewer.
    package var title: String
    /// How many older events were dropped for lack of room.
    package var dropped: Int
    /// The events that were kept, in the order in which they ended.
    package var events: [Event]

    /// A lane from its parts.
    package init(title: String, dropped: Int = 0, events: [Event]) {
      self.title = title
      self.dropped = dropped
      self.events = events
    }
  }

  /// The number of the rank.
  package var rank: Int
  /// The name of its host.
  package var host: String
  /// The names of events, each once.
  package var names: [String]
  /// The lanes, one for each thread.
  package var lanes: [Lane]

  /// A trace from its parts.
  package init(rank: Int, host: String, names: [String], lanes: [Lane]) {
    self.rank = rank
    self.host = host
    self.names = names
    self.lanes = lanes
  }

  /// The events that `timeline` holds now.
  package init(_ timeline: Timeline, rank: Int, host: String) {
    self.init(rank: rank, host: host, names: [], lanes: [])
    var places: [Timeline.Name: Int] = [:]
    lanes = timeline.lanes.map { lane in
      let events = lane.events.map { event in
        let name =
          places[event.name]
          ?? {
            names.append(timeline.text(event.name))
            places[event.name] = names.count - 1
            return names.count - 1
          }()
        return Event(
          name: name, category: event.category, start: event.start, end: event.end, argument: event.argument)
      }
      return Lane(title: lane.title, dropped: lane.dropped, events: events)
    }
  }
}

/// Bytes that are not a rank's trace.
package struct RankTraceError: Error, Equatable, CustomStringConvertible {
  /// One sentence.
  package let description = "the trace of a rank arrived damaged"
}

// The form in which a trace is sent: the length of a JSON header, the header, then 32 bytes for each event, lane after
// lane, in the machine's byte order.
extension RankTrace {
  private struct Header: Codable {
    struct Lane: Codable {
      var title: String
      var dropped: Int
      var count: Int
    }
    var rank: Int
    var host: String
    var names: [String]
    var lanes: [Lane]
  }

  /// The trace as bytes, to be sent.
  /// - Throws: never in practice, as every header can be written as JSON.
  package func encoded() throws -> [UInt8] {
    let header = try JSONEncoder().encode(
      Header(
        rank: rank, host: host, names: names,
        lanes: lanes.map { .init(title: $0.title, dropped: $0.dropped, count: $0.events.count) }))
    var words: [UInt64] = []
    words.reserveCapacity(4 * lanes.reduce(0) { $0 + $1.events.count })
    for event in lanes.lazy.flatMap(\.events) {
      let (kind, value) = Self.code(event.argument)
      words.append(event.start)
      words.append(event.end)
      words.append(UInt64(event.name) | UInt64(event.category.rawValue) << 32 | kind << 40)
      words.append(UInt64(bitPattern: Int64(value)))
    }
    var bytes: [UInt8] = []
    withUnsafeBytes(of: UInt64(header.count)) { bytes += $0 }
    bytes += header
    words.withUnsafeBytes { bytes += $0 }
    return bytes
  }

  /// Reads what `encoded` wrote.
  /// - Throws: `RankTraceError`.
  package init(encoded bytes: [UInt8]) throws {
    let size = MemoryLayout<UInt64>.size
    func word(_ offset: Int) -> UInt64 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }
    guard bytes.count >= size, let length = Int(exactly: word(0)), length <= bytes.count - size,
      let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[size..<size + length]))
    else { throw RankTraceError() }
    var offset = size + length
    let counts = header.lanes.map(\.count)
    guard counts.allSatisfy({ (0...bytes.count).contains($0) }),
      bytes.count - offset == counts.reduce(0, +) * 4 * size
    else { throw RankTraceError() }
    var lanes: [Lane] = []
    for lane in header.lanes {
      var events: [Event] = []
      events.reserveCapacity(lane.count)
      for _ in 0..<lane.count {
        let packed = word(offset + 2 * size)
        let name = Int(packed & 0xffff_ffff)
        guard let category = Timeline.Category(rawValue: UInt8(packed >> 32 & 0xff)),
          header.names.indices.contains(name),
          let argument = Self.argument(
            packed >> 40, Int(Int64(bitPattern: word(offset + 3 * size))))
        else { throw RankTraceError() }
        events.append(
          Event(
            name: name, category: category, start: word(offset), end: word(offset + size), argument: argument)
        )
        offset += 4 * size
      }
      lanes.append(Lane(title: lane.title, dropped: lane.dropped, events: events))
    }
    self.init(rank: header.rank, host: header.host, names: header.names, lanes: lanes)
  }

  private static func code(_ argument: Timeline.Argument) -> (kind: UInt64, value: Int) {
    switch argument {
    case .none: (0, 0)
    case .bytes(let value): (1, value)
    case .step(let value): (2, value)
    case .sample(let value): (3, value)
    }
  }

  private static func argument(_ kind: UInt64, _ value: Int) -> Timeline.Argument? {
    switch kind {
    case 0: Timeline.Argument.none
    case 1: .bytes(value)
    case 2: .step(value)
    case 3: .sample(value)
    default: nil
    }
  }
}
