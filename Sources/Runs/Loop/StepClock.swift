import Foundation
import Reporting

/// Times of a run: its training time so far, and where this rank's time went since the last logged step.
package struct StepClock {
  private let start = Pace.now()
  private let before: Double
  private var lastLog: (time: Double, times: RankTimes, images: Int, step: Int)
  private var stepSeconds = 0.0

  /// A clock of a run that goes on from `step`, up to which it has taken `before` seconds and `images`
  /// pictures.
  init(before: Double, images: Int, step: Int) {
    self.before = before
    lastLog = (Pace.now(), RankTimes(), images, step)
  }

  /// Training time in seconds, resumes included.
  var seconds: Double { before + Pace.now() - start }

  /// Runs `body`, a step or the rest of one, and counts its time as time of steps.
  mutating func timeStep<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = Pace.now()
    defer { stepSeconds += Pace.now() - start }
    return try body()
  }

  /// Means over this rank's steps between two lines of the log.
  struct Interval {
    /// Pictures a second, of all ranks.
    var imagesPerSecond: Double
    /// Where the time of a step went, on average.
    var times: RankTimes
    /// How many steps the interval has.
    var steps: Int
  }

  /// The steps since the last call. `communication` and `data` are this rank's totals so far.
  mutating func interval(
    communication: CommunicationTimes, data: Double, images: Int, step: Int
  ) -> Interval {
    let now = Pace.now()
    let times = RankTimes(
      steps: stepSeconds, communication: communication, data: data, memory: Double(Self.peakMemory))
    defer { lastLog = (now, times, images, step) }
    let steps = step - lastLog.step
    return Interval(
      imagesPerSecond: Double(images - lastLog.images) / max(1e-9, now - lastLog.time),
      times: lastLog.times.perStep(until: times, count: steps), steps: steps)
  }

  /// Resets the peak to the memory that is resident now, where the system can do so.
  package static func resetPeakMemory() {
    let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs")
    try? file?.write(contentsOf: Data("5".utf8))
    try? file?.close()
  }

  /// Peak resident memory of this process in bytes; 0 where the system does not tell.
  package static var peakMemory: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
    return 0
  }
}
