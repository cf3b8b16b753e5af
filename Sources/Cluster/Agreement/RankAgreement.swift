import Communication
import Foundation

/// Runs `body` on rank 0 alone and gives its result, or its error, to every rank.
///
/// For everything that looks at files or folders: on NFS, ranks may disagree on whether a file exists.
/// Collective.
/// - Throws: `RunError` with rank 0's sentence, on every rank; errors of the message layer.
package func decidedByRankZero<Value: Codable>(
  _ communicator: any Communicator, _ body: () throws -> Value
) throws -> Value {
  var message: [UInt8] = []
  if communicator.rank == 0 {
    let outcome: RankZeroOutcome<Value>
    do {
      outcome = .init(value: try body(), error: nil)
    } catch let error as RunError {
      outcome = .init(value: nil, error: error)
    } catch {
      outcome = .init(value: nil, error: RunError("\(error)"))
    }
    message = Array(try JSONEncoder().encode(outcome))
  }
  try communicator.broadcast(&message)
  let outcome = try JSONDecoder().decode(RankZeroOutcome<Value>.self, from: Data(message))
  if let error = outcome.error { throw error }
  guard let value = outcome.value else { throw RunError("rank 0 sent neither a result nor an error") }
  return value
}

private struct RankZeroOutcome<Value: Codable>: Codable {
  var value: Value?
  var error: RunError?
}
