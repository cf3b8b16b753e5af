import Checkpoints
import Cluster
import Drawing
import Files
import Foundation
import Networks
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
    let source = try ModelSource.find(
      request.checkpoint, by: "--checkpoint", architecture: request.architecture, latent: request.latent)
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
    let inputs: [Float]
    if let latents = request.latents {
      inputs = try RawPictures.inputs(latents, of: source.architecture)
    } else {
      let choice = try LabelChoice(request.label, of: source.architecture)
      inputs = sampler.inputs(
        request.seeds.map { .generated(seed: $0, codes: choice.codes, classes: choice.classes) })
    }
    let pixels = try sampler.pictures(inputs)
    let form = network.output
    let batch = SheetPictures(
      count: request.seeds.count, height: form.height, width: form.width, channels: form.channels,
      pixels: pixels, range: sampler.pixelRange.ofSheets)
    var written: [String] = []
    if let raw = request.raw {
      try createParent(of: raw)
      try RawPictures.write(inputs, pixels, source.architecture, to: raw)
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
        let name = request.latents == nil ? "seed" : "picture"
        try files.add(batch[index].png(), as: "\(name)-\(zeroPadded(seed, to: 8)).png")
      }
      try files.finish()
      written.append(request.out)
    }
    return written
  }

  /// The most bytes of pictures that one call makes.
  private static let mostPictureBytes = 2 << 30

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
