import Communication

/// What watchdogs say to each other: a question to all, and each one's answer.
///
/// Nothing here waits, so no rank that is stopped, dead or cut off can hold a watchdog up: a message that does not
/// arrive is simply never complete. One thread uses it, on a communicator that nobody else uses.
final class WatchdogMail {
  /// What there is of one other rank.
  private final class Peer {
    let rank: Int
    let question = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    let answer = UnsafeMutableRawBufferPointer.allocate(byteCount: WatchdogMail.answerBytes, alignment: 8)
    var questionPending: (any PendingCollective)?
    var answerPending: (any PendingCollective)?
    var told: WatchdogState?
    /// Whether it has said goodbye, or the message layer gave it up.
    var isGone = false

    init(rank: Int) { self.rank = rank }

    deinit {
      // A message that has not come would still be written there.
      if questionPending == nil { question.deallocate() }
      if answerPending == nil { answer.deallocate() }
    }
  }

  /// A message on its way, and its memory.
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

  /// Who has answered the last question, by rank.
  var answers: [WatchdogState] { peers.compactMap(\.told) }
  /// Whether all that could answer have.
  var allHaveAnswered: Bool { peers.allSatisfy { $0.told != nil || $0.isGone } }

  /// Asks every other rank for its state, forgetting what it has told before.
  func ask() {
    for peer in peers where !peer.isGone {
      peer.told = nil
      if peer.answerPending == nil { peer.answerPending = receive(peer, peer.answer, kind: 1) }
      var word = Word.ask.rawValue
      withUnsafeBytes(of: &word) { send($0, to: peer, kind: 0) }
    }
  }

  /// Takes in what has come.
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
        // Its process is gone, as far as the message layer can tell.
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

  /// Tells all that this rank asks and answers no more, so that nobody is left with an open request.
  func sayGoodbye() {
    var word = Word.goodbye.rawValue
    for peer in peers where !peer.isGone { withUnsafeBytes(of: &word) { send($0, to: peer, kind: 0) } }
  }

  /// Whether all others have said goodbye and all messages of this rank have left.
  var isOver: Bool { letters.isEmpty && peers.allSatisfy(\.isGone) }

  // MARK: Messages

  private func listen(_ peer: Peer) { peer.questionPending = receive(peer, peer.question, kind: 0) }

  /// An exchange that only receives. Each kind and direction has a tag of its own, as an empty half is a half too.
  private func receive(
    _ peer: Peer, _ bytes: UnsafeMutableRawBufferPointer, kind: Int
  ) -> (any PendingCollective)? {
    let pending = try? communicator.startExchange(
      send: .init(start: nil, count: 0), receive: bytes, with: peer.rank,
      tag: 2 * kind + (peer.rank < communicator.rank ? 0 : 1))
    if pending == nil { peer.isGone = true }
    return pending
  }

  /// An exchange that only sends.
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
