import Datasets
import Recipes
import Tensors

/// The source of the label groups, for networks with conditions.
package enum LabelGroupSource: Sendable {
  /// The preset's groups, or those of the built-in faces. For synthetic pictures.
  case preset
  /// The labels of the data that is to be trained on.
  case data

  /// The groups that networks of `preset` are built for.
  /// - Parameters:
  ///   - areWanted: whether the networks are to have label groups even if the preset has none.
  ///   - areKnown: whether the networks come from a file, so that their groups are known.
  /// - Returns: the groups; nil: none are needed.
  /// - Throws: `ConfigurationError` where the data lacks the labels that are needed, `DatasetError`.
  func groups(
    for preset: Preset, data: String, labels: String?, areWanted: Bool, areKnown: Bool
  ) throws -> [LabelGroup]? {
    let areAsked = areWanted || (preset.architecture.groups != nil && !areKnown)
    guard areAsked else { return nil }
    switch self {
    case .preset: return preset.defaultGroups ?? ProceduralFaces.groups
    case .data:
      let own = preset.architecture.groups.flatMap { $0.isEmpty ? nil : $0 }
      return try DataLabels.groups(
        of: data, labels: labels, for: areKnown ? "the architecture" : preset.name, own: own)
    }
  }
}
