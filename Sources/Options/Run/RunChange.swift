import Cluster
import Configuration
import Foundation

/// A value that a resume changed: one of the recipe (`train --resume RUN --change lr-d=5e-5`), the data, or the labels that
/// were given with new data.
///
/// A run is a function of its data, its options and the list of its changes: each holds from the step after `step` on, on
/// any number of ranks and through later resumes.
package struct RunChange: Equatable, Sendable {
  /// Steps that the run had made when it was changed.
  package let step: Int
  /// Where the value stands in the recipe, as `discriminator.learning_rate`; or `data` or `labels`.
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
    /// Batches of real pictures drawn so far, those that a change left out included.
    package var draws: Int
    /// Passes begun so far, each with an order of its own.
    package var passes: Int

    /// A place from its parts; without them, the start of a run.
    package init(epochs: Double = 0, images: Int = 0, draws: Int = 0, passes: Int = 0) {
      self.epochs = epochs
      self.images = images
      self.draws = draws
      self.passes = passes
    }

    // Limits under which no number that follows from a recorded place overflows.
    static let mostEpochs = 1e9
    static let mostImages = 1 << 60
    static let mostDraws = 1 << 40
    static let mostPasses = 1 << 30
  }

  /// The path of a change of the data.
  package static let data = "data"
  /// The path of a change of the labels, which comes with one of the data.
  static let labels = "labels"

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
    LaunchCommand.line(["--change", "\(RecipeFlag.name(ofPath: path) ?? path)=\(new.onOneLine)"])
  }
}

extension RunChange: ConfigurationConvertible {
  /// Reads a recorded change strictly.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path place: String) throws {
    let places = ["epochs", "images", "draws", "passes"]
    let reader = try ConfigurationReader(
      configuration, path: place, known: ["step", "key", "old", "new"] + places)
    let path = try reader.string("key")
    var reached: Reached?
    if Self.endsPass(path) {
      for key in places { _ = try reader.required(key) }
      let epochs = try reader.number("epochs")
      guard (0...Reached.mostEpochs).contains(epochs) else {
        throw ConfigurationError(
          "\(reader.path(of: "epochs")) must be a number from 0 to 1e9, and is \(epochs)")
      }
      reached = Reached(
        epochs: epochs, images: try reader.integer("images", in: 0...Reached.mostImages),
        draws: try reader.integer("draws", in: 0...Reached.mostDraws),
        passes: try reader.integer("passes", in: 0...Reached.mostPasses))
    } else if let known = places.first(where: { reader.value($0) != nil }) {
      throw ConfigurationError("\(reader.path(of: known)) means nothing, as a change of \(path) ends no pass")
    }
    self.init(
      step: try reader.integer("step", in: 0...Int(UInt32.max)), path: path,
      old: reader.value("old") ?? .null, new: reader.value("new") ?? .null, reached: reached)
  }

  /// The change as it stands in `options.json`.
  package var configuration: ConfigurationValue {
    .object(
      [.init("step", .integer(step)), .init("key", .string(path)), .init("old", old), .init("new", new)]
        + (reached.map {
          [
            .init("epochs", .real($0.epochs)), .init("images", .integer($0.images)),
            .init("draws", .integer($0.draws)), .init("passes", .integer($0.passes)),
          ]
        } ?? []))
  }
}

extension ConfigurationValue {
  /// The value as it is typed behind a key.
  fileprivate var onOneLine: String {
    if case .string(let text) = self { return text }
    return json(width: .max)
  }
}
