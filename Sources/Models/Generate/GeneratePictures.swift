import Checkpoints
import Cluster
import Drawing
import Files
import Foundation
import Networks
import Tensors
import Wording

/// Makes pictures with trained generators.
package enum Generation {
  /// Makes pictures with a trained generator and writes them as a sheet or one by one.
  /// - Returns: the paths that were written.
  /// - Throws: `RunError`, errors of files and checkpoints.
  package static func run(_ request: GenerateRequest) throws -> [String] {
    try request.checkOut()
    let generator = try TrainedGenerator(request.generator, pictures: request.seeds.count)
    let form = generator.form
    guard request.seeds.count <= generator.mostPictures else {
      throw RunError(
        "\(request.seeds.count) pictures of \(form) take \(request.seeds.count * form.count * 4 >> 30) GiB at a time; ask "
          + "for at most \(generator.mostPictures), for others with --seeds",
        code: RunExit.usage)
    }
    let inputs: [Float]
    if let latents = request.latents {
      inputs = try RawPictures.inputs(latents, of: generator.architecture)
    } else {
      let choice = try LabelChoice(request.label, of: generator.architecture)
      inputs = generator.inputs(
        request.seeds.map { .generated(seed: $0, codes: choice.codes, classes: choice.classes) })
    }
    let pixels = try generator.pixels(inputs)
    let batch = generator.pictures(pixels)
    var written: [String] = []
    if let raw = request.raw {
      try createParent(of: raw)
      try RawPictures.write(inputs, pixels, generator.architecture, to: raw)
      written.append(raw)
    }
    switch request.layout {
    case .grid(let columns, _):
      try createParent(of: request.out)
      let labels =
        request.sheetLabels
        ? SheetLabels(ofInputs: inputs, columns: columns, generator.architecture) : SheetLabels()
      let numbers = request.numbered ? request.seeds.map(String.init) : []
      try Sheet(columns: columns, labels: labels, captions: numbers).draw(batch).writePNG(to: request.out)
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

  /// Creates the folder that a file is to be written into.
  /// - Throws: `RunError`.
  package static func createParent(of path: String) throws {
    // Not by Foundation, whose functions that split a path trap on a name of one letter.
    try createFolder(AtomicFile.split(path).folder)
  }

  /// Creates a folder and those around it, unless they exist.
  /// - Throws: `RunError`.
  static func createFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw RunError("the folder \(path) cannot be created")
    }
  }
}
