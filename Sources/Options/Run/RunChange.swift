import Configuration
import Foundation

/// A value that a resume changed: one of the recipe (`train --resume RUN --change lr-d=5e-5`), or the data.
///
/// A run is a function of its data, its options and the list of its changes: each holds from the step after `step` on, on
/// any number of ranks and through later resumes.
package struct RunChange: Equatable, Sendable {
  /// Steps that the run had made when it was changed.
  package let step: Int
  /// Where the value stands in the recipe, as `discriminator.learning_rate`; or `data`.
  package let path: String
  /// The value before.
  package let old: ConfigurationValue
  /// The value from then on.
  package let new: ConfigurationValue
  /// How far the run was, where the change ends a pass over the data (`endsPass`); nil: it does not.
  package let reached: Reached?

  /// How far through the data a run is.
  package struct Reached: Equatable, Sendable {
    /// Passes over the data, as a fraction.
    package var epochs: Double
    /// Real pictures that D has seen.
    package var images: Int

    /// A place from its parts.
    package init(epochs: Double, images: Int) {
      self.epochs = epochs
      self.images = images
    }
  }

  /// The path of a change of the data.
  package static let data = "data"

  /// A change from its parts.
  package init(
    step: Int, path: String, old: ConfigurationValue, new: ConfigurationValue, reached: Reached? = nil
  ) {
    self.step = step
    self.path = path
    self.old = old
    self.new = new
    self.reached = Self.endsPass(path) ? reached : nil
  }

  /// Whether a change of the value at `path` ends the pass over the data that is under way.
  static func endsPass(_ path: String) -> Bool {
    // The batches of a step follow from these.
    [data, "batch_size", "sampling", "schedule"].contains(String(path.prefix { $0 != "." }))
  }

  /// The change as a sentence's part: `discriminator.learning_rate from 0.0002 to 5e-05`.
  package var words: String {
    let pass = reached.map {
      " (\(String(format: "%.4g", $0.epochs)) epochs are done; a new pass over the data begins)"
    }
    return "\(path) from \(old.onOneLine) to \(new.onOneLine)\(pass ?? "")"
  }

  /// The words that give a value of the recipe by a change; nil where it may not change within a run.
  /// - Parameter path: the value's path in `options.json`, as `recipe.discriminator.learning_rate`.
  package static func flag(ofOption path: String, value: ConfigurationValue) -> String? {
    let keys = path.split(separator: ".").map(String.init)
    guard keys.count > 1, keys[0] == "recipe", RunOptions.changeable.contains(keys[1]) else { return nil }
    return RunChange(step: 0, path: keys.dropFirst().joined(separator: "."), old: .null, new: value).flag
  }

  /// The words that make the change again.
  package var flag: String {
    "--change \(RecipeFlag.name(ofPath: path) ?? path)=\(new.onOneLine)"
  }
}

extension RunChange: ConfigurationConvertible {
  /// Reads a recorded change strictly.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path place: String) throws {
    let reader = try ConfigurationReader(
      configuration, path: place, known: ["step", "key", "old", "new", "epochs", "images"])
    let epochs = try reader.numberIfPresent("epochs")
    let images = try reader.integerIfPresent("images", in: 0...Int.max)
    self.init(
      step: try reader.integer("step", in: 0...Int(UInt32.max)), path: try reader.string("key"),
      old: reader.value("old") ?? .null, new: reader.value("new") ?? .null,
      reached: epochs.flatMap { epochs in images.map { Reached(epochs: epochs, images: $0) } })
    let isWhole = Self.endsPass(path) ? reached != nil : epochs == nil && images == nil
    guard isWhole else {
      throw ConfigurationError(
        "\(place) must have \(Self.endsPass(path) ? "epochs and images" : "neither epochs nor images"), as it changes "
          + path)
    }
    if let reached, !(0...1e9).contains(reached.epochs) {
      throw ConfigurationError("\(place).epochs must be a number from 0, and is \(reached.epochs)")
    }
  }

  /// The change as it stands in `options.json`.
  package var configuration: ConfigurationValue {
    .object(
      [.init("step", .integer(step)), .init("key", .string(path)), .init("old", old), .init("new", new)]
        + (reached.map { [.init("epochs", .real($0.epochs)), .init("images", .integer($0.images))] } ?? []))
  }
}

extension ConfigurationValue {
  /// The value as it is typed behind a key.
  fileprivate var onOneLine: String {
    if case .string(let text) = self { return text }
    return json(width: .max)
  }
}
