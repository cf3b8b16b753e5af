import Foundation
import Testing

@Suite("What a run tells of its ranks", .serialized)
struct TraceTests {
  private let program: Program
  private static let small = [
    "--size", "16", "--width", "8", "--batch-size", "16", "--sample-every", "0", "--threads", "1",
  ]

  init() throws { program = try Program() }

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  private struct Event {
    let name: String
    let category: String
    let rank: Int
    let lane: Int
    let start: Double
    let end: Double
    let step: Int?

    init?(_ object: [String: Any]) {
      guard object["ph"] as? String == "X", let name = object["name"] as? String,
        let category = object["cat"] as? String, let rank = object["pid"] as? Int,
        let lane = object["tid"] as? Int, let start = object["ts"] as? Double,
        let duration = object["dur"] as? Double
      else { return nil }
      self.name = name
      self.category = category
      self.rank = rank
      self.lane = lane
      self.start = start
      end = start + duration
      step = (object["args"] as? [String: Int])?["step"]
    }
  }

  @Test(
    "A trace has every rank's layers, waits, sums and pictures, nested in its steps, on one time",
    .enabled(if: Program.hasMPIRun), arguments: [2, 3])
  func trace(ranks: Int) throws {
    let began = Date()
    let result = try program.typed(
      ["train", "--out", "run", "--steps", "4", "--ranks", "\(ranks)", "--trace", "new/folder/trace.json"]
        + Self.small)
    let wall = Date().timeIntervalSince(began) * 1e6
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("new/folder/trace.json has "))
    let data = try Data(contentsOf: URL(fileURLWithPath: path("new/folder/trace.json")))
    let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let objects = try #require(root["traceEvents"] as? [[String: Any]])
    let events = objects.compactMap(Event.init)
    #expect(events.count + objects.filter { $0["ph"] as? String == "M" }.count == objects.count)
    #expect(Set(events.map(\.rank)) == Set(0..<ranks))
    #expect(events.allSatisfy { $0.start >= 0 && $0.end <= wall })
    for rank in 0..<ranks {
      let own = events.filter { $0.rank == rank }
      #expect(Set(own.map(\.category)).isSuperset(of: ["compute", "wait", "reduce", "decode"]))
      #expect(own.filter { $0.name == "step" }.map(\.step) == [1, 2, 3, 4])
      for name in [
        "generator.main.0 transposedConvolution forward", "discriminator.main.0 convolution weight gradient",
        "wait for batch norm over ranks", "optimizer of generator", "checkpoint",
      ] { #expect(own.contains { $0.name == name }, "rank \(rank) has no \(name)") }
      for lane in Set(own.map(\.lane)) { expectNested(own.filter { $0.lane == lane }) }
    }
    // All ranks are in the same step at the same time: its sums over ranks end after every rank has begun it.
    let steps = events.filter { $0.name == "step" }
    for step in 1...4 {
      let same = steps.filter { $0.step == step }
      let latest = try #require(same.map(\.start).max())
      #expect(same.allSatisfy { latest < $0.end })
    }
    // It is not one of the run's options.
    let options = try String(contentsOfFile: path("run/options.json"), encoding: .utf8)
    #expect(!options.contains("trace"))
  }

  /// Events of a thread come by their beginnings, and end before what they lie in.
  private func expectNested(_ events: [Event]) {
    var open: [Double] = []
    var last = 0.0
    for event in events {
      #expect(event.start >= last)
      last = event.start
      // Microseconds are sums of doubles here.
      while let end = open.last, end <= event.start + 1e-4 { open.removeLast() }
      if let end = open.last { #expect(event.end <= end + 1e-4, "\(event.name) ends after what it lies in") }
      open.append(event.end)
    }
  }

  @Test("A trace that cannot be written is told before the run, which leaves nothing behind")
  func refused() throws {
    let result = try program.typed(["train", "--out", "run", "--steps", "1", "--trace", "."] + Self.small)
    #expect(result.code == 1)
    #expect(result.errors.contains("error: --trace: cannot write .: it is a folder, not a file"))
    #expect(!FileManager.default.fileExists(atPath: path("run")))
    let empty = try program.typed(["train", "--out", "run", "--trace", ""] + Self.small)
    #expect(empty.code == 64 && empty.errors.contains("--trace is empty"))
  }

  @Test("Metrics tell what each rank waited, and of overlap where there is somebody to wait for")
  func metrics() throws {
    func lines(_ out: String, _ more: String...) throws -> [[String: Any]] {
      let result = try program.typed(
        ["train", "--out", out, "--steps", "4", "--log-every", "2", "--check-every", "3"] + Self.small + more)
      #expect(result.code == 0, "\(result.errors)")
      return try String(contentsOfFile: path("\(out)/metrics.jsonl"), encoding: .utf8).split(separator: "\n")
        .map {
          try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
    for line in try lines("one") {
      #expect((line["wait_seconds"] as? [Double])?.count == 1 && line["overlap_percent"] is NSNull)
    }
    guard Program.hasMPIRun else { return }
    for line in try lines("two", "--ranks", "2") {
      let waits = try #require(line["wait_seconds"] as? [Double])
      #expect(waits.count == 2 && waits.max() == line["comm_seconds"] as? Double)
      let batchNorm = try #require(line["batch_norm_wait_seconds"] as? Double)
      #expect(batchNorm > 0 && batchNorm <= waits.max() ?? 0)
      let overlap = try #require(line["overlap_percent"] as? Double)
      #expect((0...100).contains(overlap))
    }
  }
}
