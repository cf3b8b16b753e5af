import Files
import Foundation
import Reporting
import TestSupport
import Testing

@Suite struct MetricsTests {
  static func record(_ step: Int, lossG: Double = 2.25) -> MetricsRecord {
    var watch = WatchNumbers()
    watch.sheetStep = 5
    watch.smoothness = 0.75
    watch.smoothnessLow = 0.25
    watch.lossDShareLow = 0.02
    return MetricsRecord(
      step: step, epoch: 0.1, images: step * 128, seconds: 12.5, imagesPerSecond: 1e3,
      means: StepNumbers(
        lossDReal: 0.25, lossDFake: 0.5, lossG: lossG, dReal: 0.875, dFakeBefore: 0.3, dFakeAfter: 1e-7),
      last: StepNumbers(
        lossDReal: 0.125, lossDFake: 0.5, lossG: 2, dReal: 0.5, dFakeBefore: 0.25, dFakeAfter: 0.125),
      lossDShare: 0.5625, gradNormD: 3, gradNormG: 4.5, lrD: 2e-4, lrG: 1e-4, commSeconds: 0.001,
      dataSeconds: 0, waitSeconds: [0.001, 0.0005],
      batchNormWaitSeconds: 0.00025,
      overlapPercent: 87.5, memoryBytes: 1 << 30, watch: watch)
  }

