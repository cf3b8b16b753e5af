import Communication

/// Whether `body` throws a `CommunicationError` whose sentence holds `words`.
func refuses(_ words: String..., body: () throws -> Void) -> Bool {
  do {
    try body()
    return false
  } catch let error as CommunicationError {
    return words.allSatisfy(error.description.contains)
  } catch {
    return false
  }
}

/// The one suite that every kind of communicator has to pass. Collective.
package func checkConformance(_ communicator: any Communicator) throws {
  try checkRanks(communicator)
  try checkBroadcast(communicator)
  try checkAllReduce(communicator)
  try checkPendingAllReduce(communicator)
  try checkExchange(communicator)
  try checkPendingExchange(communicator)
  try checkGather(communicator)
  try checkPrefix(communicator)
  try checkDuplicate(communicator)
  try checkConveniences(communicator)
  try checkRefusals(communicator)
  try communicator.barrier()
}

private func checkRanks(_ c: any Communicator) throws {
  try demand((0..<c.size).contains(c.rank), "its rank is within the world", on: c)
  try demand((0..<c.localSize).contains(c.localRank), "its local rank is within its node", on: c)
  try demand(c.localSize <= c.size, "a node has no more ranks than the world", on: c)
  try demand(!c.hostName.isEmpty, "it knows its host", on: c)
  let seen = try c.allReduce(UInt64(1) << UInt64(c.rank), .sum)
  try demand(seen == (1 << UInt64(c.size)) - 1, "each rank is there once", on: c)
}

private func checkBroadcast(_ c: any Communicator) throws {
  for root in 0..<c.size {
    for count in [0, 1, 7, 100_003] {
      let expected = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ root) }
      var bytes = c.rank == root ? expected : [UInt8](repeating: 0, count: count)
      try bytes.withUnsafeMutableBytes { try c.broadcast($0, from: root) }
      try demand(bytes == expected, "broadcast of \(count) bytes from rank \(root) arrives", on: c)
    }
  }
}

private func checkAllReduce(_ c: any Communicator) throws {
  let ranks = Array(0..<c.size)
  for count in [0, 1, 5, 65_537] {
    // Small whole numbers, whose sums are exact in any order.
    func value(_ rank: Int, _ i: Int) -> Int { (rank * 7 + i * 3) % 101 }
    func column(_ i: Int) -> [Int] { ranks.map { value($0, i) } }

    for operation in [ReductionOperator.sum, .max, .min] {
      func expected(_ i: Int) -> Int {
        switch operation {
        case .max: column(i).max() ?? 0
        case .min: column(i).min() ?? 0
        default: column(i).reduce(0, +)
        }
      }
      let what = "allReduce (\(operation)) of \(count)"
      var floats = (0..<count).map { Float(value(c.rank, $0)) - 50 }
      try floats.withUnsafeMutableBytes { try c.allReduce($0, as: .float32, operation) }
      let shift = operation == .sum ? 50 * c.size : 50
      try demand(
        floats.indices.allSatisfy { floats[$0] == Float(expected($0) - shift) }, "\(what) floats", on: c)

      var doubles = (0..<count).map { Double(value(c.rank, $0)) }
      try c.allReduce(&doubles, operation)
      try demand(doubles.indices.allSatisfy { doubles[$0] == Double(expected($0)) }, "\(what) doubles", on: c)

      var words = (0..<count).map { UInt64(value(c.rank, $0)) << 40 }
      try c.allReduce(&words, operation)
      try demand(words.indices.allSatisfy { words[$0] == UInt64(expected($0)) << 40 }, "\(what) words", on: c)
    }
  }
  let flags = try c.allReduce(UInt64(1) << UInt64(63 - c.rank), .bitwiseOr)
  let all = ranks.reduce(UInt64(0)) { $0 | 1 << UInt64(63 - $1) }
  try demand(flags == all, "bitwise or joins the flags of all ranks", on: c)
}

private func checkPendingAllReduce(_ c: any Communicator) throws {
  let count = 10_001
  let first = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
  let second = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
  defer {
    first.deallocate()
    second.deallocate()
  }
  first.initialize(repeating: Float(c.rank + 1))
  second.initialize(repeating: Double(c.rank))
  // Two at a time, ended in the other order, one by test and one by wait.
  let one = try c.startAllReduce(.init(first), as: .float32, .sum)
  let two = try c.startAllReduce(.init(second), as: .float64, .max)
  while try !two.test() {}
  try one.wait()
  try demand(try one.test(), "a complete collective stays complete", on: c)
  try demand(
    first.allSatisfy { $0 == Float(c.size * (c.size + 1) / 2) }, "the first pending sum is right", on: c)
  try demand(second.allSatisfy { $0 == Double(c.size - 1) }, "the second pending maximum is right", on: c)
}

private func checkExchange(_ c: any Communicator) throws {
  func message(_ from: Int, _ to: Int) -> [UInt8] {
    (0..<(from * 1000 + to + 1)).map { UInt8(truncatingIfNeeded: $0 &+ from &* 17 &+ to) }
  }
  // Every pair, each side's message of another length, and each rank with itself.
  for distance in 0..<c.size.nextPowerOfTwo {
    let peer = c.rank ^ distance
    guard peer < c.size else { continue }
    var received = [UInt8](repeating: 0, count: message(peer, c.rank).count)
    try message(c.rank, peer).withUnsafeBytes { send in
      try received.withUnsafeMutableBytes { try c.exchange(send: send, receive: $0, with: peer) }
    }
    try demand(received == message(peer, c.rank), "the message of rank \(peer) arrives", on: c)
  }
}

