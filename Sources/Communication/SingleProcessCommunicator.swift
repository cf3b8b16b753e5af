import Foundation

/// One rank, alone: every collective is already done.
package final class SingleProcessCommunicator: Communicator {
  /// Always 0.
  package let rank = 0
  /// Always 1.
  package let size = 1
  /// Always 0.
  package let localRank = 0
  /// Always 1.
  package let localSize = 1
  /// The name of this machine.
  package var hostName: String { Host.name }
  /// Always.
  package var allowsThreads: Bool { true }

  /// Creates the communicator; nothing is started.
  package init() {}

  /// Leaves `buffer` as it is.
  package func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws {
    try validate("broadcast", rank: root)
  }

  /// Leaves `buffer` as it is: the combination of one.
  package func allReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws {
    try validate("allReduce", bytes: buffer.count, as: type, operation)
  }

  /// Leaves `buffer` as it is; the collective is complete at once.
  package func startAllReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws -> any PendingCollective {
    try validate("startAllReduce", bytes: buffer.count, as: type, operation)
    return CompletedCollective()
  }

  /// Copies, as the only peer is this rank.
  package func exchange(
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
  package func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, tag: Int
  ) throws -> any PendingCollective {
    try exchange(send: send, receive: receive, with: peer)
    return CompletedCollective()
  }

  /// Returns at once.
  package func barrier() throws {}

  /// Gives back the bytes of this rank.
  package func gather(_ bytes: UnsafeRawBufferPointer, to root: Int) throws -> [[UInt8]]? {
    try validate("gather", rank: root)
    return [Array(bytes)]
  }

  /// Another communicator of one.
  package func duplicate() throws -> any Communicator { SingleProcessCommunicator() }

  /// Another communicator of one.
  package func prefix(_ count: Int) throws -> (any Communicator)? {
    try validatePrefix(count)
    return SingleProcessCommunicator()
  }

  /// Ends this process at once.
  package func abort(code: Int32) -> Never { _exit(code) }
}

private final class CompletedCollective: PendingCollective {
  func test() throws -> Bool { true }
  func wait() throws {}
}
