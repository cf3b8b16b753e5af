import CKernels
import Communication

/// A piece of a bucket, small enough for one message of a reduction.
struct GradientPiece {
  /// Its first element.
  let values: UnsafeMutablePointer<Float>
  /// How many elements it has.
  let count: Int
  /// Tells the messages of pieces that are under way at the same time apart.
  let tag: Int
  /// The exchanges of an ordered sum; empty under `fast`.
  let rounds: [TreeRound]
}

/// A place for a piece that is under way: the piece's state between two exchanges, and memory for what is
/// received.
///
/// With `.bf16` a rank rounds what it sends, in place. So the two partners of an exchange in recursive
/// doubling add the same numbers, and a rank that sends its part of the sum on the way down keeps the
/// rounded numbers that it sends.
final class PieceInFlight {
  private let communicator: any Communicator
  private let wire: WirePrecision
  private let incoming: UnsafeMutablePointer<Float>
  private let outgoing: UnsafeMutablePointer<UInt16>
  private var piece: GradientPiece?
  private var pending: (any PendingCollective)?
  private var round = 0

  /// A place for pieces of up to `capacity` elements.
  init(_ communicator: any Communicator, wire: WirePrecision, capacity: Int) {
    self.communicator = communicator
    self.wire = wire
    incoming = .allocate(capacity: capacity)
    outgoing = .allocate(capacity: capacity)
  }

  deinit {
    incoming.deallocate()
    outgoing.deallocate()
  }

  /// Whether no piece is here.
  var isFree: Bool { piece == nil }

  /// Puts a piece on its way.
  /// - Throws: `CommunicationError`.
  func start(_ piece: GradientPiece) throws {
    precondition(isFree, "a place holds one piece")
    self.piece = piece
    round = 0
    if piece.rounds.isEmpty {
      pending = try communicator.startAllReduce(bytes(piece.values, 0..<piece.count), as: .float32, .sum)
    } else {
      try startRound(piece)
    }
  }

  /// Does what can be done without waiting.
  /// - Returns: whether anything moved; after it, the place may be free.
  /// - Throws: `CommunicationError`.
  func advance() throws -> Bool {
    guard let piece, let current = pending, try current.test() else { return false }
    pending = nil
    if round < piece.rounds.count {
      finishRound(piece)
      round += 1
    }
    if round < piece.rounds.count { try startRound(piece) } else { self.piece = nil }
    return true
  }

  private func startRound(_ piece: GradientPiece) throws {
    let next = piece.rounds[round]
    let receive = next.receive
    switch wire {
    case .fp32:
      let target = next.adds ? incoming : piece.values + receive.lowerBound
      pending = try communicator.startExchange(
        send: .init(bytes(piece.values, next.send)), receive: bytes(target, 0..<receive.count),
        with: next.peer, tag: piece.tag)
    case .bf16:
      ck_wire_pack(piece.values + next.send.lowerBound, outgoing, next.send.count)
      pending = try communicator.startExchange(
        send: .init(start: outgoing, count: 2 * next.send.count),
        receive: .init(start: incoming, count: 2 * receive.count), with: next.peer, tag: piece.tag)
    }
  }

  private func finishRound(_ piece: GradientPiece) {
    let ended = piece.rounds[round]
    let values = piece.values + ended.receive.lowerBound
    let count = ended.receive.count
    switch wire {
    case .fp32:
      guard ended.adds else { return }
      ck_add(values, incoming, values, count)
    case .bf16:
      incoming.withMemoryRebound(to: UInt16.self, capacity: count) {
        if ended.adds { ck_wire_add($0, values, count) } else { ck_wire_unpack($0, values, count) }
      }
    }
  }

  private func bytes(_ base: UnsafeMutablePointer<Float>, _ range: Range<Int>)
    -> UnsafeMutableRawBufferPointer
  {
    .init(start: base + range.lowerBound, count: range.count * MemoryLayout<Float>.size)
  }
}
