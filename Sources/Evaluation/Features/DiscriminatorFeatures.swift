import CKernels
import Cluster
import Networks
import Tensors

/// D's features as Radford, Metz and Chintala (2015, section 5.1) take them: the maps of every convolution, each map
/// reduced to a 4 x 4 grid of its largest values, all joined.
///
/// Maps are taken after the normalization and the activation that follow the convolution. Maps smaller than the grid are
/// left out. The picture is cut into cells as PyTorch's AdaptiveMaxPool2d does, where 4 does not divide its side.
package final class DiscriminatorFeatures: PictureFeatures {
  /// The side of the grid.
  package static let grid = 4
  /// How many pictures are computed at a time.
  package let room = EvaluatedDiscriminator.room
  /// What tables call them.
  package let name: String
  /// 16 numbers of each map.
  package let count: Int
  /// The convolutions whose maps are taken.
  package let maps: [FeatureMaps]
  private let discriminator: EvaluatedDiscriminator
  private let pool: ThreadPool

  /// Features of a D in evaluation mode. The network is prepared here.
  /// - Parameter name: what tables call them.
  /// - Throws: `RunError` where D is given labels with each picture, or has no maps of the grid's size.
  package init(_ network: Network, of architecture: Architecture, name: String, pool: ThreadPool) throws {
    if let conditions = architecture.conditions, conditions.planes {
      throw RunError(
        "D of \(architecture.name) is given the labels with each picture, so its features would tell the class by the label: "
          + "take a D that is trained without labels, or with --acgan")
    }
    maps = network.featureMaps.filter { min($0.shape.height, $0.shape.width) >= Self.grid }
    guard !maps.isEmpty else {
      throw RunError(
        "D of \(architecture.name) has no convolution whose output is \(Self.grid) x \(Self.grid) or larger, so it has no "
          + "features of this kind")
    }
    self.name = name
    self.pool = pool
    count = maps.reduce(0) { $0 + Self.grid * Self.grid * $1.shape.channels }
    discriminator = try EvaluatedDiscriminator(network, architecture.pixelRange, pool: pool)
  }

  /// Writes [samples][count] numbers: convolution after convolution, cell after cell, channel after channel.
  /// - Throws: errors of the network's forward pass.
  package func compute(
    _ bytes: UnsafePointer<UInt8>, samples: Int, into features: UnsafeMutablePointer<Float>
  ) throws {
    try discriminator.show(bytes, samples: samples)
    let count = count
    nonisolated(unsafe) let features = features
    var first = 0
    for maps in maps {
      let values = UnsafePointer(discriminator.network.values(of: maps))
      let (at, shape) = (first, maps.shape)
      nonisolated(unsafe) let from = values
      pool.run(samples) { sample, _ in
        ck_grid_max(
          from + sample * shape.count, shape.height, shape.width, shape.channels, Self.grid,
          features + sample * count + at)
      }
      first += Self.grid * Self.grid * shape.channels
    }
  }

  /// The maps of the pictures that `compute` was given last, sample by sample, HWC.
  func values(of maps: FeatureMaps) -> UnsafePointer<Float> {
    UnsafePointer(discriminator.network.values(of: maps))
  }

  /// Moves batch norm's averages towards those of pictures, as `EvaluatedDiscriminator.takeAverages`.
  package func takeAverages(of bytes: UnsafePointer<UInt8>, samples: Int) throws {
    try discriminator.takeAverages(of: bytes, samples: samples)
  }
}
