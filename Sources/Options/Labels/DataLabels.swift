import Configuration
import Datasets
import Networks
import Tensors
import Wording

/// Finds the labels of the data, and compares them with the conditions of the networks.
package enum DataLabels {
  /// The label groups of the data that `--data` and `--labels` name, for networks that are built for them.
  /// - Parameters:
  ///   - name: the networks' name, for messages.
  ///   - own: the groups that the networks already have; nil: none.
  /// - Throws: `ConfigurationError` where the data has no labels, or is the built-in faces and lacks `own`;
  ///   `DatasetError`.
  static func groups(
    of data: String, labels: String?, for name: String, own: [LabelGroup]?
  ) throws -> [LabelGroup] {
    // No picture is drawn, so any size will do.
    let dataset = try openDataset(data, size: 8, labels: LabelSource(argument: labels))
    guard let table = dataset.labels else { throw unlabelled(name, data) }
    let found = table.groups
    if data == RunOptions.builtInFaces, let own, found != own {
      throw ConfigurationError(
        "\(name) makes pictures by \(inWords(own)), and the built-in faces are labelled by \(inWords(found)): give --data, "
          + "such as --data train-images-idx3-ubyte.gz with MNIST's labels beside it, or take --preset cdcgan64"
      )
    }
    return found
  }

  /// Checks that the data has the labels that the networks are made for, in the same order.
  /// - Throws: `ConfigurationError`.
  package static func check(_ dataset: any PictureDataset, for architecture: Architecture, source: String)
    throws
  {
    guard let wanted = architecture.conditions?.groups else { return }
    guard let table = dataset.labels else { throw unlabelled(architecture.name, source) }
    let found = table.groups
    guard found.map(\.name) == wanted.map(\.name) else {
      throw ConfigurationError(
        "\(architecture.name) makes pictures by \(inWords(wanted)), and the labels of \(source) are \(inWords(found)): the "
          + "groups of \"conditions\" and those of the data must be the same, in the same order")
    }
    for (own, other) in zip(found, wanted) where own.classes != other.classes {
      let difference =
        own.classes.first { !other.classes.contains($0) }.map { "\"\($0)\" is not among the networks'" }
        ?? other.classes.first { !own.classes.contains($0) }.map { "\"\($0)\" is not in the data" }
        ?? "their order differs"
      throw ConfigurationError(
        "\(architecture.name) knows \(other.classes.count) classes of \(other.name), and \(source) has "
          + "\(own.classes.count) that are not the same: \(difference)")
    }
  }

  private static func unlabelled(_ name: String, _ source: String) -> ConfigurationError {
    ConfigurationError(
      "\(name) makes pictures by labels, and \(source) has none: give --labels FILE.csv (file,group,...), --labels folders, "
        + "or put labels.csv into the folder")
  }

  /// "digit (10 classes)", "hair (12 classes) and eyes (10 classes)".
  private static func inWords(_ groups: [LabelGroup]) -> String {
    listed(groups.map { "\($0.name) (\($0.classes.count) classes)" }, with: "and")
  }
}
