import Files
import Foundation
import Tensors
import Wording

/// The traces of all ranks as one file in the Trace Event Format, the JSON that chrome://tracing and Perfetto
/// (ui.perfetto.dev) open: each rank is a process, each lane a thread, each event a complete event ("X").
package struct ChromeTrace {
  /// The traces of the ranks; their times must be those of one clock.
  package var ranks: [RankTrace]

  /// A file of these ranks, whose times must be those of one clock (rank 0's).
  package init(_ ranks: [RankTrace]) {
    self.ranks = ranks
  }

  /// How many events the file has.
  package var count: Int { ranks.reduce(0) { $0 + $1.lanes.reduce(0) { $0 + $1.events.count } } }

  /// How many older events were dropped for lack of room.
  package var dropped: Int { ranks.reduce(0) { $0 + $1.lanes.reduce(0) { $0 + $1.dropped } } }

  /// The bytes of the file. Times are microseconds since the first event.
  package var json: [UInt8] {
    var text = Array("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n".utf8)
    text.reserveCapacity(160 * count)
    let origin = ranks.lazy.flatMap(\.lanes).flatMap(\.events).map(\.start).min() ?? 0
    var isFirst = true
    func add(_ line: String) {
      if !isFirst { text += ",\n".utf8 }
      isFirst = false
      text += line.utf8
    }
    for rank in ranks {
      let who = "\"pid\": \(rank.rank)"
      add(Self.metadata("process_name", who, "\"name\": \(Self.quoted("rank \(rank.rank) (\(rank.host))"))"))
      add(Self.metadata("process_sort_index", who, "\"sort_index\": \(rank.rank)"))
      let names = rank.names.map(Self.quoted)
      for (tid, lane) in rank.lanes.enumerated() where !lane.events.isEmpty {
        let thread = "\(who), \"tid\": \(tid)"
        add(Self.metadata("thread_name", thread, "\"name\": \(Self.quoted(lane.title))"))
        add(Self.metadata("thread_sort_index", thread, "\"sort_index\": \(tid)"))
        for event in Self.nested(lane.events) {
          add(
            "{\"ph\": \"X\", \"name\": \(names[event.name]), \"cat\": \"\(event.category.word)\", \(thread), "
              + "\"ts\": \(Self.microseconds(event.start - origin)), "
              + "\"dur\": \(Self.microseconds(event.end - event.start))\(Self.arguments(event.argument))}")
        }
      }
    }
    text += "\n]}\n".utf8
    return text
  }

  /// Writes the file, wholly or not at all, and makes its folder if there is none.
  /// - Throws: `FileError`.
  package func write(to path: String) throws {
    try Self.makeFolder(of: path)
    try AtomicFile.write(json, to: path)
  }

  /// Makes the folder that `path` lies in, and its parents.
  /// - Throws: `FileError` if the folder cannot be made or written to, or if `path` is itself a folder.
  package static func makeFolder(of path: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw FileError(action: "write", path: path, code: EISDIR)
    }
    let folder = AtomicFile.split(path).folder
    try RunFolder.create(folder)
    guard access(folder, W_OK) == 0 else {
      throw FileError(action: "write", path: path)
    }
  }

  /// The events in the order of their starts; an event that encloses others comes before them.
  private static func nested(_ events: [RankTrace.Event]) -> [RankTrace.Event] {
    // Of two events with the same times, the one that was recorded later encloses the other.
    events.enumerated().sorted { one, other in
      let (a, b) = (one.element, other.element)
      if a.start != b.start { return a.start < b.start }
      if a.end != b.end { return a.end > b.end }
      return one.offset > other.offset
    }.map(\.element)
  }

  private static func metadata(_ kind: String, _ who: String, _ argument: String) -> String {
    "{\"ph\": \"M\", \"name\": \"\(kind)\", \(who), \"args\": {\(argument)}}"
  }

  private static func arguments(_ argument: Timeline.Argument) -> String {
    switch argument {
    case .none: ""
    case .bytes(let value): ", \"args\": {\"bytes\": \(value)}"
    case .step(let value): ", \"args\": {\"step\": \(value)}"
    case .sample(let value): ", \"args\": {\"sample\": \(value)}"
    }
  }

  /// Nanoseconds as microseconds with three digits after the point.
  private static func microseconds(_ nanoseconds: UInt64) -> String {
    "\(nanoseconds / 1000).\(zeroPadded(nanoseconds % 1000, to: 3))"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Timeline.Category {
  /// The word for the category in files.
  package var word: String {
    switch self {
    case .compute: "compute"
    case .wait: "wait"
    case .reduce: "reduce"
    case .decode: "decode"
    }
  }
}
