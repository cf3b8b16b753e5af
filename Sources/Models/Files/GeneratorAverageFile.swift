import Checkpoints
import Cluster
import Networks
import Training

extension GeneratorAverage {
  /// What the tensors' names of G begin with that pictures are to be made with.
  /// - Parameter asked: whether with the average; nil: where the file has one.
  /// - Throws: `RunError` where it is asked for and missing.
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
