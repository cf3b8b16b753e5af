/// Note [Casing of keys]
/// ~~~~~~~~~~~~~~~~~~~~~
/// Keys are written in snake_case everywhere: in options, recipes, networks, manifests. A key is the name of its flag
/// with `_` in place of `-`; a person's own file may have `-`, too. Files of format 1 have camelCase keys in recipes
/// and networks (`learningRate`), which are still read as the same keys. Values keep their names (`leastSquares`).
extension String {
  /// The key in snake_case: `learning_rate` for `learningRate` and for `learning-rate`.
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
  /// - Throws: `ConfigurationError` where an object has one key in two casings.
  package func withSnakeCaseKeys() throws -> ConfigurationValue {
    switch self {
    case .object(let members):
      var known: Set<String> = []
      return .object(
        try members.map { member in
          let key = member.key.inSnakeCase
          guard known.insert(key).inserted else { throw ConfigurationError.twice(key) }
          return .init(key, try member.value.withSnakeCaseKeys())
        })
    case .array(let values): return .array(try values.map { try $0.withSnakeCaseKeys() })
    default: return self
    }
  }
}

extension ConfigurationError {
  /// The error that an object has a key twice.
  static func twice(_ key: String) -> ConfigurationError {
    ConfigurationError("the key \"\(key)\" stands there twice")
  }
}