private func checkPendingExchange(_ c: any Communicator) throws {
  // Three under way with each partner, two of one tag and one of another, ended last to first.
  for distance in 0..<c.size.nextPowerOfTwo {
    let peer = c.rank ^ distance
    guard peer < c.size else { continue }
    let count = 70_001
    let out = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: 3 * count)
    let back = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: 3 * count)
    defer {
      out.deallocate()
      back.deallocate()
    }
    func word(_ rank: Int, _ i: Int) -> UInt32 { UInt32(rank * 1_000_003 + i) }
    for i in out.indices { out[i] = word(c.rank, i) }
    back.initialize(repeating: 0)
    let pending = try (0..<3).map { part in
      let range = part * count..<(part + 1) * count
      return try c.startExchange(
        send: .init(UnsafeBufferPointer(rebasing: out[range])),
        receive: .init(UnsafeMutableBufferPointer(rebasing: back[range])), with: peer, tag: part / 2)
    }
    while try !pending[2].test() {}
    for one in pending.reversed() { try one.wait() }
    try demand(
      back.indices.allSatisfy { back[$0] == word(peer, $0) }, "pending messages of rank \(peer) arrive", on: c
    )
  }
}

private func checkPrefix(_ c: any Communicator) throws {
  for count in 1...c.size {
    let part = try c.prefix(count)
    try demand((part != nil) == (c.rank < count), "the first \(count) ranks have a communicator", on: c)
    guard let part else { continue }
    try demand(part.rank == c.rank && part.size == count, "its ranks are the same", on: c)
    let sum = try part.allReduce(UInt64(c.rank), .sum)
    try demand(sum == UInt64(count * (count - 1) / 2), "it sums over its ranks alone", on: c)
  }
  try demand(refuses("first \(c.size + 1)") { _ = try c.prefix(c.size + 1) }, "there are no more", on: c)
}

private func checkGather(_ c: any Communicator) throws {
  for root in 0..<c.size {
    let mine = [UInt8](repeating: UInt8(c.rank + 1), count: c.rank * 3)
    let all = try mine.withUnsafeBytes { try c.gather($0, to: root) }
    let expected = (0..<c.size).map { [UInt8](repeating: UInt8($0 + 1), count: $0 * 3) }
    try demand(c.rank == root ? all == expected : all == nil, "rank \(root) gathers all bytes", on: c)
  }
}

private func checkDuplicate(_ c: any Communicator) throws {
  let copy = try c.duplicate()
  try demand(copy.rank == c.rank && copy.size == c.size, "a duplicate has the same ranks", on: c)
  // The same kind of collective under way on both at once.
  var mine = [UInt64](repeating: 1, count: 3)
  var other = [UInt64](repeating: 2, count: 3)
  try mine.withUnsafeMutableBytes { mine in
    try other.withUnsafeMutableBytes { other in
      let one = try c.startAllReduce(mine, as: .uint64, .sum)
      let two = try copy.startAllReduce(other, as: .uint64, .sum)
      try two.wait()
      try one.wait()
    }
  }
  let size = UInt64(c.size)
  try demand(
    mine == [size, size, size] && other == [2 * size, 2 * size, 2 * size], "duplicates do not mix", on: c)
}

private func checkConveniences(_ c: any Communicator) throws {
  let text = try c.broadcast(c.isRoot ? "größer als vorher" : "", from: 0)
  try demand(text == "größer als vorher", "a text arrives", on: c)
  let names = try c.gather("rank \(c.rank)")
  try demand(!c.isRoot || names == (0..<c.size).map { "rank \($0)" }, "texts are gathered", on: c)
}

private func checkRefusals(_ c: any Communicator) throws {
  var bytes = [UInt8](repeating: 0, count: 16)
  let here = "rank \(c.rank) (host \(c.hostName))"
  try bytes.withUnsafeMutableBytes { buffer in
    try demand(
      refuses(here, "no rank \(c.size)") { try c.broadcast(buffer, from: c.size) }, "a root must exist", on: c
    )
    try demand(
      refuses(here, "no rank -1") { _ = try c.gather(.init(buffer), to: -1) }, "a root must exist", on: c)
    try demand(
      refuses(here, "15 bytes") { try c.allReduce(.init(rebasing: buffer[..<15]), as: .float32, .sum) },
      "bytes must be whole elements", on: c)
    try demand(
      refuses(here, "uint64 only") { _ = try c.startAllReduce(buffer, as: .float64, .bitwiseOr) },
      "floats have no bitwise or", on: c)
    // Between two ranks this one is MPI's own finding, so it shows that MPI's errors come through.
    let peer = c.rank ^ 1 < c.size ? c.rank ^ 1 : c.rank
    let half = UnsafeRawBufferPointer(rebasing: buffer[8...])
    let less = UnsafeMutableRawBufferPointer(rebasing: buffer[..<4])
    try demand(
      refuses(here) { try c.exchange(send: half, receive: less, with: peer) },
      "a message longer than its buffer is an error", on: c)
  }
}

extension Int {
  /// The smallest power of two that is not below this.
  fileprivate var nextPowerOfTwo: Int { sequence(first: 1) { $0 * 2 }.first { $0 >= self } ?? 1 }
}
