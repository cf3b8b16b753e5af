import Communication
import DataParallel
import TestRanks
import Testing

@Suite("Replicas that drift apart")
struct ReplicaCheckTests {
  @Test("One flipped bit is found on any number of ranks", arguments: [2, 3, 4])
  func flip(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { try checkReplicaCheck($0) }
  }

  @Test("Every bit of a buffer counts, the last odd word's included")
  func everyBit() {
    let floats = Floats(13) { Float($0) }
    func digest() -> ReplicaDigest {
      ReplicaDigest([ReplicaBuffer(name: "w", floats: floats.pointer, count: 13)])
    }
    let before = digest()
    var seen: Set<UInt64> = [before.combined]
    for bit in 0..<13 * 32 {
      let value = floats[bit / 32]
      floats[bit / 32] = Float(bitPattern: value.bitPattern ^ 1 << UInt32(bit % 32))
      seen.insert(digest().combined)
      floats[bit / 32] = value
    }
    #expect(seen.count == 13 * 32 + 1)
    #expect(digest() == before)
  }

  @Test("Length, order and zeros count")
  func shape() {
    let zeros = Floats(64)
    var seen: Set<UInt64> = []
    for count in 0...64 {
      seen.insert(ReplicaDigest([ReplicaBuffer(name: "w", floats: zeros.pointer, count: count)]).combined)
    }
    #expect(seen.count == 65)
    let a = Floats(8) { Float($0) }
    let one = ReplicaBuffer(name: "a", floats: a.pointer, count: 8)
    let two = ReplicaBuffer(name: "z", floats: zeros.pointer, count: 8)
    #expect(ReplicaDigest([one, two]).combined != ReplicaDigest([two, one]).combined)
  }

  @Test("Votes agree exactly if all hashes are the same")
  func votes() {
    let a = Floats(8) { Float($0) }
    let digest = ReplicaDigest([ReplicaBuffer(name: "a", floats: a.pointer, count: 8)])
    a[3] = 7
    let other = ReplicaDigest([ReplicaBuffer(name: "a", floats: a.pointer, count: 8)])
    #expect(ReplicaDigest.agree(digest.votes))
    #expect(!ReplicaDigest.agree(zip(digest.votes, other.votes).map { min($0, $1) }))
  }

  @Test("Several ranks and buffers are all named")
  func several() throws {
    let sentences = try ThreadCommunicator.run(ranks: 5) {
      try replicaSentence(
        $0,
        [
          Flip(rank: 1, buffer: 0, bit: 9), Flip(rank: 3, buffer: 0, bit: 1),
          Flip(rank: 3, buffer: 2, bit: 0),
        ])
    }
    #expect(Set(sentences).count == 1, "all ranks say the same")
    let sentence = sentences[0] ?? ""
    #expect(sentence.contains("rank 1 (host"), "\(sentence)")
    #expect(sentence.contains("rank 3 (host"))
    #expect(
      sentence.contains("generator.main.0.weight, adam.m on rank 3 are not what the other 3 ranks have"))
  }

  @Test("One rank has nothing to compare with")
  func alone() throws {
    #expect(try replicaSentence(SingleProcessCommunicator(), [Flip(rank: 0, buffer: 0, bit: 0)]) == nil)
  }
}
