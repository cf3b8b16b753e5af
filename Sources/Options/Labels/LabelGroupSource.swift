import Datasets
import Recipes
import Tensors

/// Where the label groups of networks with conditions come from.
package enum LabelGroupSource: Sendable {
  /// The preset's own, or the built-in faces': for synthetic pictures.
  case preset
  /// The data that is to be trained on.
  case data

  /// The groups that networks of `preset` are built for.
  /// - Parameters:
  ///   - areWanted: whether the networks are to have conditions even if the preset has none.
  ///   - areKnown: whether the networks are there already, with what they have.
  /// - Returns: nil: none are asked for.
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
