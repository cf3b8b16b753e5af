import Communication
import Datasets
import Foundation
import Reporting
import Tensors

/// The memory that this rank takes for decoded pictures, and on rank 0 what is told of all.
struct DataMemory {
  /// Bytes of this rank.
  let bytes: Int
  /// What was chosen, and why, on rank 0; empty elsewhere.
  let line: String

  /// What a rank is going to need beside what it holds now.
  struct Need {
    /// Bytes of memory.
    var resident: Int
    /// Bytes of addresses.
    var addresses: Int

    /// For stacks, buffers of BLAS and MPI, a checkpoint on its way, and pictures that are being decoded.
    private static let spare = 32 << 20
    /// Addresses of a thread: OpenBLAS sets 128 MiB aside for it, malloc 64.
    private static let addressesOfThread = 192 << 20
    /// Addresses of all that is no thread of the pool's.
    private static let otherAddresses = 128 << 20

    /// Of a rank whose networks are `bytes` large.
    /// - Parameters:
    ///   - isAllocated: whether they have their addresses already.
    ///   - threads: that compute.
    init(networks bytes: Int, isAllocated: Bool, threads: Int) {
      resident = bytes + Self.spare
      addresses = (isAllocated ? 0 : bytes) + threads * Self.addressesOfThread + Self.otherAddresses
    }
  }

  /// Settles the memory of all ranks by `DataMemoryPlan`, and says on rank 0 what is wrong. Collective.
  /// - Parameters:
  ///   - asked: `--data-memory`; nil: it was not given.
  ///   - need: what this rank is going to need.
  /// - Throws: `CommunicationError`.
  static func settle(
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

  /// `dataset`, with as many pictures kept as fit.
  func keeping(_ dataset: any PictureDataset) -> any PictureDataset {
    bytes > 0 ? CachedDataset(dataset, budget: bytes) : dataset
  }
}
