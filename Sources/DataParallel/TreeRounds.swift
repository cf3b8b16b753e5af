/// One exchange of a sum over ranks, as one rank makes it, over elements 0 ..< count.
///
/// A sum goes up the tree of Note [Slice order] in log2(P) rounds: in round k a rank meets the one whose number
/// differs in bit k, and the lower's values plus the upper's are both's from then on.
/// Float addition commutes, so it does not matter which of the two is the lower.
/// - Recursive *doubling* exchanges all elements in each round, and is done then.
/// - Recursive *halving* exchanges only the half that the partner goes on with, so that each rank is left with
///   1 / P of the sum; an all-gather down the same tree brings the rest. 2 (P - 1) / P of the elements travel
///   instead of log2(P) times all, in twice the rounds.
///
/// An element is added by fewer ranks under halving, but in the same order: both give the same bits.
struct TreeRound: Equatable {
  /// The rank to exchange with.
  let peer: Int
  /// Whether what comes is added: on the way up. On the way down it is already the sum.
  let adds: Bool
  /// The elements that leave.
  let send: Range<Int>
  /// The elements that come.
  let receive: Range<Int>

  /// All rounds of one rank.
  /// - Parameters:
  ///   - count: elements.
  ///   - rank: this rank.
  ///   - ranks: P, a power of two.
  ///   - halving: recursive halving, else doubling.
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
