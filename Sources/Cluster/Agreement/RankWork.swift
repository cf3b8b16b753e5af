import Communication

/// Does on every rank what may fail on some of them, and lets all ranks know. Collective.
/// - Returns: this rank's own result.
/// - Throws: `RunError`, the same on all ranks: the common sentence, or each failed rank's with its rank and
///   host.
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
