import Layers
import Networks
import Tensors

/// Makes pictures with G in evaluation mode.
///
/// Every picture is computed in a slice of its own, so that it is a function of its z and the weights alone,
/// whatever is made beside it.
public final class Sampler {
  private let network: Network
  private let latent: LatentDistribution
  private let pass: Pass
  private let room: Int
  private let z: Tensor

  /// A sampler over `network`, which was prepared for at least `room` samples.
  package init(_ network: Network, _ latent: LatentDistribution, seed: UInt64, room: Int, pool: ThreadPool) {
    self.network = network
    self.latent = latent
    self.room = room
    pass = Pass(pool: pool, sums: NoSums(), seed: seed, slices: .separate(samples: room))
    pass.mode = .evaluation
    z = Tensor(capacity: room, shape: network.input)
  }

  /// What G's pictures lie between.
  public var pixelRange: PixelRange { Architecture.pixelRange(of: network.summary.layers.map(\.layer)) }

  /// z of the sample sheets' picture `index`.
  public static func fixedStream(seed: UInt64, index: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: .fixedLatent, sample: index)
  }

  /// z of `generate --seeds`: one seed, one picture, whatever the run's own seed.
  public static func generatedStream(seed: UInt64) -> RandomStream {
    RandomStream(seed: seed, purpose: .generated)
  }

  /// z drawn from each stream, one after the other, Z numbers each.
  public func latents(_ streams: [RandomStream]) -> [Float] {
    let size = network.input.count
    var all = [Float](repeating: 0, count: streams.count * size)
    all.withUnsafeMutableBufferPointer { buffer in
      for (index, stream) in streams.enumerated() {
        latent.fill(buffer.baseAddress! + index * size, count: size, stream)
      }
    }
    return all
  }

  /// The pictures of `latents`, NHWC, as G gives them.
  public func pictures(_ latents: [Float]) throws -> [Float] {
    let size = network.input.count
    let count = latents.count / size
    let picture = network.output.count
    var all = [Float](repeating: 0, count: count * picture)
    try all.withUnsafeMutableBufferPointer { out in
      for first in stride(from: 0, to: count, by: room) {
        let part = min(room, count - first)
        latents.withUnsafeBufferPointer {
          z.data.update(from: $0.baseAddress! + first * size, count: part * size)
        }
        pass.slices = .separate(samples: part)
        let made = try network.forward(z.data, pass)
        (out.baseAddress! + first * picture).update(from: made, count: part * picture)
      }
    }
    return all
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
