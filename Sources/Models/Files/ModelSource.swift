import Cluster
import Datasets
import Networks
import Recipes

/// The file of a trained model, and what is needed to run its networks.
package struct ModelSource {
  /// The path of its `model.safetensors`.
  package var model: String
  /// Its networks.
  package var architecture: Architecture
  /// How z is drawn.
  package var latent: LatentDistribution
  /// How pictures of another shape are fitted.
  package var fit: Fit

  /// Finds the model at `place`: a run's folder, a checkpoint's, or a `model.safetensors`.
  /// - Parameters:
  ///   - option: what named the place, for messages: `--checkpoint`.
  ///   - architecture: the networks; nil: the run's own.
  ///   - latent: how z is drawn, for networks with no run around them; nil: as the preset of their name has it, or else
  ///     normal.
  /// - Throws: as `SavedModel`; `RunError` where the networks are not known.
  package static func find(
    _ place: String, by option: String, architecture: Architecture?, latent: LatentDistribution? = nil
  ) throws -> ModelSource {
    let saved = try SavedModel(at: place, typed: place, by: option)
    if let recorded = saved.recorded {
      return ModelSource(
        model: saved.path, architecture: architecture ?? recorded.architecture,
        latent: recorded.recipe.latent, fit: recorded.recipe.preprocessing)
    }
    guard let architecture else {
      throw RunError(
        "\(saved.path) is not within a run's folder, so its networks are not known: give --preset (and --width, --size as they "
          + "were), or --architecture FILE",
        code: RunExit.usage)
    }
    return ModelSource(
      model: saved.path, architecture: architecture,
      latent: latent ?? recipe(of: architecture)?.latent ?? .normal,
      fit: recipe(of: architecture)?.preprocessing ?? .stretch)
  }

  /// The recipe for networks without a run's record and without a recipe: that of the preset with their name; nil: there
  /// is none.
  private static func recipe(of architecture: Architecture) -> Recipe? {
    Preset.all.first { $0.name == architecture.name }?.recipe
  }
}
