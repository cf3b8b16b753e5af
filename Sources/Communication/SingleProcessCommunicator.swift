import Foundation

/// One rank, alone: every collective is already done.
public final class SingleProcessCommunicator: Communicator {
  /// Always 0.
  public let rank = 0
  /// Always 1.
  public let size = 1
  /// Always 0.
  public let localRank = 0
  /// Always 1.
  public let localSize = 1
  /// The name of this machine.
  public var hostName: String { Host.name }
  /// Always.
  public var allowsThreads: Bool { true }

  /// Creates the communicator; nothing is started.
  public init() {}

  /// Leaves `buffer` as it is.
  public func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws {
    try validate("broadcast", rank: root)
  }

  /// Leaves `buffer` as it is: the combination of one.
  public func allReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws {
    try validate("allReduce", bytes: buffer.count, as: type, operation)
  }

  /// Leaves `buffer` as it is; the collective is complete at once.
  public func startAllReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws -> any PendingCollective {
    try validate("startAllReduce", bytes: buffer.count, as: type, operation)
    return CompletedCollective()
  }

  /// Copies, as the only peer is this rank.
  public func exchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws {
    try validate("exchange", rank: peer)
    guard send.count == receive.count else {
      throw CommunicationError(
        call: "exchange", rank: rank, host: hostName,
        reason: "\(send.count) bytes were sent where \(receive.count) are received")
    }
    receive.copyMemory(from: send)
  }

  /// Copies at once, as the only peer is this rank.
  public func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, tag: Int
  ) throws -> any PendingCollective {
    try exchange(send: send, receive: receive, with: peer)
    return CompletedCollective()
  }

  /// Returns at once.
  public func barrier() throws {}

  /// Gives back the bytes of this rank.
  public func gather(_ bytes: UnsafeRawBufferPointer, to root: Int) throws -> [[UInt8]]? {
    try validate("gather", rank: root)
    return [Array(bytes)]
  }

  /// Another communicator of one.
  public func duplicate() throws -> any Communicator { SingleProcessCommunicator() }

  /// Another communicator of one.
  public func prefix(_ count: Int) throws -> (any Communicator)? {
    try validatePrefix(count)
    return SingleProcessCommunicator()
  }

  /// Ends this process at once.
  public func abort(code: Int32) -> Never { _exit(code) }
}

private final class CompletedCollective: PendingCollective {
  func test() throws -> Bool { true }
  func wait() throws {}
}
