/// Note [Casing of keys]
/// ~~~~~~~~~~~~~~~~~~~~~
/// Keys are written in snake_case everywhere: in options, recipes, networks, manifests. They are the flags' names with
/// `_` for `-`, and a file of a person's own may have `-` as well. Files of format 1 have camelCase in recipes and
/// networks (`learningRate`); that is read still, and means the same key. Values keep their names (`leastSquares`).
extension String {
  /// `learning_rate` of `learningRate` and of `learning-rate`.
  package var inSnakeCase: String {
    var result = ""
    for character in self {
      if character == "-" {
        result.append("_")
      } else if character.isUppercase {
        result += "_" + character.lowercased()
      } else {
        result.append(character)
      }
    }
    return result
  }
}

extension ConfigurationValue {
  /// The value with all keys of all its objects in snake_case.
  package var withSnakeCaseKeys: ConfigurationValue {
    switch self {
    case .object(let members):
      .object(members.map { .init($0.key.inSnakeCase, $0.value.withSnakeCaseKeys) })
    case .array(let values): .array(values.map(\.withSnakeCaseKeys))
    default: self
    }
  }
}
