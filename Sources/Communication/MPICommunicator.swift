import CMPI
import Synchronization

/// Ranks as processes under MPI, on one machine or many.
///
/// `@unchecked`: the pointer is set once, and MPI itself allows one thread at a time (Note [Collective
/// order]).
package final class MPICommunicator: Communicator, @unchecked Sendable {
  /// This rank, 0 ..< size.
  package let rank: Int
  /// The world size.
  package let size: Int
  /// This rank among the ranks of its node.
  package let localRank: Int
  /// How many ranks share this node.
  package let localSize: Int
  /// The name of this node.
  package var hostName: String { Host.name }
  /// Whether MPI was started with `MPI_THREAD_MULTIPLE`.
  package var allowsThreads: Bool { Self.threadLevel == .multiple }

  // Never freed: freeing a communicator is collective, and ranks do not release their references at the
  // same moment.
  private let handle: OpaquePointer

  private init(handle: OpaquePointer, rank: Int, size: Int, localRank: Int, localSize: Int) {
    self.handle = handle
    self.rank = rank
    self.size = size
    self.localRank = localRank
    self.localSize = localSize
  }

  /// The communicator of all ranks, once `initialize()` was called.
  private static let started = Mutex<(world: MPICommunicator, threads: ThreadLevel)?>(nil)

  /// Starts MPI, once; later calls give the same world. From then on an error of MPI is thrown and does not
  /// end the process.
  ///
  /// Collective over all processes of the job.
  /// - Returns: the communicator of all ranks.
  /// - Throws: `CommunicationError` where MPI does not start, allows no threads at all, or does not see the
  ///   ranks that the launcher started (then every process would believe itself alone and write the same
  /// files).
  @discardableResult
  package static func initialize() throws -> MPICommunicator {
    try started.withLock { state in
      if let state { return state.world }
      let launch = LaunchEnvironment.current
      var level: Int32 = 0
      try check("MPI_Init_thread", cmpi_init(&level), rank: launch?.rank)
      guard let threads = ThreadLevel(rawValue: level), threads >= .serialized else {
        throw CommunicationError(
          call: "MPI_Init_thread", rank: launch?.rank, host: Host.name,
          reason: "this MPI allows calls from the main thread only; an MPI_THREAD_SERIALIZED build is needed")
      }
      var handle: OpaquePointer?
      try check("MPI_COMM_WORLD", cmpi_world(&handle), rank: launch?.rank)
      let world = try MPICommunicator(owning: handle)
      if let launch, let reason = launch.disagreement(withWorldSize: world.size) {
        throw CommunicationError(call: "MPI_Init_thread", rank: launch.rank, host: Host.name, reason: reason)
      }
      state = (world, threads)
      return world
    }
  }

  /// What threads may do with MPI; nil before `initialize()`.
  package static var threadLevel: ThreadLevel? { started.withLock { $0?.threads } }

  /// Whether MPI was started and not ended.
  package static var isRunning: Bool { cmpi_was_initialized() == 1 && cmpi_was_finalized() == 0 }

  /// Ends MPI; does nothing where it does not run. Collective; no communicator may be used after it.
  /// - Throws: `CommunicationError`.
  package static func finalize() throws {
    guard isRunning else { return }
    try check("MPI_Finalize", cmpi_finalize(), rank: started.withLock { $0?.world.rank })
  }

  /// MPI's name and version in a few words (`Open MPI v4.1.4`). May be asked at any time.
  package static var libraryVersion: String {
    let full = text(capacity: 512) { cmpi_library_version($0, $1) }
    return String(full.prefix { $0 != "," && !$0.isNewline })
  }

  /// Whether this MPI meets the launcher of its ranks by PMIx alone. May be asked at any time.
  package static var needsPMIx: Bool { cmpi_needs_pmix() == 1 }

  /// Wraps a communicator of C and asks it for its ranks. Collective.
  private convenience init(owning handle: OpaquePointer?) throws {
    guard let handle else { throw CommunicationError("MPI gave no communicator on host \(Host.name).") }
    var rank: Int32 = 0
    var size: Int32 = 0
    var localRank: Int32 = 0
    var localSize: Int32 = 0
    try check("MPI_Comm_rank", cmpi_rank_and_size(handle, &rank, &size), rank: nil)
    try check("MPI_Comm_split_type", cmpi_node_rank_and_size(handle, &localRank, &localSize), rank: Int(rank))
    self.init(
      handle: handle, rank: Int(rank), size: Int(size), localRank: Int(localRank), localSize: Int(localSize))
  }

  /// Limits later messages to `count` elements or bytes, on all ranks alike. It lets tests take the path of
  /// buffers of more than 2^30 elements.
  package func limitMessages(to count: Int) { cmpi_set_largest_message(handle, count) }

  /// `MPI_Bcast`.
  package func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws {
    try validate("broadcast", rank: root)
    try check("MPI_Bcast", cmpi_broadcast(handle, buffer.baseAddress, buffer.count, Int32(root)), rank: rank)
  }

  /// `MPI_Allreduce`, in place.
  package func allReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws {
    try validate("allReduce", bytes: buffer.count, as: type, operation)
    let code = cmpi_all_reduce(
      handle, buffer.baseAddress, buffer.count / type.size, type.rawValue, operation.rawValue)
    try check("MPI_Allreduce", code, rank: rank)
  }

  /// `MPI_Iallreduce`, in place.
  package func startAllReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws -> any PendingCollective {
    try validate("startAllReduce", bytes: buffer.count, as: type, operation)
    var request: OpaquePointer?
    let code = cmpi_start_all_reduce(
      handle, buffer.baseAddress, buffer.count / type.size, type.rawValue, operation.rawValue, &request)
    try check("MPI_Iallreduce", code, rank: rank)
    return MPIPendingCollective(request: request, rank: rank)
  }

  /// `MPI_Sendrecv`.
  package func exchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws {
    try validate("exchange", rank: peer)
    let code = cmpi_exchange(
      handle, send.baseAddress, send.count, receive.baseAddress, receive.count, Int32(peer))
    try check("MPI_Sendrecv", code, rank: rank)
  }

  /// `MPI_Irecv` and `MPI_Isend`.
  package func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, tag: Int
  ) throws -> any PendingCollective {
    try validate("startExchange", rank: peer)
    var request: OpaquePointer?
    let code = cmpi_start_exchange(
      handle, send.baseAddress, send.count, receive.baseAddress, receive.count, Int32(peer), Int32(tag),
      &request)
    try check("MPI_Isend", code, rank: rank)
    return MPIPendingCollective(request: request, rank: rank)
  }

  /// `MPI_Barrier`.
  package func barrier() throws { try check("MPI_Barrier", cmpi_barrier(handle), rank: rank) }

  /// `MPI_Gather` of the lengths, then a message from each rank.
  package func gather(_ bytes: UnsafeRawBufferPointer, to root: Int) throws -> [[UInt8]]? {
    try validate("gather", rank: root)
    var lengths = [UInt64](repeating: 0, count: size)
    try check("MPI_Gather", cmpi_gather_lengths(handle, bytes.count, &lengths, Int32(root)), rank: rank)
    guard rank == root else {
      try check(
        "MPI_Send", cmpi_gather(handle, bytes.baseAddress, bytes.count, nil, nil, Int32(root)), rank: rank)
      return nil
    }
    var joined = [UInt8](repeating: 0, count: Int(lengths.reduce(0, +)))
    let code = joined.withUnsafeMutableBytes {
      cmpi_gather(handle, bytes.baseAddress, bytes.count, $0.baseAddress, lengths, Int32(root))
    }
    try check("MPI_Recv", code, rank: rank)
    var at = 0
    return lengths.map { length in
      defer { at += Int(length) }
      return Array(joined[at..<at + Int(length)])
    }
  }

  /// `MPI_Comm_dup`.
  package func duplicate() throws -> any Communicator {
    var copy: OpaquePointer?
    try check("MPI_Comm_dup", cmpi_duplicate(handle, &copy), rank: rank)
    guard let copy else { throw CommunicationError("MPI gave no communicator on host \(Host.name).") }
    return MPICommunicator(
      handle: copy, rank: rank, size: size, localRank: localRank, localSize: localSize)
  }

  /// `MPI_Comm_split`.
  package func prefix(_ count: Int) throws -> (any Communicator)? {
    try validatePrefix(count)
    var part: OpaquePointer?
    try check("MPI_Comm_split", cmpi_prefix(handle, Int32(count), &part), rank: rank)
    return try part.map { try MPICommunicator(owning: $0) }
  }

  /// `MPI_Abort` of the world, or the end of this process where MPI does not run.
  package func abort(code: Int32) -> Never { cmpi_abort(code) }
}
