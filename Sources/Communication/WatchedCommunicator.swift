/// A communicator that notes what it waits in, so that a watchdog can say where a rank hangs.
///
/// Every call goes to the communicator that it wraps. What a call returns (duplicates, communicators of the
/// first ranks, requests under way) is watched too, by the same watch.
package final class WatchedCommunicator: Communicator, @unchecked Sendable {
  /// What sees this communicator and all that come from it.
  package let watch: CommunicationWatch
  /// What this communicator is for.
  package var label: String { notes.label }
  /// This rank, 0 ..< size.
  package var rank: Int { base.rank }
  /// The world size.
  package var size: Int { base.size }
  /// This rank among the ranks of its node.
  package var localRank: Int { base.localRank }
  /// How many ranks share this node.
  package var localSize: Int { base.localSize }
  /// The name of this node.
  package var hostName: String { base.hostName }
  /// As the wrapped communicator's.
  package var allowsThreads: Bool { base.allowsThreads }

  private let base: any Communicator
  private let notes: CallNotes

  /// Wraps a communicator.
  /// - Parameters:
  ///   - base: what moves the bytes.
  ///   - label: what it is for, as a person would say it (`all ranks`).
  ///   - watch: where the calls are noted.
  package init(_ base: any Communicator, as label: String, watch: CommunicationWatch = .init()) {
    self.base = base
    self.watch = watch
    notes = watch.notes(for: label)
  }

  deinit { watch.forget(notes) }

  private func noting<Value>(
    _ kind: WatchedCall.Kind, bytes: Int = 0, peer: Int? = nil, _ body: () throws -> Value
  ) rethrows -> Value {
    let sequence = notes.begin(kind, bytes: bytes, peer: peer)
    defer { notes.end(sequence) }
    return try body()
  }

  /// Notes a call that runs in the background, from here to its end.
  private func notingUntilDone(
    _ kind: WatchedCall.Kind, bytes: Int, peer: Int? = nil, _ start: () throws -> any PendingCollective
  ) rethrows -> any PendingCollective {
    let sequence = notes.begin(kind, bytes: bytes, peer: peer)
    do {
      return WatchedPendingCollective(try start(), notes: notes, sequence: sequence)
    } catch {
      notes.end(sequence)
      throw error
    }
  }

  /// As the wrapped communicator's.
  package func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws {
    try noting(.broadcast, bytes: buffer.count, peer: root) { try base.broadcast(buffer, from: root) }
  }

  /// As the wrapped communicator's.
  package func allReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws {
    try noting(.allReduce, bytes: buffer.count) { try base.allReduce(buffer, as: type, operation) }
  }

  /// As the wrapped communicator's; open until `test` or `wait` has told the end.
  package func startAllReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws -> any PendingCollective {
    try notingUntilDone(.allReduce, bytes: buffer.count) {
      try base.startAllReduce(buffer, as: type, operation)
    }
  }

  /// As the wrapped communicator's.
  package func exchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws {
    try noting(.exchange, bytes: max(send.count, receive.count), peer: peer) {
      try base.exchange(send: send, receive: receive, with: peer)
    }
  }

  /// As the wrapped communicator's; open until `test` or `wait` has told the end.
  package func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, tag: Int
  ) throws -> any PendingCollective {
    try notingUntilDone(.exchange, bytes: max(send.count, receive.count), peer: peer) {
      try base.startExchange(send: send, receive: receive, with: peer, tag: tag)
    }
  }

  /// As the wrapped communicator's.
  package func barrier() throws { try noting(.barrier) { try base.barrier() } }

  /// As the wrapped communicator's.
  package func gather(_ bytes: UnsafeRawBufferPointer, to root: Int) throws -> [[UInt8]]? {
    try noting(.gather, bytes: bytes.count, peer: root) { try base.gather(bytes, to: root) }
  }

  /// A watched duplicate, labelled as another of this communicator.
  package func duplicate() throws -> any Communicator { try duplicate(as: "another of \(label)") }

  /// A watched duplicate with the label `label`.
  package func duplicate(as label: String) throws -> any Communicator {
    WatchedCommunicator(try noting(.duplicate) { try base.duplicate(as: label) }, as: label, watch: watch)
  }

  /// A watched communicator of the first ranks.
  package func prefix(_ count: Int) throws -> (any Communicator)? {
    try noting(.prefix) { try base.prefix(count) }.map {
      WatchedCommunicator($0, as: "the first \(count) of \(label)", watch: watch)
    }
  }

  /// As the wrapped communicator's.
  package func abort(code: Int32) -> Never { base.abort(code: code) }
}

/// A request under way that notes its end.
private final class WatchedPendingCollective: PendingCollective {
  private let base: any PendingCollective
  private let notes: CallNotes
  private let sequence: Int

  init(_ base: any PendingCollective, notes: CallNotes, sequence: Int) {
    self.base = base
    self.notes = notes
    self.sequence = sequence
  }

  func test() throws -> Bool {
    guard try base.test() else { return false }
    notes.end(sequence)
    return true
  }

  func wait() throws {
    try base.wait()
    notes.end(sequence)
  }
}
