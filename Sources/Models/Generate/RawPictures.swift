import Checkpoints
import Cluster
import Networks
import Tensors
import Training

/// G's inputs and pictures as a safetensors file, in float32 as PyTorch has them: z [N, Z, 1, 1], codes [N, C] and labels
/// [N, K] where G takes them, and pictures [N, C, H, W]. `generate --raw` writes it, and `--latents` takes inputs of it.
package enum RawPictures {
  /// Writes the file.
  /// - Parameters:
  ///   - inputs: [pictures][z, codes, one-hot labels].
  ///   - pixels: the pictures, NHWC.
  /// - Throws: `FileError`.
  static func write(
    _ inputs: [Float], _ pixels: [Float], _ architecture: Architecture, to path: String
  ) throws {
    let layout = GeneratorInputLayout(architecture)
    let count = inputs.count / layout.count
    let pictures = TensorEntry(name: "pictures", pictures: pixels, architecture.picture)
    let taken = layout.parts.map { part in
      TensorEntry(name: part.name, type: .float32, shape: [count] + part.shape) { bytes in
        let target = bytes.bindMemory(to: Float.self)
        for n in 0..<count {
          for (i, place) in part.places.enumerated() {
            target[n * part.places.count + i] = inputs[n * layout.count + place]
          }
        }
      }
    }
    _ = try Safetensors.write(taken + [pictures], to: path)
  }

  /// How many pictures the file's inputs are for.
  /// - Throws: `RunError` where it holds no z; `SafetensorsError`, `FileError`.
  package static func count(_ path: String) throws -> Int {
    let file = try SafetensorsReader(path: path)
    guard let z = file.tensors.first(where: { $0.name == "z" }) else {
      throw RunError(
        "--latents: \(path) holds no tensor z; it should hold z [N, Z, 1, 1], as --raw writes it")
    }
    guard let count = z.shape.first, (1...SeedList.most).contains(count) else {
      throw RunError(
        "--latents: z of \(path) has the shape \(z.shape), and should hold from 1 to \(SeedList.most) vectors, [N, Z, 1, 1]"
      )
    }
    return count
  }

  /// The inputs that the file holds, [pictures][z, codes, one-hot labels].
  /// - Throws: `RunError` that names the tensor that is missing, does not fit or is not finite; `SafetensorsError`,
  ///   `FileError`.
  static func inputs(_ path: String, of architecture: Architecture) throws -> [Float] {
    let layout = GeneratorInputLayout(architecture)
    let count = try count(path)
    let file = try SafetensorsReader(path: path)
    var inputs = [Float](repeating: 0, count: count * layout.count)
    for part in layout.parts {
      guard let held = file.tensors.first(where: { $0.name == part.name }) else {
        throw RunError(
          "--latents: \(path) holds no \(part.name), which \(architecture.name) takes: \([count] + part.shape) numbers"
        )
      }
      guard held.shape == [count] + part.shape || held.shape == [count, part.places.count] else {
        throw RunError(
          "--latents: \(part.name) of \(path) has the shape \(held.shape), and \(architecture.name) takes "
            + "\([count] + part.shape)")
      }
      let numbers = try file.tensor(named: part.name).floats(shape: held.shape)
      guard numbers.allSatisfy(\.isFinite) else {
        throw RunError("--latents: \(part.name) of \(path) holds a number that is not finite")
      }
      for n in 0..<count {
        for (i, place) in part.places.enumerated() {
          inputs[n * layout.count + place] = numbers[n * part.places.count + i]
        }
      }
    }
    return inputs
  }
}

extension GeneratorInputLayout {
  /// The parts of a sample's input: names and shapes as files have them, and places in the sample.
  fileprivate var parts: [(name: String, shape: [Int], places: Range<Int>)] {
    let all = [
      (name: "z", shape: [latent, 1, 1], places: 0..<codesAt),
      (name: "codes", shape: [conditionsAt - codesAt], places: codesAt..<conditionsAt),
      (name: "labels", shape: [count - conditionsAt], places: conditionsAt..<count),
    ]
    return all.filter { !$0.places.isEmpty }
  }
}
