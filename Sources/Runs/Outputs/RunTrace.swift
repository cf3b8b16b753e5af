import Cluster
import Communication
import Foundation
import Layers
import Networks
import Reporting
import Tensors
import Wording

/// `--trace`: what the threads of all ranks did, and when. Rank 0 writes one file of it.
final class RunTrace {
  /// This rank's timeline.
  let timeline: Timeline
  /// The training thread's lane.
  let compute: Timeline.Lane
  private let path: String
  private let communicator: any Communicator
  private let begin: [ClockReading]

  /// Makes the lanes, checks on rank 0 that the file can be written, and reads all clocks. Collective.
  /// - Throws: `RunError` where the file's folder cannot be made; `CommunicationError`.
  init(path: String, communicator: any Communicator) throws {
    self.path = path
    self.communicator = communicator
    timeline = Timeline()
    compute = timeline.lane("compute")
    _ = timeline.lane("reduce")
    _ = try decidedByRankZero(communicator) {
      do {
        try ChromeTrace.makeFolder(of: path)
      } catch {
        throw RunError("--trace: \(error)")
      }
      return true
    }
    begin = try ClockReading.take(on: communicator)
  }

  /// Gathers the timelines and writes the file on rank 0, with all times by rank 0's clock. Where the file
  /// cannot be written, this warns and does not throw, as the run itself has ended well. Collective.
  /// - Throws: `CommunicationError`.
  func write(_ log: RunLog) throws {
    let end = try ClockReading.take(on: communicator)
    let own = try RankTrace(timeline, rank: communicator.rank, host: communicator.hostName).encoded()
    guard let parts = try own.withUnsafeBytes({ try communicator.gather($0, to: 0) }) else { return }
    do {
      var ranks = try parts.map(RankTrace.init(encoded:))
      for index in ranks.indices {
        ranks[index].correct(by: ClockCorrection(first: begin[index], last: end[index]))
      }
      let file = ChromeTrace(ranks)
      try file.write(to: path)
      let most = max(begin.map(\.uncertainty).max() ?? 0, end.map(\.uncertainty).max() ?? 0)
      let clocks = ranks.count > 1 ? "; clocks agree to \(Self.words(nanoseconds: most))" : ""
      let older =
        file.dropped > 0
        ? "; each thread's newest \(grouped(timeline.eventsPerLane)) are kept, \(grouped(file.dropped)) older ones are not"
        : ""
      log.info(
        "\(path) has \(grouped(file.count)) events for ui.perfetto.dev or chrome://tracing\(older)\(clocks)")
    } catch {
      log.warning("the trace was not written: \(error)")
    }
  }

  private static func words(nanoseconds: UInt64) -> String {
    nanoseconds < 100_000
      ? String(format: "%.1f microseconds", Double(nanoseconds) * 1e-3)
      : String(format: "%.1f ms", Double(nanoseconds) * 1e-6)
  }
}

extension RankTrace {
  /// Turns all times into rank 0's.
  mutating func correct(by correction: ClockCorrection) {
    for lane in lanes.indices {
      for event in lanes[lane].events.indices {
        let (start, end) = (lanes[lane].events[event].start, lanes[lane].events[event].end)
        lanes[lane].events[event].start = correction.rootTime(start)
        lanes[lane].events[event].end = max(lanes[lane].events[event].start, correction.rootTime(end))
      }
    }
  }
}

extension StepContext {
  /// Records in `timeline`, from now on, what this rank's step does: the passes of each layer, the other
  /// parts of a step, and the waiting for sums over ranks.
  func record(into timeline: Timeline) {
    self.timeline = timeline
    let lane = timeline.lane("compute")
    sums.recording = (lane, timeline.name("wait for losses over ranks"))
    batchNormSums?.recording = (lane, timeline.name("wait for batch norm over ranks"))
    reducers.record(into: timeline)
    var entries: [TimedPart: PassRecorder.Entry] = [:]
    for network in adversaries.all.map(\.network) {
      for (place, layer) in network.computingLayers.enumerated() {
        for pass in LayerPass.allCases {
          let name = timeline.name("\(layer.name) \(layer.kind) \(pass.rawValue)")
          entries[.layer(network: network.role.rawValue, place: place, pass)] = .init(name, .compute)
        }
      }
      let role = network.role
      entries[.sliceSums(role)] = .init(timeline.name("wait for gradients of \(role.rawValue)"), .wait)
      entries[.optimizer(role)] = .init(timeline.name("optimizer of \(role.rawValue)"), .compute)
    }
    entries[.latents] = .init(timeline.name("z"), .compute)
    entries[.losses] = .init(timeline.name("loss"), .compute)
    let clock = step.clock ?? PassClock()
    clock.recorder = PassRecorder(lane: lane, entries: entries)
    step.clock = clock
  }
}
