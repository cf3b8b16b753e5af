import Communication
import Foundation
import Synchronization

/// Ranks as threads of one process, for tests: any number of ranks without mpirun, and a rank that fails
/// makes the collectives of the others throw, where under MPI they would wait for `abort`.
///
/// `@unchecked`: one thread at a time uses a communicator (Note [Collective order]); what ranks share is the
/// hub's.
package final class ThreadCommunicator: Communicator, @unchecked Sendable {
  /// This rank, 0 ..< size.
  package let rank: Int
  /// The world size.
  package var size: Int { hub.size }
  /// The same as `rank`: all ranks share this machine.
  package var localRank: Int { rank }
  /// The same as `size`.
  package var localSize: Int { size }
  /// The name of this machine.
  package var hostName: String { Host.name }
  /// Always.
  package var allowsThreads: Bool { true }

  private let hub: ThreadHub
  private let channel: ThreadChannel
  // How many collectives this rank has entered.
  private var sequence = 0

  private init(hub: ThreadHub, channel: ThreadChannel, rank: Int) {
    self.hub = hub
    self.channel = channel
    self.rank = rank
  }

  /// Runs `body` once a rank, each on a thread of its own, and returns when all have ended.
  /// - Parameters:
  ///   - ranks: the world size.
  ///   - stackSize: bytes of each thread's stack.
  ///   - body: what a rank does with its communicator.
  /// - Returns: what the ranks returned, in rank order.
  /// - Throws: the first error that any rank threw. The collectives that others wait in throw then too, as do
  ///   those that wait for a rank that has returned.
  @discardableResult
  package static func run<Result: Sendable>(
    ranks: Int, stackSize: Int = 8 << 20,
    _ body: @escaping @Sendable (ThreadCommunicator) throws -> Result
  ) throws -> [Result] {
    precondition(ranks >= 1, "a world has at least one rank")
    let hub = ThreadHub(size: ranks)
    let results = Mutex<[Int: Result]>([:])
    for rank in 0..<ranks {
      let thread = Thread {
        do {
          let result = try body(ThreadCommunicator(hub: hub, channel: hub.channel, rank: rank))
          results.withLock { $0[rank] = result }
          hub.finish(rank: rank, error: nil)
        } catch {
          hub.finish(rank: rank, error: error)
        }
      }
      thread.stackSize = stackSize
      thread.start()
    }
    hub.waitForAll()
    if let error = hub.firstError { throw error }
    return results.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Enters the next collective.
  private func enter(
    _ call: String, _ bytes: [UInt8], prefix: Int? = nil, combine: ([[UInt8]]) -> [UInt8] = { _ in [] }
  ) throws -> ThreadMeeting {
    defer { sequence += 1 }
    return try hub.enter(
      channel, sequence: sequence, rank: rank, call: call, bytes: bytes, prefix: prefix, combine: combine)
  }

  /// Copies the bytes of `root` out of its mailbox.
  package func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws {
    try validate("broadcast", rank: root)
    let meeting = try enter(
      "broadcast of \(buffer.count) bytes from rank \(root)", rank == root ? Array(buffer) : [])
    try hub.wait(for: meeting, rank: rank)
    if rank != root { buffer.copyBytes(from: meeting.part(of: root)) }
  }

  /// Combines in rank order, so that every rank gets the same bits.
  package func allReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws {
    try startAllReduce(buffer, as: type, operation).wait()
  }

  /// Puts down a copy of `buffer` and returns.
  package func startAllReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws -> any PendingCollective {
    try validate("allReduce", bytes: buffer.count, as: type, operation)
    let meeting = try enter("allReduce (\(operation)) of \(buffer.count) bytes of \(type)", Array(buffer)) {
      combineParts($0, as: type, operation)
    }
    return ThreadPendingCollective(hub: hub, meeting: meeting, rank: rank, buffer: buffer)
  }

  /// Trades copies with `peer`.
  package func exchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws {
    try validate("exchange", rank: peer)
    try startExchange(
      send: send, receive: receive, with: peer, on: Route(from: rank, to: peer, tag: nil)
    ).wait()
  }

  /// Puts down a copy for `peer` and returns.
  package func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, tag: Int
  ) throws -> any PendingCollective {
    try validate("startExchange", rank: peer)
    return startExchange(
      send: send, receive: receive, with: peer, on: Route(from: rank, to: peer, tag: tag))
  }

  private func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, on route: Route
  ) -> ThreadPendingExchange {
    hub.post(channel, route, bytes: Array(send))
    return ThreadPendingExchange(
      hub: hub, letter: hub.expect(channel, route.reversed), rank: rank, peer: peer, buffer: receive)
  }

  /// Waits for all threads.
  package func barrier() throws { try hub.wait(for: try enter("barrier", []), rank: rank) }

  /// Collects copies.
  package func gather(_ bytes: UnsafeRawBufferPointer, to root: Int) throws -> [[UInt8]]? {
    try validate("gather", rank: root)
    let meeting = try enter("gather to rank \(root)", Array(bytes))
    try hub.wait(for: meeting, rank: rank)
    return rank == root ? (0..<size).map(meeting.part(of:)) : nil
  }

  /// A communicator with mailboxes of its own.
  package func duplicate() throws -> any Communicator {
    let meeting = try enter("duplicate", [])
    try hub.wait(for: meeting, rank: rank)
    guard let channel = meeting.offspring else { preconditionFailure("a complete meeting has a channel") }
    return ThreadCommunicator(hub: hub, channel: channel, rank: rank)
  }

  /// A communicator with a hub of its own.
  package func prefix(_ count: Int) throws -> (any Communicator)? {
    try validatePrefix(count)
    let meeting = try enter("prefix of \(count)", [], prefix: count)
    try hub.wait(for: meeting, rank: rank)
    guard let part = meeting.part else { preconditionFailure("a complete prefix has a hub") }
    return rank < count ? ThreadCommunicator(hub: part, channel: part.channel, rank: rank) : nil
  }

  /// Ends this process, which all ranks share, at once.
  package func abort(code: Int32) -> Never { _exit(code) }
}

