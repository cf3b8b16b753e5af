import Checkpoints
import Drawing
import Foundation
import Testing

/// What becomes of pictures on their way into D and out of G, from files to files.
@Suite("Pictures in and out") struct PreprocessingTests {
  private let program: Program

  init() throws { program = try Program() }

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  /// An IDX file of `count` gray pictures that are all `pixels`.
  private func writeIDX(_ name: String, count: UInt8, height: UInt8, width: UInt8, _ pixels: [UInt8]) throws {
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, height, 0, 0, 0, width]
    let all = (0..<count).flatMap { _ in pixels }
    try Data(header + all).write(to: URL(fileURLWithPath: path(name)))
  }

  private func train(_ words: String...) throws -> Program.Outcome {
    try program.typed(
      ["train", "--channels", "1", "--batch-size", "8", "--log-every", "1", "--threads", "1"] + words)
  }

  /// The first line of a run's metrics.
  private func firstMetrics(_ run: String) throws -> [String: Any] {
    let text = try String(contentsOfFile: path("\(run)/metrics.jsonl"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first)
    return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test("keras64 cuts the middle out of what is too large and pads what is too small, and scales nothing")
  func cropOrPad() throws {
    let (height, width, size) = (70, 40, 64)
    let pixels = (0..<height * width).map { UInt8(($0 * 7 + $0 / width * 3) % 255 + 1) }
    try writeIDX("tall-images-idx3-ubyte", count: 8, height: UInt8(height), width: UInt8(width), pixels)
    let result = try train(
      "--preset", "keras64", "--width", "4", "--steps", "1", "--data", "tall-images-idx3-ubyte", "--out",
      "run")
    #expect(result.code == 0, "\(result.errors)")
    let sheet = try Raster(contentsOf: path("run/reals.png"), channels: 1)
    #expect((sheet.width - 2) % (size + 2) == 0 && (sheet.height - 2) % (size + 2) == 0)
    // The first cell and the last, each after a border of 2.
    for (left, top) in [(2, 2), (sheet.width - size - 2, sheet.height - size - 2)] {
      let wrong = (0..<size * size).filter { place in
        let (x, y) = (place % size, place / size)
        let (column, row) = (x - (size - width) / 2, y + (height - size) / 2)
        let wanted = (0..<width).contains(column) ? pixels[row * width + column] : 0
        return sheet.bytes[(top + y) * sheet.width + left + x] != wanted
      }
      #expect(wrong.isEmpty, "\(wrong.count) of \(size * size) pixels")
    }
    let changed = try program(
      "train", "--resume", "run", "--steps", "2", "--preprocessing", "stretch")
    #expect(changed.code == 64)
    #expect(changed.errors.contains("cannot change on a resume"))
    #expect(changed.errors.contains("cropOrPad"))
  }

  /// A black picture is all zeros to vanilla: whatever the weights are, D's biases begin at 0 and so is its logit. To
  /// dcgan64 it is all -1.
  @Test("vanilla learns from pixels in [0, 1], others from [-1, 1]")
  func pixelRange() throws {
    for (preset, size) in [("vanilla", 28), ("dcgan64", 16)] {
      try writeIDX(
        "\(preset)-images-idx3-ubyte", count: 8, height: UInt8(size), width: UInt8(size),
        [UInt8](repeating: 0, count: size * size))
      let result = try train(
        "--preset", preset, "--width", "16", "--size", "\(size)", "--steps", "1", "--data",
        "\(preset)-images-idx3-ubyte", "--out", preset)
      #expect(result.code == 0, "\(result.errors)")
    }
    let vanilla = try firstMetrics("vanilla")
    #expect(abs(try #require(vanilla["loss_d_real"] as? Double) - log(2)) < 1e-6)
    #expect(vanilla["d_real"] as? Double == 0.5)
    #expect(abs(try #require(firstMetrics("dcgan64")["loss_d_real"] as? Double) - log(2)) > 1e-4)
  }

  @Test("Pictures leave by the range that they were made in", arguments: [("vanilla", 28), ("dcgan64", 16)])
  func sheets(_ preset: String, _ size: Int) throws {
    let trained = try program(
      "train", "--preset", preset, "--width", "16", "--size", "\(size)", "--channels", "1", "--batch-size",
      "8",
      "--steps", "1", "--threads", "1", "--out", "run")
    #expect(trained.code == 0, "\(trained.errors)")
    let made = try program(
      "generate", "--checkpoint", "run", "--grid", "1x1", "--out", "one.png", "--raw", "one.safetensors")
    #expect(made.code == 0, "\(made.errors)")
    let tensor = try SafetensorsReader(path: path("one.safetensors")).tensor(named: "pictures")
    let raw = try tensor.floats(shape: tensor.shape)
    let sheet = try Raster(contentsOf: path("one.png"), channels: 1)
    #expect(raw.count == size * size && sheet.width == size)
    for (place, value) in raw.enumerated() {
      let share = preset == "vanilla" ? value : (value + 1) / 2
      #expect(share >= 0 && share <= 1)
      let byte = sheet.bytes[place]
      #expect(abs(Float(byte) - 255 * share) <= 0.501)
    }
  }
}
