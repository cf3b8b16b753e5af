import Cluster
import Communication
import Configuration
import Datasets
import Foundation
import Reporting

/// The memory that this rank takes for decoded pictures, and on rank 0 a line about all ranks.
package struct DataMemory {
  /// The bytes that this rank takes for decoded pictures.
  let bytes: Int
  /// What was chosen, and why, on rank 0; empty elsewhere.
  let line: String

  /// The memory that a rank is going to need in addition to what it holds now, without decoded pictures.
  package struct Need {
    /// Bytes of physical memory.
    var resident: Int
    /// Bytes of address space.
    var addresses: Int

    /// For stacks, buffers of BLAS and MPI, a checkpoint on its way, and pictures that are being decoded.
    private static let spare = 32 << 20
    /// Address space for a thread: OpenBLAS reserves 128 MiB for it, malloc 64.
    private static let addressesOfThread = 192 << 20
    /// Address space for everything else.
    private static let otherAddresses = 128 << 20

    /// The need of a rank whose networks are `bytes` large.
    /// - Parameters:
    ///   - isAllocated: whether the networks are allocated, so that they have their address space already.
    ///   - threads: how many threads compute.
    package init(networks bytes: Int, isAllocated: Bool, threads: Int) {
      resident = bytes + Self.spare
      addresses = (isAllocated ? 0 : bytes) + threads * Self.addressesOfThread + Self.otherAddresses
    }
  }

  /// Settles how much memory each rank takes, by `DataMemoryPlan`, and warns on rank 0 where memory is short.
  /// Collective.
  /// - Parameters:
  ///   - asked: `--data-memory`, bytes for all ranks of a node; nil: it was not given.
  ///   - need: what this rank is going to need.
  /// - Throws: `CommunicationError`.
  package static func settle(
    asked: ByteCount?, for dataset: any PictureDataset, need: Need, on communicator: any Communicator,
    log: RunLog
  ) throws -> DataMemory {
    var bounds = MemoryBounds.own()
    for place in bounds.indices {
      bounds[place].need = bounds[place].source == .process ? need.addresses : need.resident
    }
    let own = RankMemory(
      host: communicator.hostName, resident: MemoryBounds.resident, launchers: MemoryBounds.launchers,
      bounds: bounds)
    let text = String(decoding: try JSONEncoder().encode(own), as: UTF8.self)
    var plan: DataMemoryPlan?
    if let all = try communicator.gather(text) {
      let ranks = try all.map { try JSONDecoder().decode(RankMemory.self, from: Data($0.utf8)) }
      plan = DataMemoryPlan(
        ranks,
        pictures: .init(
          count: dataset.isInMemory ? 0 : dataset.count, bytes: CachedDataset.bytesPerPlace(of: dataset)),
        asked: asked?.bytes)
    }
    for warning in plan?.warnings ?? [] { log.warning(warning) }
    let shares = try communicator.broadcast((plan?.bytes ?? []).map(String.init).joined(separator: " "))
      .split(separator: " ").compactMap { Int($0) }
    let line = dataset.isInMemory ? "pictures stay in memory as the file holds them" : plan?.line ?? ""
    return DataMemory(
      bytes: dataset.isInMemory || !shares.indices.contains(communicator.rank)
        ? 0 : shares[communicator.rank], line: line)
  }

  /// `dataset`, which then keeps as many decoded pictures as fit into the memory.
  package func keeping(_ dataset: any PictureDataset) -> any PictureDataset {
    bytes > 0 ? CachedDataset(dataset, budget: bytes) : dataset
  }
}