/// An all-reduce among threads; the result is copied into the buffer once, by `test` or `wait`.
private final class ThreadPendingCollective: PendingCollective {
  private let hub: ThreadHub
  private let rank: Int
  private let buffer: UnsafeMutableRawBufferPointer
  private let meeting: ThreadMeeting
  private var copied = false

  init(hub: ThreadHub, meeting: ThreadMeeting, rank: Int, buffer: UnsafeMutableRawBufferPointer) {
    self.hub = hub
    self.meeting = meeting
    self.rank = rank
    self.buffer = buffer
  }

  func test() throws -> Bool {
    guard try hub.isComplete(meeting, rank: rank) else { return false }
    finish()
    return true
  }

  func wait() throws {
    try hub.wait(for: meeting, rank: rank)
    finish()
  }

  private func finish() {
    guard !copied, let result = meeting.result else { return }
    buffer.copyBytes(from: result)
    copied = true
  }
}

/// An exchange among threads; the letter is copied into the buffer once, by `test` or `wait`.
private final class ThreadPendingExchange: PendingCollective {
  private let hub: ThreadHub
  private let letter: ThreadLetter
  private let rank: Int
  private let peer: Int
  private let buffer: UnsafeMutableRawBufferPointer
  private var copied = false

  init(
    hub: ThreadHub, letter: ThreadLetter, rank: Int, peer: Int, buffer: UnsafeMutableRawBufferPointer
  ) {
    self.hub = hub
    self.letter = letter
    self.rank = rank
    self.peer = peer
    self.buffer = buffer
  }

  func test() throws -> Bool {
    guard let bytes = try hub.arrived(letter, rank: rank, peer: peer) else { return false }
    try finish(bytes)
    return true
  }

  func wait() throws { try finish(try hub.wait(for: letter, rank: rank, peer: peer)) }

  private func finish(_ bytes: [UInt8]) throws {
    guard !copied else { return }
    guard bytes.count == buffer.count else {
      throw CommunicationError(
        call: "exchange", rank: rank, host: Host.name,
        reason: "rank \(peer) sent \(bytes.count) bytes where \(buffer.count) are received")
    }
    buffer.copyBytes(from: bytes)
    copied = true
  }
}

/// Combines the ranks' buffers element by element, in rank order.
private func combineParts(
  _ parts: [[UInt8]], as type: ElementType, _ operation: ReductionOperator
) -> [UInt8] {
  switch type {
  case .float32: combineNumbers(parts, of: Float.self, operation)
  case .float64: combineNumbers(parts, of: Double.self, operation)
  case .uint64:
    switch operation {
    case .bitwiseOr: combineElements(parts, of: UInt64.self) { $0 | $1 }
    case .sum: combineElements(parts, of: UInt64.self) { $0 &+ $1 }
    case .max: combineElements(parts, of: UInt64.self) { Swift.max($0, $1) }
    case .min: combineElements(parts, of: UInt64.self) { Swift.min($0, $1) }
    }
  }
}

private func combineNumbers<Element: BinaryFloatingPoint>(
  _ parts: [[UInt8]], of type: Element.Type, _ operation: ReductionOperator
) -> [UInt8] {
  switch operation {
  case .sum: combineElements(parts, of: type) { $0 + $1 }
  case .max: combineElements(parts, of: type) { Swift.max($0, $1) }
  case .min: combineElements(parts, of: type) { Swift.min($0, $1) }
  case .bitwiseOr: preconditionFailure("refused by validate")
  }
}

private func combineElements<Element>(
  _ parts: [[UInt8]], of type: Element.Type, _ combine: (Element, Element) -> Element
) -> [UInt8] {
  var total = parts[0]
  for part in parts.dropFirst() {
    total.withUnsafeMutableBytes { total in
      part.withUnsafeBytes { part in
        let total = total.bindMemory(to: type)
        let part = part.bindMemory(to: type)
        for i in 0..<total.count { total[i] = combine(total[i], part[i]) }
      }
    }
  }
  return total
}
