import Checkpoints
import Cluster
import Networks
import Training

extension GeneratorAverage {
  /// The prefix of the tensors of the G that is to make pictures: G's own, or its average's.
  /// - Parameter asked: whether to take the average; nil: take it where the file has one.
  /// - Throws: `RunError` where the average is asked for and the file has none.
  static func picked(_ asked: Bool?, of file: SafetensorsReader) throws -> String {
    let isThere = file.tensors.contains { $0.name.hasPrefix("\(name).") }
    if asked == true, !isThere {
      throw RunError(
        "\(file.path) holds no average of the generator: it is kept by training with --set generator_average=0.999"
      )
    }
    return isThere && asked != false ? name : NetworkRole.generator.rawValue
  }
}
