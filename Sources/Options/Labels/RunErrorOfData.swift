import Cluster
import Datasets

extension RunError {
  /// Runs `body` and turns `DatasetError`, which is about files, into `RunError` with code 1.
  package static func ofData<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatasetError {
      throw RunError("\(error)")
    }
  }
}
