import Datasets
import Networks

extension Preset {
  /// The label groups that it is built for where no data is looked at: its own, or the built-in faces'; nil: it is made
  /// by none.
  package var defaultGroups: [Networks.LabelGroup]? {
    architecture.groups.map { $0.isEmpty ? Self.facesGroups : $0 }
  }

  /// Hair and eyes.
  package static var facesGroups: [Networks.LabelGroup] {
    [
      .init(name: "hair", classes: ProceduralFaces.hairColours.map(\.name)),
      .init(name: "eyes", classes: ProceduralFaces.eyeColours.map(\.name)),
    ]
  }
}
