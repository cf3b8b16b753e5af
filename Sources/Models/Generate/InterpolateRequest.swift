import Cluster
import Files
import Recipes

/// A walk through a generator's inputs that was asked for.
package struct InterpolateRequest: Equatable, Sendable {
  /// How the frames are put into files.
  package enum Form: Equatable, Sendable {
    /// An animation, a GIF.
    case animation(framesPerSecond: Double)
    /// One sheet, a row for each leg of the walk.
    case sheet
    /// One file for each frame, such as `frame-0007.png`, in the folder.
    case files
  }
  /// The generator.
  package var generator: GeneratorChoice
  /// The seeds that the walk goes through; nil: 0 to 8, or 0 alone where several labels are given.
  package var seeds: [UInt64]?
  /// What `--label` asks for, as it was typed: nothing, one for all seeds, one for each seed, or several for one seed.
  package var labels: [String]
  /// How many frames there are from one seed to the next, the first seed's among them.
  package var frames: Int
  /// Whether the walk returns to the first seed.
  package var loops: Bool
  /// How the frames are put into files.
  package var form: Form
  /// Each pixel becomes a square of scale x scale pixels.
  package var scale: Int
  /// Whether the margin of a sheet names the seeds or labels of each leg.
  package var sheetLabels: Bool
  /// The path of the output: a folder for files, else a file.
  package var out: String

  /// The most frames from one seed to the next.
  package static let mostFrames = 1_000

  /// A request from its parts.
  /// - Parameter framesPerSecond: of a GIF; nil: 10.
  /// - Throws: `RunError` with code 64 for numbers out of their ranges, and an `out` that cannot be.
  package init(
    generator: GeneratorChoice, seeds: [UInt64]?, labels: [String] = [], frames: Int = 16,
    loops: Bool = false,
    framesPerSecond: Double? = nil, scale: Int = 1, sheetLabels: Bool = true, out: String
  ) throws {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    guard (1...Self.mostFrames).contains(frames) else {
      throw wrong("--frames must be a whole number from 1 to \(Self.mostFrames), and is \(frames)")
    }
    form = try Self.form(out, framesPerSecond)
    self.generator = generator
    self.seeds = seeds
    self.labels = labels
    self.frames = frames
    self.loops = loops
    self.scale = try SheetFile.checked(scale: scale)
    self.sheetLabels = sheetLabels
    self.out = out
  }

  /// The form that the name of the output means.
  private static func form(_ out: String, _ framesPerSecond: Double?) throws -> Form {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    let name = out.lowercased()
    let isFolder = Folder.isFolder(out)
    let form: Form =
      name.hasSuffix(".gif")
      ? .animation(framesPerSecond: framesPerSecond ?? 10) : name.hasSuffix(".png") ? .sheet : .files
    if form != .files, isFolder {
      throw wrong("--out \(out) is a folder with the name of a picture: name a file in it, or another folder")
    }
    if form == .files, [".jpg", ".jpeg", ".webp", ".mp4", ".webm"].contains(where: name.hasSuffix) {
      throw wrong(
        "--out \(out): a walk becomes a GIF (.gif), a sheet (.png), or PNG files in a folder, from which other programs make "
          + "films")
    }
    if form == .files, Folder.exists(out), !isFolder {
      throw wrong(
        "--out \(out) is a file, and without .gif or .png it names a folder for the frames: name another")
    }
    guard let framesPerSecond else { return form }
    guard case .animation = form else {
      throw wrong("--fps is the speed of a GIF, and --out \(out) is none: leave --fps out, or name a .gif")
    }
    guard framesPerSecond >= 0.1, framesPerSecond <= 50 else {
      throw wrong("--fps must be a number from 0.1 to 50, and is \(framesPerSecond)")
    }
    return form
  }
}

extension InterpolateRequest {
  /// A place that the walk goes through.
  struct Station: Equatable {
    var seed: UInt64
    /// What `--label` asks for; nil: the seed decides classes and codes.
    var label: String?
  }

  /// The stations of the walk, at least two.
  /// - Throws: `RunError` with code 64 where there is one alone, or seeds and labels do not fit together.
  func stations() throws -> [Station] {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    let seeds = seeds ?? (labels.count > 1 ? [0] : Array(0...8))
    if seeds.count == 1, labels.count > 1 { return labels.map { Station(seed: seeds[0], label: $0) } }
    guard seeds.count > 1 else {
      throw wrong(
        "interpolate goes from one seed to another, and \(seeds[0]) is the only one: give --seeds at least two, as "
          + "\(seeds[0]),\(seeds[0] == 0 ? 1 : 0), or several --label")
    }
    guard labels.count <= 1 || labels.count == seeds.count else {
      throw wrong(
        "\(seeds.count) seeds and \(labels.count) --label were given: give one --label for all, one for each seed, or one seed "
          + "that goes through all labels")
    }
    return seeds.enumerated().map { index, seed in
      Station(seed: seed, label: labels.count > 1 ? labels[index] : labels.first)
    }
  }
}
