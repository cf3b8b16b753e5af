import Layers
import Networks
import Recipes
import Tensors
import Training

/// Makes pictures with G in evaluation mode.
///
/// Every picture is computed in a slice of its own, so that it depends only on its input and the weights, and
/// not on the pictures that are made with it.
package final class Sampler {
  private let network: Network
  private let layout: GeneratorInputLayout
  private let latent: LatentDistribution
  private let pass: Pass
  private let room: Int
  private let z: Tensor

  /// A sampler over `network`, the G of `architecture`, which must be prepared for at least `room` samples
  /// and slices.
  /// - Parameters:
  ///   - seed: the seed of the pass.
  ///   - room: how many pictures are computed at a time.
  package init(
    _ network: Network, of architecture: Architecture, _ latent: LatentDistribution, seed: UInt64, room: Int,
    pool: ThreadPool
  ) {
    self.network = network
    layout = GeneratorInputLayout(architecture)
    self.latent = latent
    self.room = room
    pass = Pass(pool: pool, sums: NoSums(), seed: seed, slices: .separate(samples: room))
    pass.mode = .evaluation
    z = Tensor(capacity: room, shape: network.input)
  }

  /// The range of the numbers in G's pictures.
  package var pixelRange: PixelRange { Architecture.pixelRange(of: network.summary.layers.map(\.layer)) }

  /// G's inputs, [pictures][z, codes, one-hot labels].
  package func inputs(_ requests: [PictureRequest]) -> [Float] {
    let size = layout.count
    var all = [Float](repeating: 0, count: requests.count * size)
    all.withUnsafeMutableBufferPointer { buffer in
      guard let first = buffer.baseAddress else { return }
      for (index, request) in requests.enumerated() {
        let row = first + index * size
        latent.fill(row, count: layout.latent, request.z)
        layout.drawCodes(row, request.chance)
        layout.write(request.codes, to: row)
        layout.write(request.classes, to: row, request.chance)
      }
    }
    return all
  }

  /// The pictures that G makes from `inputs`, NHWC, in `pixelRange`.
  /// - Throws: errors of the network's forward pass.
  package func pictures(_ inputs: [Float]) throws -> [Float] {
    let picture = network.output.count
    var all = [Float](repeating: 0, count: inputs.count / layout.count * picture)
    try all.withUnsafeMutableBufferPointer { out in
      try make(inputs) { places, made in
        (out.baseAddress! + places.lowerBound * picture).update(from: made, count: places.count * picture)
      }
    }
    return all
  }

  /// Makes pictures from `inputs`, at most `room` at a time.
  /// - Parameter body: is given the places of some pictures in the list, and these pictures, NHWC, in `pixelRange`. They
  ///   are valid within it.
  /// - Throws: errors of the network's forward pass, and what `body` throws.
  package func make(
    _ inputs: [Float], _ body: (_ places: Range<Int>, _ pictures: UnsafePointer<Float>) throws -> Void
  ) throws {
    let size = layout.count
    let count = inputs.count / size
    for first in stride(from: 0, to: count, by: room) {
      let part = min(room, count - first)
      inputs.withUnsafeBufferPointer {
        z.data.update(from: $0.baseAddress! + first * size, count: part * size)
      }
      pass.slices = .separate(samples: part)
      try body(first..<first + part, try network.forward(z.data, pass))
    }
  }

  /// The maps of `maps` for the pictures that `make` hands out, sample by sample, HWC. They may be changed before `remake`.
  package func values(of maps: FeatureMaps) -> UnsafeMutablePointer<Float> { network.values(of: maps) }

  /// Makes the pictures that `make` hands out once more, from `maps` as they are now.
  /// - Returns: as many pictures, valid until the next are made.
  /// - Throws: errors of the network's forward pass.
  package func remake(after maps: FeatureMaps) throws -> UnsafePointer<Float> {
    UnsafePointer(try network.forward(after: maps, pass))
  }
}

/// Batch norm in evaluation mode asks for no sums.
private final class NoSums: GlobalSums {
  func sum(
    _ perSlice: UnsafeMutablePointer<Double>, slices: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) throws {
    preconditionFailure("evaluation takes no batch statistics")
  }
}
