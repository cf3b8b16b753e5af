import Cluster
import Communication
import Foundation
import Reporting
import Tensors
import Testing
import ThreadRanks

@Suite("Clocks of ranks")
struct ClockTests {
  @Test("An offset is found to within its own bound, whatever the clocks show", arguments: [2, 3])
  func offsets(ranks: Int) throws {
    let shifts: [Int64] = [0, 7_000_000_000, -3_000_000_000]
    let all = try ThreadCommunicator.run(ranks: ranks) { communicator in
      let shift = shifts[communicator.rank]
      return try ClockReading.take(on: communicator) { UInt64(Int64(Timeline.now) + shift) }
    }
    #expect(all[0].count == ranks && all[1].isEmpty)
    for (rank, reading) in all[0].enumerated() {
      let found = Int64(reading.own) - Int64(reading.root)
      #expect(abs(found - shifts[rank]) <= Int64(reading.uncertainty))
    }
  }

  @Test("Between two readings clocks drift evenly, outside the nearer one holds")
  func drift() {
    // This clock begins 100 ahead and loses 40 in 1000.
    let first = ClockReading(own: 1_100, root: 1_000, uncertainty: 1)
    let last = ClockReading(own: 2_060, root: 2_000, uncertainty: 1)
    let correction = ClockCorrection(first: first, last: last)
    #expect(correction.rootTime(1_100) == 1_000 && correction.rootTime(2_060) == 2_000)
    #expect(correction.rootTime(1_580) == 1_500)
    #expect(correction.rootTime(600) == 500 && correction.rootTime(3_060) == 3_000)
    let once = ClockCorrection(first: first, last: first)
    #expect(once.rootTime(5_100) == 5_000 && once.rootTime(40) == 0)
  }
}

@Suite("The file of a trace")
struct ChromeTraceTests {
  private func sample(rank: Int) -> RankTrace {
    RankTrace(
      rank: rank, host: "host \"\(rank)\"\n", names: ["step", "wait"],
      lanes: [
        .init(
          title: "compute", dropped: 3,
          events: [
            .init(name: 1, category: .wait, start: 2_500, end: 3_000),
            .init(name: 0, category: .compute, start: 1_001, end: 4_000, argument: .step(1)),
          ]),
        .init(title: "reduce", events: []),
        .init(
          title: "decode 0",
          events: [.init(name: 1, category: .decode, start: 9, end: 1_009, argument: .sample(-1))]),
      ])
  }

  @Test("A rank's trace travels as bytes, and damaged bytes are an error")
  func coding() throws {
    let trace = sample(rank: 1)
    let bytes = try trace.encoded()
    #expect(try RankTrace(encoded: bytes) == trace)
    for count in [0, 7, 8, 100, bytes.count - 1] {
      #expect(throws: RankTraceError.self) { try RankTrace(encoded: Array(bytes.prefix(count))) }
    }
    #expect(throws: RankTraceError.self) { try RankTrace(encoded: bytes + [0]) }
    #expect(throws: RankTraceError.self) { try RankTrace(encoded: Array(repeating: 255, count: 64)) }
  }

  @Test("A timeline becomes a trace")
  func timeline() {
    let timeline = Timeline(eventsPerLane: 2)
    let lane = timeline.lane("compute")
    for step in 1...3 {
      lane.record(timeline.name("step"), .compute, from: UInt64(step), to: UInt64(step + 1), .step(step))
    }
    let trace = RankTrace(timeline, rank: 4, host: "h")
    #expect(trace.names == ["step"] && trace.lanes.map(\.dropped) == [1])
    #expect(trace.lanes[0].events.map(\.argument) == [.step(2), .step(3)])
  }

  @Test(
    "The file is JSON of metadata and complete events, in microseconds from the first, outer before inner")
  func json() throws {
    let file = ChromeTrace([sample(rank: 0), sample(rank: 1)])
    #expect(file.count == 6 && file.dropped == 6)
    let root = try #require(
      JSONSerialization.jsonObject(with: Data(file.json)) as? [String: Any])
    let events = try #require(root["traceEvents"] as? [[String: Any]])
    let complete = events.filter { $0["ph"] as? String == "X" }
    #expect(complete.count == 6)
    let own = complete.filter { $0["pid"] as? Int == 1 && $0["tid"] as? Int == 0 }
    #expect(own.map { $0["name"] as? String } == ["step", "wait"])
    #expect(own.map { $0["ts"] as? Double } == [0.992, 2.491])
    #expect(own.map { $0["dur"] as? Double } == [2.999, 0.5])
    #expect((own[0]["args"] as? [String: Int]) == ["step": 1] && own[1]["args"] == nil)
    #expect(own.map { $0["cat"] as? String } == ["compute", "wait"])
    let names = events.filter { $0["name"] as? String == "process_name" }
      .map { ($0["args"] as? [String: String])?["name"] }
    #expect(names == ["rank 0 (host \"0\"\n)", "rank 1 (host \"1\"\n)"])
    // A thread that did nothing is left out.
    #expect(events.filter { $0["name"] as? String == "thread_name" }.count == 4)
    let nothing = try JSONSerialization.jsonObject(with: Data(ChromeTrace([]).json))
    #expect(nothing is [String: Any])
  }

  @Test("A file that cannot be written is an error that names it, and its folder is made")
  func files() throws {
    let folder = NSTemporaryDirectory() + "dcgan-trace-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ChromeTrace([]).write(to: folder + "/a/b/trace.json")
    #expect(FileManager.default.fileExists(atPath: folder + "/a/b/trace.json"))
    for (path, word) in [(folder + "/a", "it is a folder"), (folder + "/a/b/trace.json/x", "cannot")] {
      let error = #expect(throws: (any Error).self) { try ChromeTrace([]).write(to: path) }
      #expect("\(error.map { "\($0)" } ?? "")".contains(word))
    }
  }
}
