import CKernels
import Cluster
import Communication
import DataParallel
import Layers
import Models
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
  package let room = 64
  /// What tables call them.
  package let name: String
  /// 16 numbers of each map.
  package let count: Int
  /// The convolutions whose maps are taken.
  package let maps: [FeatureMaps]
  private let network: Network
  private let pass: Pass
  private let pictures: Tensor
  private let form: (scale: Float, shift: Float)
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
    self.network = network
    self.name = name
    self.pool = pool
    count = maps.reduce(0) { $0 + Self.grid * Self.grid * $1.shape.channels }
    form = architecture.pixelRange.fromBytes
    pictures = Tensor(capacity: room, shape: network.input)
    network.prepare(samples: room, slices: room)
    pass = Pass(
      pool: pool, sums: try SliceSums(communicator: SingleProcessCommunicator(), mode: .ordered), seed: 0,
      slices: .separate(samples: room))
    pass.mode = .evaluation
  }

  /// Writes [samples][count] numbers: convolution after convolution, cell after cell, channel after channel.
  package func compute(
    _ bytes: UnsafePointer<UInt8>, samples: Int, into features: UnsafeMutablePointer<Float>
  ) throws {
    try forward(bytes, samples: samples, slices: .separate(samples: samples))
    let count = count
    nonisolated(unsafe) let features = features
    var first = 0
    for maps in maps {
      let values = UnsafePointer(network.values(of: maps))
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

  /// Moves batch norm's averages towards those of pictures, in whole batches of `room` as in training, so that a D with
  /// random weights has averages too.
  /// - Parameters:
  ///   - bytes: the pictures, HWC, 0 to 255.
  ///   - samples: how many; where they fill no batch, all are one.
  /// - Throws: errors of the network's forward pass.
  package func takeAverages(of bytes: UnsafePointer<UInt8>, samples: Int) throws {
    pass.mode = .training
    defer { pass.mode = .evaluation }
    let size = network.input.count
    let batch = min(room, samples)
    for first in stride(from: 0, through: samples - batch, by: max(1, batch)) {
      try forward(bytes + first * size, samples: batch, slices: SliceBounds([0, batch]))
    }
  }

  private func forward(_ bytes: UnsafePointer<UInt8>, samples: Int, slices: SliceBounds) throws {
    let (target, form) = (pictures.data, form)
    nonisolated(unsafe) let from = bytes
    nonisolated(unsafe) let to = target
    pool.runChunks(samples * network.input.count, chunk: 1 << 16) { range in
      ck_from_bytes(from + range.lowerBound, form.scale, form.shift, to + range.lowerBound, range.count)
    }
    pass.slices = slices
    try network.forward(target, pass)
  }
}
