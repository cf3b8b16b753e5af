import Datasets
import Tensors

extension Preset {
  /// The label groups for which the preset is built without data: its own, or those of the built-in faces; nil if
  /// it has no conditions.
  package var defaultGroups: [LabelGroup]? {
    architecture.groups.map { $0.isEmpty ? ProceduralFaces.groups : $0 }
  }
}
