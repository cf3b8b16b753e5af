/// One exchange of a sum over ranks, as one rank makes it, over elements 0 ..< count.
///
/// A sum goes up the tree of Note [Slice order] in log2(P) rounds. In round k a rank exchanges with the
/// rank whose number differs from its own in bit k, and from then on both have the lower rank's values plus
/// the upper rank's. Float addition commutes, so it does not matter which of the two is the lower.
/// - Recursive *doubling* exchanges all elements in each round, and then is done.
/// - Recursive *halving* exchanges only the half that the partner goes on with, so that each rank is left
///   with 1 / P of the sum; an all-gather down the same tree brings the rest. Each rank sends 2 (P - 1) / P
///   of the elements instead of log2(P) times all of them, in twice the rounds.
///
/// Under halving fewer ranks add an element, but in the same order: both give the same bits.
struct TreeRound: Equatable {
  /// The rank to exchange with.
  let peer: Int
  /// Whether the received values are added (on the way up), or are the sum already and replace the rank's
  /// own (on the way down).
  let adds: Bool
  /// The elements that this rank sends.
  let send: Range<Int>
  /// The elements that this rank receives.
  let receive: Range<Int>

  /// All rounds of one rank.
  /// - Parameters:
  ///   - count: elements.
  ///   - rank: this rank.
  ///   - ranks: P, a power of two.
  ///   - halving: whether by recursive halving; else by doubling.
  static func all(count: Int, rank: Int, ranks: Int, halving: Bool) -> [TreeRound] {
    var up: [TreeRound] = []
    var mine = 0..<count
    var distance = 1
    while distance < ranks {
      let isLower = rank & distance == 0
      let middle = mine.lowerBound + mine.count / 2
      let lower = mine.lowerBound..<middle
      let upper = middle..<mine.upperBound
      let (keep, give) = !halving ? (mine, mine) : isLower ? (lower, upper) : (upper, lower)
      up.append(
        TreeRound(peer: rank ^ distance, adds: true, send: give, receive: keep))
      mine = keep
      distance *= 2
    }
    guard halving else { return up }
    let down = up.reversed().map {
      TreeRound(peer: $0.peer, adds: false, send: $0.receive, receive: $0.send)
    }
    return up + down
  }
}
