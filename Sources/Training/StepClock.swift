import Foundation
import Reporting

/// Times of a run: what it has taken in all, and what went into waiting since the last logged step.
struct StepClock {
  private let start = Pace.now()
  private let before: Double
  private var lastLog: (time: Double, communication: Double, data: Double, images: Int, step: Int)

  /// A clock of a run that has taken `before` seconds and `images` pictures up to `step`.
  init(before: Double, images: Int, step: Int) {
    self.before = before
    lastLog = (Pace.now(), 0, 0, images, step)
  }

  /// Training time in seconds, resumes included.
  var seconds: Double { before + Pace.now() - start }

  /// Means per step since the last call. `communication` and `data` are this rank's totals so far.
  mutating func interval(
    communication: Double, data: Double, images: Int, step: Int
  ) -> (imagesPerSecond: Double, communication: Double, data: Double) {
    let now = Pace.now()
    let steps = Double(max(1, step - lastLog.step))
    let result = (
      Double(images - lastLog.images) / max(1e-9, now - lastLog.time),
      (communication - lastLog.communication) / steps, (data - lastLog.data) / steps
    )
    lastLog = (now, communication, data, images, step)
    return result
  }

  /// Lets the peak begin anew at what is resident now, where the system can.
  static func resetPeakMemory() {
    let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs")
    try? file?.write(contentsOf: Data("5".utf8))
    try? file?.close()
  }

  /// Peak resident memory of this process in bytes; 0 where the system does not tell.
  static var peakMemory: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
    return 0
  }
}
