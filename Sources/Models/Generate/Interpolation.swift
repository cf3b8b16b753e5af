import Cluster
import Configuration
import Drawing
import Files
import Foundation
import Networks
import Wording

/// Draws walks through the inputs of trained generators (Radford, Metz and Chintala 2015, section 6.1 and figure 4).
package enum Interpolation {
  /// A walk that was written.
  package struct Outcome: Equatable, Sendable {
    /// The path of the file or folder.
    package var out: String
    /// How many frames the walk has; on a sheet the seeds between two legs stand on both and count twice.
    package var frames: Int
    /// How z went from one seed to the next.
    package var path: LatentPath
    /// The seeds that the walk goes through.
    package var seeds: [UInt64]
    /// The label of each seed, as it was typed; nil: the seed decides.
    package var labels: [String?]

    /// The outcome as one object.
    package var json: ConfigurationValue {
      .object([
        .init("out", .string(out)), .init("frames", .integer(frames)), .init("path", .string(path.rawValue)),
        .init("seeds", .array(seeds.map { .integer(Int($0)) })),
        .init("labels", .array(labels.map { label in label.map { .string($0) } ?? .null })),
      ])
    }
  }

  /// Draws a walk and writes it, each file wholly or not at all.
  /// - Throws: `RunError`, errors of files and checkpoints.
  package static func run(_ request: InterpolateRequest) throws -> Outcome {
    let stations = try request.stations()
    let legs = InputWalk.legs(stations: stations.count, loops: request.loops)
    let isSheet = request.form == .sheet
    let count =
      isSheet
      ? legs * (request.frames + 1)
      : InputWalk.count(stations: stations.count, frames: request.frames, loops: request.loops)
    let generator = try TrainedGenerator(request.generator, pictures: count)
    let form = generator.form
    guard count <= generator.mostPictures else {
      throw RunError(
        "\(grouped(count)) frames of \(form) are more than the \(grouped(generator.mostPictures)) that one call makes: take "
          + "fewer --seeds or --frames", code: RunExit.usage)
    }
    let sheet = Sheet(
      columns: isSheet ? request.frames + 1 : 1, scale: request.scale,
      labels: request.sheetLabels ? labels(of: stations, legs: legs) : SheetLabels())
    try checkSize(request, count: count, width: form.width, height: form.height, sheet)
    let walk = InputWalk(
      stations: try stations.flatMap {
        generator.inputs([$0.seed], try LabelChoice($0.label, of: generator.architecture))
      }, latent: generator.latentSize, path: LatentPath(generator.latent), frames: request.frames,
      loops: request.loops)
    switch request.form {
    case .files: try prepareFolder(request.out, frames: count)
    case .animation, .sheet: try Generation.createParent(of: request.out)
    }
    let pictures = generator.pictures(try generator.pixels(isSheet ? walk.legByLeg : walk.once))
    switch request.form {
    case .animation(let framesPerSecond):
      try AtomicFile.write(animation(pictures, request.scale, framesPerSecond), to: request.out)
    case .sheet: try sheet.draw(pictures).writePNG(to: request.out)
    case .files:
      let files = AtomicFiles(in: request.out)
      for index in 0..<count {
        try files.add(pictures[index].enlarged(by: request.scale).png(), as: name(index, of: count))
      }
      try files.finish()
    }
    return Outcome(
      out: request.out, frames: count, path: walk.path, seeds: stations.map(\.seed),
      labels: stations.map(\.label))
  }

  /// Names each row of a sheet by what it goes from and to; what all have in common is in the title.
  private static func labels(of stations: [InterpolateRequest.Station], legs: Int) -> SheetLabels {
    func isOne<Value: Hashable>(_ values: [Value]) -> Bool { Set(values).count == 1 }
    let (sameSeed, sameLabel) = (isOne(stations.map(\.seed)), isOne(stations.map(\.label)))
    func drawn(_ label: String?) -> String? { label.flatMap { StrokeFont.has($0) ? $0 : nil } }
    let names = stations.map { station in
      let label = sameLabel ? nil : drawn(station.label)
      return (sameSeed ? [] : ["\(station.seed)"]).joined() + (label.map { sameSeed ? $0 : " \($0)" } ?? "")
    }
    let title =
      (sameSeed ? ["seed \(stations[0].seed)"] : [])
      + (sameLabel ? [drawn(stations[0].label)] : []).compactMap { $0 }
    return SheetLabels(
      title: title, rowsTitle: sameSeed ? "" : "seeds",
      rows: (0..<legs).map { "\(names[$0]) to \(names[($0 + 1) % names.count])" })
  }

  // MARK: Limits

  private static func checkSize(
    _ request: InterpolateRequest, count: Int, width: Int, height: Int, _ sheet: Sheet
  ) throws {
    let remedy = "take fewer --seeds or --frames, a smaller --scale, or a folder as --out"
    switch request.form {
    case .files: return
    case .sheet:
      let size = sheet.size(count, width: width, height: height)
      guard size.width * size.height > Sheet.mostPixels else { return }
      throw RunError(
        "a sheet of \(grouped(count)) pictures, \(grouped(size.width)) x \(grouped(size.height)) pixels, is too large: "
          + remedy, code: RunExit.usage)
    case .animation:
      let (wide, high) = (width * request.scale, height * request.scale)
      guard count * wide * high > GIFFile.mostPixels || max(wide, high) > GIFFile.largestSide else { return }
      throw RunError(
        "a GIF of \(grouped(count)) frames of \(wide) x \(high) pixels is too large: \(remedy)",
        code: RunExit.usage)
    }
  }

  // MARK: Files

  private static func animation(_ pictures: SheetPictures, _ scale: Int, _ framesPerSecond: Double) -> [UInt8]
  {
    var file = GIFFile(
      width: pictures.width * scale, height: pictures.height * scale,
      centiseconds: GIFFile.centiseconds(framesPerSecond: framesPerSecond))
    for index in 0..<pictures.count {
      file.append(pictures[index].enlarged(by: scale).indexed(dithers: true))
    }
    return file.finished()
  }

  private static func name(_ index: Int, of count: Int) -> String {
    "frame-\(zeroPadded(index, to: max(4, String(count - 1).count))).png"
  }

  /// Creates the folder of the frames.
  /// - Throws: `RunError` where it holds frames of another walk that these would not replace, as a film made of the
  ///   folder would have them, too.
  private static func prepareFolder(_ path: String, frames: Int) throws {
    try Generation.createFolder(path)
    let own = Set((0..<frames).map { name($0, of: frames) })
    let others = try Folder.list(path).filter {
      $0.hasPrefix("frame-") && $0.hasSuffix(".png") && !own.contains($0)
    }
    guard let other = others.first else { return }
    throw RunError(
      "--out \(path) holds \(other) of another walk, which this one of \(counted(frames, "frame")) would not replace: name "
        + "another folder, or empty it", code: RunExit.usage)
  }
}
