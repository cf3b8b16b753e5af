import Communication
import DataParallel
import TestRanks

/// A bit of one rank's state to turn over.
struct Flip: Sendable {
  let rank: Int
  let buffer: Int
  let bit: Int
}

/// The sentence that the check gives for three buffers with these bits turned over; nil where it finds
/// nothing. Collective.
func replicaSentence(_ c: any Communicator, _ flips: [Flip]) throws -> String? {
  let names = ["generator.main.0.weight", "discriminator.main.2.bias", "adam.m"]
  let buffers = [1031, 5, 64].enumerated().map { b, count in Floats(count) { Float($0) * 0.5 + Float(b) } }
  for flip in flips where flip.rank == c.rank {
    let at = flip.bit / 32
    let bits = buffers[flip.buffer][at].bitPattern ^ 1 << UInt32(flip.bit % 32)
    buffers[flip.buffer][at] = Float(bitPattern: bits)
  }
  let state = zip(names, buffers).map { ReplicaBuffer(name: $0, floats: $1.pointer, count: $1.count) }
  defer { withExtendedLifetime(buffers) {} }
  do {
    try ReplicaCheck.verify(state, step: 120, on: c)
    return nil
  } catch let error as ReplicaError {
    return error.description
  }
}

/// Throws unless a turned bit of the last rank is found and named on all ranks. Collective, on 2 ranks or
/// more.
func checkReplicaCheck(_ c: any Communicator) throws {
  try demand(try replicaSentence(c, []) == nil, "equal replicas are equal", on: c)
  let last = c.size - 1
  let host = try c.broadcast(try c.gather(c.hostName)?[last] ?? "")
  let sentence = try replicaSentence(c, [Flip(rank: last, buffer: 1, bit: 70)]) ?? ""
  try demand(
    ["after step 120", "on rank \(last) (host \(host))", "discriminator.main.2.bias is not"]
      .allSatisfy(sentence.contains), "the check names rank and buffer, not: \(sentence)", on: c)
  try demand(!sentence.contains("generator"), "the check names no other buffer: \(sentence)", on: c)
}
