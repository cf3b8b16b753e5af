import Configuration
import Datasets

/// A value of the recipe that has its own flag, and its own key in a person's file.
struct RecipeFlag: Sendable {
  /// The key: `lr_d` of `--lr-d`.
  let name: String
  /// The paths of the value in the recipe: one, or one for each network.
  let paths: [[String]]
  /// Reads the value from a file; nil: the file has none.
  let read: @Sendable (ConfigurationReader, String) throws -> ConfigurationValue?
  /// What a number must be, if it is not that; nil where it is right.
  let complaint: @Sendable (Double) -> String?

  /// All flags of this kind.
  static let all: [RecipeFlag] = [
    RecipeFlag(
      name: "batch_size", paths: [["batch_size"]],
      read: { try $0.integerIfPresent($1, in: 1...1_048_576).map { .integer($0) } },
      complaint: {
        (1...1_048_576).contains($0)
          ? nil : "a whole number from 1 to 1048576, and is \(ConfigurationValue.real($0).inWords)"
      }),
    .number("lr_d", at: "discriminator.learning_rate", what: "a number above 0") { $0 > 0 && $0.isFinite },
    .number("lr_g", at: "generator.learning_rate", what: "a number above 0") { $0 > 0 && $0.isFinite },
    .number(
      "beta1", at: "discriminator.beta1", "generator.beta1", what: "a number from 0 to below 1"
    ) { $0 >= 0 && $0 < 1 },
    RecipeFlag(
      name: "preprocessing", paths: [["preprocessing"]],
      read: { try $0.choiceIfPresent($1, as: Fit.self).map { .string($0.rawValue) } },
      complaint: { _ in nil }),
    .number("label_smoothing", at: "loss.smoothing.amount", what: "a number from 0 to 1") {
      (0...1).contains($0)
    },
  ]

  private static func number(
    _ name: String, at paths: String..., what: String, isRight: @escaping @Sendable (Double) -> Bool
  ) -> RecipeFlag {
    RecipeFlag(
      name: name, paths: paths.map { $0.split(separator: ".").map(String.init) },
      read: { try $0.numberIfPresent($1).map(ConfigurationValue.real) },
      complaint: { isRight($0) ? nil : "\(what), and is \($0)" })
  }

  /// The name as it is typed: `lr-d`.
  var typed: String { String(GivenOptions.flagName(name).dropFirst(2)) }

  /// The typed name of the flag for a path of the recipe; nil: there is none for this path alone.
  static func name(ofPath path: String) -> String? {
    all.first { $0.paths.count == 1 && $0.paths[0].joined(separator: ".") == path }?.typed
  }

  /// The flag for a path of the recipe, as it is typed; nil: there is none for this path alone.
  static func flag(ofPath path: String) -> String? {
    name(ofPath: path).map { "--" + $0 }
  }

  /// A recipe's object with this value alone, at all its paths.
  func recipe(_ value: ConfigurationValue) -> ConfigurationValue {
    paths.reduce(.object([])) { recipe, path in
      recipe.merging(path.reversed().reduce(value) { .object([.init($1, $0)]) })
    }
  }

  /// Checks the value where `recipe` has it.
  /// - Parameter name: gives the name that a key has where it was given.
  /// - Throws: `ConfigurationError`.
  func validate(_ recipe: ConfigurationValue, named name: (String) -> String) throws {
    for path in paths {
      let number: Double
      switch path.reduce(recipe as ConfigurationValue?, { $0?[$1] }) {
      case .integer(let whole): number = Double(whole)
      case .number(let real): number = real
      default: continue
      }
      guard let complaint = complaint(number) else { continue }
      throw ConfigurationError("\(name(self.name)) must be \(complaint)")
    }
  }
}
