import Datasets
import Tensors

extension Preset {
  /// The label groups that it is built for where no data is looked at: its own, or the built-in faces'; nil: it is made
  /// by none.
  package var defaultGroups: [LabelGroup]? {
    architecture.groups.map { $0.isEmpty ? ProceduralFaces.groups : $0 }
  }
}
