import Communication

/// The messages of the watchdogs: a question to all ranks, and each rank's answer.
///
/// Nothing here waits, so a rank that is stopped, dead or cut off cannot hold up a watchdog: a message that
/// does not arrive is never complete. Used by one thread, on a communicator that nobody else uses.
final class WatchdogMail {
  /// The messages from and to one other rank.
  private final class Peer {
    let rank: Int
    let question = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    let answer = UnsafeMutableRawBufferPointer.allocate(byteCount: WatchdogMail.answerBytes, alignment: 8)
    var questionPending: (any PendingCollective)?
    var answerPending: (any PendingCollective)?
    var told: WatchdogState?
    /// Whether the rank has said goodbye, or a message to or from it has failed.
    var isGone = false

    init(rank: Int) { self.rank = rank }

    deinit {
      // A message that has not come yet may still be written to this memory.
      if questionPending == nil { question.deallocate() }
      if answerPending == nil { answer.deallocate() }
    }
  }

  /// A message that is being sent, and its memory.
  private struct Letter {
    let bytes: UnsafeMutableRawBufferPointer
    let pending: any PendingCollective
  }

  private enum Word: UInt64 { case ask = 1, goodbye = 2 }

  fileprivate static let answerBytes = 8192
  private let communicator: any Communicator
  private let peers: [Peer]
  private var letters: [Letter] = []

  /// Begins to listen to all other ranks.
  init(_ communicator: any Communicator) {
    self.communicator = communicator
    peers = (0..<communicator.size).filter { $0 != communicator.rank }.map(Peer.init)
    for peer in peers { listen(peer) }
  }

  /// The answers to the last question that have come, in rank order.
  var answers: [WatchdogState] { peers.compactMap(\.told) }
  /// Whether all ranks that are not gone have answered.
  var allHaveAnswered: Bool { peers.allSatisfy { $0.told != nil || $0.isGone } }

  /// Asks every other rank for its state, and forgets earlier answers.
  func ask() {
    for peer in peers where !peer.isGone {
      peer.told = nil
      if peer.answerPending == nil { peer.answerPending = receive(peer, peer.answer, kind: 1) }
      var word = Word.ask.rawValue
      withUnsafeBytes(of: &word) { send($0, to: peer, kind: 0) }
    }
  }

  /// Receives the messages that have come.
  /// - Returns: the ranks that want this one's state.
  func poll() -> [Int] {
    letters.removeAll { letter in
      guard (try? letter.pending.test()) ?? false else { return false }
      letter.bytes.deallocate()
      return true
    }
    var askers: [Int] = []
    for peer in peers where !peer.isGone {
      do {
        while let pending = peer.questionPending, try pending.test() {
          peer.questionPending = nil
          guard Word(rawValue: peer.question.load(as: UInt64.self)) == .ask else {
            peer.isGone = true
            break
          }
          if !askers.contains(peer.rank) { askers.append(peer.rank) }
          listen(peer)
        }
        if let pending = peer.answerPending, try pending.test() {
          peer.answerPending = nil
          peer.told = WatchdogState(message: .init(peer.answer))
        }
      } catch {
        // The message layer takes the rank's process for gone.
        peer.isGone = true
      }
    }
    return askers
  }

  /// Tells `rank` this rank's state.
  func answer(_ rank: Int, _ state: WatchdogState) {
    guard let peer = peers.first(where: { $0.rank == rank }), !peer.isGone else { return }
    state.message(of: Self.answerBytes).withUnsafeBytes { send($0, to: peer, kind: 1) }
  }

  /// Tells all ranks that this one asks and answers no more, so that no rank is left with an open request.
  func sayGoodbye() {
    var word = Word.goodbye.rawValue
    for peer in peers where !peer.isGone { withUnsafeBytes(of: &word) { send($0, to: peer, kind: 0) } }
  }

  /// Whether all others have said goodbye and all messages of this rank have left.
  var isOver: Bool { letters.isEmpty && peers.allSatisfy(\.isGone) }

  // MARK: Messages

  private func listen(_ peer: Peer) { peer.questionPending = receive(peer, peer.question, kind: 0) }

  /// Starts an exchange that only receives. Its empty half is a message too, so each kind and direction has a
  /// tag of its own.
  private func receive(
    _ peer: Peer, _ bytes: UnsafeMutableRawBufferPointer, kind: Int
  ) -> (any PendingCollective)? {
    let pending = try? communicator.startExchange(
      send: .init(start: nil, count: 0), receive: bytes, with: peer.rank,
      tag: 2 * kind + (peer.rank < communicator.rank ? 0 : 1))
    if pending == nil { peer.isGone = true }
    return pending
  }

  /// Starts an exchange that only sends.
  private func send(_ bytes: UnsafeRawBufferPointer, to peer: Peer, kind: Int) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    copy.copyMemory(from: bytes)
    let pending = try? communicator.startExchange(
      send: .init(copy), receive: .init(start: nil, count: 0), with: peer.rank,
      tag: 2 * kind + (communicator.rank < peer.rank ? 0 : 1))
    if let pending {
      letters.append(Letter(bytes: copy, pending: pending))
    } else {
      copy.deallocate()
      peer.isGone = true
    }
  }
}
