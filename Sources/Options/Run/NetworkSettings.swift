import Configuration
import Recipes

/// Which networks are trained, and of what shape, as far as flags can say it.
///
/// A run records here what its networks are; `RunOptions.architecture` has every layer.
package struct NetworkSettings: SettingsGroup {
  /// `--preset`: the reference system that the networks were built from; nil: a network of the user's own.
  package var preset: String?
  /// `--size`: H = W of the pictures.
  package var size: Int?
  /// `--width`: 64 times the factor by which the channel counts were multiplied; nil if `preset` is nil.
  package var width: Int?
  /// `--width-rule`: the rule by which the widths were counted; nil if `preset` is nil or has only one rule.
  package var widthRule: WidthRule?
  /// `--no-batch-norm`: whether batch norm was taken out of the networks.
  package var noBatchNorm = false
  /// `--acgan`: whether D also tells classes.
  package var acgan = false
  /// `--spectral-norm`: whether every weight of D is divided by its largest singular value.
  package var spectralNorm = false
  /// `--channels`: C of the pictures.
  package var channels: Int?

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<NetworkSettings>] = [
    .text("preset", \.preset, .stays, what: "the name of a preset"),
    .whole("size", \.size, .stays, in: 1...4_096),
    .whole("width", \.width, .stays, in: 1...4_096),
    .choice("width_rule", \.widthRule, .stays),
    .bool("no_batch_norm", \.noBatchNorm, .stays),
    .bool("acgan", \.acgan, .stays),
    .bool("spectral_norm", \.spectralNorm, .stays),
    .open(
      "channels", \.channels, .stays, read: { try $0.integerIfPresent($1, in: Int.min...Int.max) },
      write: { .integer($0) },
      must: { $0 == 1 || $0 == 3 ? nil : "1 (grey) or 3 (RGB), and is \($0)" }),
  ]

  /// The keys of options that say the networks' shape. With a network of the user's own, its file says the
  /// shape.
  static let shapeKeys = ["preset", "size", "width", "width_rule", "channels"]
}
