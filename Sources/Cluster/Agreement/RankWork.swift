import Communication

/// Runs `body` on every rank. If it fails on some of them, all ranks throw. Collective.
/// - Returns: this rank's own result.
/// - Throws: `RunError`, the same on all ranks: the one sentence if all ranks failed with it, else the
///   sentence of each failed rank with its rank and host; errors of the message layer.
package func succeedingOnAllRanks<Value>(
  _ communicator: any Communicator, _ body: () throws -> Value
) throws -> Value {
  let outcome = Result { try body() }
  var sentence = ""
  var code: UInt64 = 0
  if case .failure(let error) = outcome {
    sentence = "\(error)"
    code = UInt64((error as? RunError)?.code ?? 1)
  }
  let worst = try communicator.allReduce(code, .max)
  if worst == 0 { return try outcome.get() }
  let sentences = try communicator.gather(sentence)
  let hosts = try communicator.gather(communicator.hostName)
  var told = ""
  if let sentences, let hosts {
    let failed = sentences.indices.filter { !sentences[$0].isEmpty }
    if failed.count == sentences.count, Set(sentences).count == 1 {
      told = sentences[0]
    } else {
      told = failed.map { "rank \($0) on \(hosts[$0]): \(sentences[$0])" }.joined(separator: "; ")
    }
  }
  throw RunError(try communicator.broadcast(told), code: Int32(worst))
}
