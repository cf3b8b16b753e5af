/// The collectives on Swift values, for what is small and rare. Steady steps use the raw buffers.
extension Communicator {
  /// Whether this rank speaks for all: rank 0.
  package var isRoot: Bool { rank == 0 }

  /// A duplicate. This communicator is not watched, so the label is dropped. Collective.
  /// - Throws: `CommunicationError`.
  package func duplicate(as label: String) throws -> any Communicator { try duplicate() }

  /// Replaces `bytes` on all ranks by those of `root`, of whatever length. Collective.
  /// - Throws: `CommunicationError`.
  package func broadcast(_ bytes: inout [UInt8], from root: Int = 0) throws {
    var count = UInt64(bytes.count)
    try withUnsafeMutableBytes(of: &count) { try broadcast($0, from: root) }
    if rank != root { bytes = [UInt8](repeating: 0, count: Int(count)) }
    try bytes.withUnsafeMutableBytes { try broadcast($0, from: root) }
  }

  /// The text of `root`, on all ranks. Collective.
  /// - Throws: `CommunicationError`.
  package func broadcast(_ text: String, from root: Int = 0) throws -> String {
    var bytes = Array(text.utf8)
    try broadcast(&bytes, from: root)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Combines each element of `values` over ranks. The count is the same everywhere. Collective.
  /// - Throws: `CommunicationError`.
  package func allReduce(_ values: inout [Double], _ operation: ReductionOperator) throws {
    try values.withUnsafeMutableBytes { try allReduce($0, as: .float64, operation) }
  }

  /// Combines each element of `values` over ranks. The count is the same everywhere. Collective.
  /// - Throws: `CommunicationError`.
  package func allReduce(_ values: inout [UInt64], _ operation: ReductionOperator) throws {
    try values.withUnsafeMutableBytes { try allReduce($0, as: .uint64, operation) }
  }

  /// Combines `value` over ranks. Collective.
  /// - Throws: `CommunicationError`.
  package func allReduce(_ value: Double, _ operation: ReductionOperator) throws -> Double {
    var value = value
    try withUnsafeMutableBytes(of: &value) { try allReduce($0, as: .float64, operation) }
    return value
  }

  /// Combines `value` over ranks. Collective.
  /// - Throws: `CommunicationError`.
  package func allReduce(_ value: UInt64, _ operation: ReductionOperator) throws -> UInt64 {
    var value = value
    try withUnsafeMutableBytes(of: &value) { try allReduce($0, as: .uint64, operation) }
    return value
  }

  /// The texts of all ranks in rank order on `root`, nil elsewhere. Collective.
  /// - Throws: `CommunicationError`.
  package func gather(_ text: String, to root: Int = 0) throws -> [String]? {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { try gather($0, to: root) }?.map { String(decoding: $0, as: UTF8.self) }
  }
}