  @Test func aLineHasTheFieldsInTheirOrder() {
    let line = Self.record(10).jsonLine
    #expect(
      line == """
        {"step": 10, "epoch": 0.1, "images": 1280, "seconds": 12.5, "images_per_second": 1000.0, "loss_d": 0.75, \
        "loss_d_real": 0.25, "loss_d_fake": 0.5, "loss_g": 2.25, "d_real": 0.875, "d_fake_before": 0.3, \
        "d_fake_after": 1e-07, "loss_codes": null, "loss_classes": null, "loss_d_share": 0.5625, \
        "loss_d_last": 0.625, "loss_d_real_last": 0.125, "loss_d_fake_last": 0.5, "loss_g_last": 2.0, \
        "d_real_last": 0.5, "d_fake_before_last": 0.25, "d_fake_after_last": 0.125, "loss_codes_last": null, \
        "loss_classes_last": null, "grad_norm_d": 3.0, "grad_norm_g": 4.5, \
        "lr_d": 0.0002, "lr_g": 0.0001, "comm_seconds": 0.001, "data_seconds": 0.0, "wait_seconds": [0.001, 0.0005], "batch_norm_wait_seconds": 0.00025, "overlap_percent": 87.5, \
        "memory_bytes": 1073741824, "sheet_step": 5, "smoothness": 0.75, "smoothness_low": 0.25, "variety": null, \
        "variety_low": null, "loss_d_share_low": 0.02, "loss_d_share_high": null}
        """)
  }

  @Test func otherReadersAgree() throws {
    let line = Self.record(10, lossG: .nan).jsonLine
    let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object.count == 41)
    #expect(object["wait_seconds"] as? [Double] == [0.001, 0.0005])
    #expect(object["loss_g"] is NSNull)
    #expect(object["d_fake_after"] as? Double == 1e-7)
  }

  @Test func whatIsNotFiniteIsNull() throws {
    for value in [Double.nan, .infinity, -.infinity] {
      let line = Self.record(1, lossG: value).jsonLine
      #expect(line.contains("\"loss_g\": null"))
      #expect(try MetricsRecord(jsonLine: line).lossG.isNaN)
    }
  }

  @Test func onOneRankNothingOverlaps() throws {
    var record = Self.record(1)
    record.waitSeconds = [0]
    record.overlapPercent = nil
    #expect(record.jsonLine.contains("\"overlap_percent\": null"))
    #expect(try MetricsRecord(jsonLine: record.jsonLine) == record)
  }

  private static let ofWatch = ["sheet_step", "smoothness", "smoothness_low", "variety", "variety_low"]
  private static var names: [String] {
    record(1).jsonLine.matches(of: /"(\w+)":/).map { String($0.1) }
  }

  @Test func aFileOfAnEarlierVersionIsRead() throws {
    var line = Self.record(7).jsonLine
    for field in [
      "\"wait_seconds\": [0.001, 0.0005], ", "\"batch_norm_wait_seconds\": 0.00025, ",
      "\"overlap_percent\": 87.5, ",
    ] {
      #expect(line.contains(field))
      line = line.replacingOccurrences(of: field, with: "")
    }
    // Before there were means, a line was of one step.
    for name in Self.names
    where name.hasSuffix("_last") || name.contains("share") || Self.ofWatch.contains(name) {
      line = line.replacing(try Regex(", \"\(name)\": [^,}]+"), with: "")
    }
    let record = try MetricsRecord(jsonLine: line)
    #expect(record.last == record.means && record.lossDShare == nil && record.watch == WatchNumbers())
    #expect(record.step == 7 && record.memoryBytes == 1 << 30)
    #expect(record.waitSeconds.isEmpty && record.batchNormWaitSeconds.isNaN && record.overlapPercent == nil)
  }

  @Test func numbersComeBackToTheBit() throws {
    var record = Self.record(3)
    for value: Double in [
      0.1 + 0.2, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0, Double(Float(0.1)), 1e16,
    ] {
      record.means.lossG = value
      record.watch.variety = value
      #expect(try MetricsRecord(jsonLine: record.jsonLine) == record)
    }
  }

  @Test func aReaderSeesEveryLineAtOnce() throws {
    let scratch = try Scratch()
    let path = scratch.file("metrics.jsonl")
    let file = try MetricsFile(path: path)
    for step in 1...3 {
      try file.append(Self.record(step))
      #expect(try MetricsFile.read(path).map(\.step) == Array(1...step))
    }
    try MetricsFile(path: path).append(Self.record(4))
    #expect(try MetricsFile.read(path).count == 4)
    _ = try MetricsFile(path: path, startEmpty: true)
    #expect(try MetricsFile.read(path).isEmpty)
  }

  @Test func aTornLastLineIsPassedOver() throws {
    let scratch = try Scratch()
    let path = scratch.file("m")
    try AtomicFile.write(Self.record(1).jsonLine + "\n" + Self.record(2).jsonLine.prefix(40), to: path)
    #expect(try MetricsFile.read(path).map(\.step) == [1])
  }

  @Test func aDamagedLineIsNamed() throws {
    let scratch = try Scratch()
    let path = scratch.file("m")
    try AtomicFile.write("\(Self.record(1).jsonLine)\n{\"step\": 2}\n\(Self.record(3).jsonLine)\n", to: path)
    let error = #expect(throws: MetricsError.self) { try MetricsFile.read(path) }
    #expect(error?.line == 2)
    #expect(error?.description.hasPrefix("\(path): line 2 is not one JSON object") == true)
  }

  @Test func aMissingFileIsNamed() throws {
    let path = try Scratch().file("m")
    let error = #expect(throws: FileError.self) { try MetricsFile.read(path) }
    #expect(error?.description == "cannot read \(path): there is no such file")
  }

  @Test func truncationKeepsLinesToTheByte() throws {
    let scratch = try Scratch()
    let path = scratch.file("m")
    // Spaces that we would not write show whether a line was written anew.
    let odd = Self.record(10).jsonLine.replacingOccurrences(of: ": ", with: ":   ")
    let torn = Self.record(40).jsonLine.prefix(100)
    try AtomicFile.write(
      "\(odd)\n\(Self.record(20).jsonLine)\n\n\(Self.record(30).jsonLine)\n\(torn)", to: path)
    let result = try MetricsFile.truncate(path, afterStep: 20)
    #expect(result == .init(later: 1, damaged: 1))
    #expect(try scratch.text("m") == "\(odd)\n\(Self.record(20).jsonLine)\n")
    #expect(try MetricsFile.truncate(path, afterStep: 20) == .init())
    #expect(try MetricsFile.truncate(path, afterStep: 0) == .init(later: 2, damaged: 0))
    #expect(try scratch.text("m").isEmpty)
    #expect(try scratch.names() == ["m"])
  }

  @Test func truncationSurvivesDamage() throws {
    let scratch = try Scratch()
    let path = scratch.file("m")
    try AtomicFile.write(
      "\(Self.record(1).jsonLine)\n\u{0}\u{0}garbage\n\(Self.record(2).jsonLine)", to: path)
    #expect(try MetricsFile.truncate(path, afterStep: 5) == .init(later: 0, damaged: 1))
    #expect(try MetricsFile.read(path).map(\.step) == [1, 2])
    #expect(try MetricsFile.truncate(scratch.file("none"), afterStep: 5) == .init())
  }
}
