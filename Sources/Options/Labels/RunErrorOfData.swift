import Cluster
import Datasets

extension RunError {
  /// Runs `body`, whose errors of data sets are about what was found there.
  package static func ofData<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatasetError {
      throw RunError("\(error)")
    }
  }
}
