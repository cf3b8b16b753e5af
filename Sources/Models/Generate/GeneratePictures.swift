import Checkpoints
import Cluster
import Drawing
import Files
import Foundation
import Networks
import Options
import Recipes
import Tensors
import Training
import Wording

/// Makes pictures with trained generators.
package enum Generation {
  /// Makes pictures with a trained generator and writes them as a sheet or one by one.
  /// - Returns: the paths that were written.
  /// - Throws: `RunError`, errors of files and checkpoints.
  package static func run(_ request: GenerateRequest) throws -> [String] {
    try request.checkOut()
    try Machine.openLibraries()
    let source = try GeneratorSource.find(request)
    let pool = ThreadPool(threads: request.threads ?? ProcessorCount.available)
    let file = try SafetensorsReader(path: source.model)
    let network = Network(
      try source.architecture.summary(of: .generator), pool: pool,
      name: try GeneratorAverage.picked(request.average, of: file))
    try ModelFile.read(file, into: [network])
    let bytes = request.seeds.count * network.output.count * 4
    guard bytes <= Self.mostPictureBytes else {
      throw RunError(
        "\(request.seeds.count) pictures of \(network.output) take \(bytes >> 30) GiB at a time; ask for at most "
          + "\(Self.mostPictureBytes / 4 / network.output.count), for others with --seeds",
        code: RunExit.usage)
    }
    let room = min(64, request.seeds.count)
    network.prepare(samples: room, slices: room)
    let sampler = Sampler(
      network, of: source.architecture, source.latent, seed: 0, room: room, pool: pool)
    let choice = try LabelChoice(request.label, of: source.architecture)
    let inputs = sampler.inputs(
      request.seeds.map { .generated(seed: $0, codes: choice.codes, classes: choice.classes) })
    let pixels = try sampler.pictures(inputs)
    let form = network.output
    let batch = SheetPictures(
      count: request.seeds.count, height: form.height, width: form.width, channels: form.channels,
      pixels: pixels, range: sampler.pixelRange.ofSheets)
    var written: [String] = []
    if let raw = request.raw {
      try writeRaw(inputs, pixels, count: request.seeds.count, form, to: raw)
      written.append(raw)
    }
    switch request.layout {
    case .grid(let columns, _):
      try createParent(of: request.out)
      let labels =
        request.sheetLabels
        ? SheetLabels(ofInputs: inputs, columns: columns, source.architecture) : SheetLabels()
      try Sheet(columns: columns, labels: labels).draw(batch).writePNG(to: request.out)
      written.append(request.out)
    case .single:
      try createParent(of: request.out)
      try AtomicFile.write(batch[0].png(), to: request.out)
      written.append(request.out)
    case .separate:
      try createFolder(request.out)
      let files = AtomicFiles(in: request.out)
      for (index, seed) in request.seeds.enumerated() {
        try files.add(batch[index].png(), as: "seed-\(zeroPadded(seed, to: 8)).png")
      }
      try files.finish()
      written.append(request.out)
    }
    return written
  }

  /// The most bytes of pictures that one call makes.
  private static let mostPictureBytes = 2 << 30

  /// Writes G's inputs [N, Z, 1, 1], codes and labels included, and its pictures [N, C, H, W] in float32, as
  /// PyTorch has them.
  private static func writeRaw(
    _ inputs: [Float], _ pixels: [Float], count: Int, _ form: PictureShape, to path: String
  ) throws {
    try createParent(of: path)
    let pictures = TensorEntry(
      name: "pictures", type: .float32, shape: [count, form.channels, form.height, form.width]
    ) { bytes in
      let target = bytes.bindMemory(to: Float.self)
      for n in 0..<count {
        for p in 0..<form.pixels {
          for c in 0..<form.channels {
            target[(n * form.channels + c) * form.pixels + p] =
              pixels[(n * form.pixels + p) * form.channels + c]
          }
        }
      }
    }
    try inputs.withUnsafeBytes { z in
      let entry = TensorEntry(
        name: "z", type: .float32, shape: [count, inputs.count / count, 1, 1], bytes: z)
      _ = try Safetensors.write([entry, pictures], to: path)
    }
  }

  private static func createParent(of path: String) throws {
    // Not by Foundation, whose functions that split a path trap on a name of one letter.
    try createFolder(AtomicFile.split(path).folder)
  }

  private static func createFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw RunError("the folder \(path) cannot be created")
    }
  }
}

/// A generator's weights, and what is needed to run them.
private struct GeneratorSource {
  var model: String
  var architecture: Architecture
  var latent: LatentDistribution

  /// Finds what `--checkpoint` means.
  /// - Throws: as `SavedModel`; `RunError` where the networks are not known.
  static func find(_ request: GenerateRequest) throws -> GeneratorSource {
    let saved = try SavedModel(at: request.checkpoint, typed: request.checkpoint, by: "--checkpoint")
    if let recorded = saved.recorded {
      return GeneratorSource(
        model: saved.path, architecture: request.architecture ?? recorded.architecture,
        latent: recorded.recipe.latent)
    }
    guard let architecture = request.architecture else {
      throw RunError(
        "\(saved.path) is not within a run's folder, so its networks are not known: give --preset (and --width, --size as they were), or --architecture FILE",
        code: RunExit.usage)
    }
    return GeneratorSource(
      model: saved.path, architecture: architecture, latent: request.latent ?? distribution(of: architecture))
  }

  /// The distribution of z for networks without a run's record and without a recipe: that of the preset with their name,
  /// or else normal.
  private static func distribution(of architecture: Architecture) -> LatentDistribution {
    Preset.all.first { $0.name == architecture.name }?.recipe.latent ?? .normal
  }
}
