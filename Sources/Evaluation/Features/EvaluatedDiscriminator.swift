import CKernels
import Communication
import DataParallel
import Layers
import Networks
import Tensors

/// A D that is shown pictures in evaluation mode. What it computes for a picture does not depend on those beside it.
package final class EvaluatedDiscriminator {
  /// The most pictures that it is shown at a time.
  package static let room = 64
  /// How many pictures give a D with random weights the averages of its batch norms.
  package static let picturesOfAverages = 6_400
  /// Its network, prepared for `room` pictures.
  package let network: Network
  /// The pass over the pictures that it was shown last.
  package let pass: Pass
  private let pictures: Tensor
  private let form: (scale: Float, shift: Float)
  private let pool: ThreadPool

  /// D as `network` is; the network is prepared here.
  /// - Parameter range: the range of the numbers that it reads pictures as.
  /// - Throws: errors of the message layer.
  package init(_ network: Network, _ range: PixelRange, pool: ThreadPool) throws {
    self.network = network
    self.pool = pool
    form = range.fromBytes
    pictures = Tensor(capacity: Self.room, shape: network.input)
    network.prepare(samples: Self.room, slices: Self.room)
    pass = Pass(
      pool: pool, sums: try SliceSums(communicator: SingleProcessCommunicator(), mode: .ordered), seed: 0,
      slices: .separate(samples: Self.room))
    pass.mode = .evaluation
  }

  /// The pictures that it was shown last, as it read them, HWC.
  package var shown: UnsafePointer<Float> { UnsafePointer(pictures.data) }

  /// Shows it `samples` pictures, at most `room`; `network.values(of:)` then has their maps.
  /// - Parameter bytes: the pictures, HWC, 0 to 255.
  /// - Throws: errors of the network's forward pass.
  package func show(_ bytes: UnsafePointer<UInt8>, samples: Int) throws {
    try forward(bytes, samples: samples, slices: .separate(samples: samples))
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
    let batch = min(Self.room, samples)
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
