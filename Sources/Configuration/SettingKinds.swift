/// The kinds of options in the tables of groups.
extension SettingKey {
  /// An option whose value may be nil, which is written as null. If a file has null or leaves the option out, the
  /// option is not given.
  /// - Parameters:
  ///   - read: reads the value of a key; nil if the key is absent or null.
  ///   - write: the value for a file.
  ///   - must: for a value that is not allowed, what it must be; nil for a value that is allowed.
  package static func open<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Value?> & Sendable, _ onResume: OnResume = .mayChange,
    read: @escaping @Sendable (ConfigurationReader, String) throws -> Value?,
    write: @escaping @Sendable (Value) -> ConfigurationValue,
    must: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { reader, key in try read(reader, key).map { .some($0) } },
      write: { $0.map(write) ?? .null }, must: { $0.flatMap(must) })
  }

  /// true or false.
  package static func bool(
    _ name: String, _ path: WritableKeyPath<Settings, Bool> & Sendable, _ onResume: OnResume = .mayChange
  ) -> SettingKey {
    SettingKey(name, path, onResume, read: { try $0.boolIfPresent($1) }, write: { .bool($0) })
  }

  /// A whole number.
  package static func whole(
    _ name: String, _ path: WritableKeyPath<Settings, Int> & Sendable, _ onResume: OnResume = .mayChange,
    in range: ClosedRange<Int>
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { try $0.integerIfPresent($1, in: Int.min...Int.max) },
      write: { .integer($0) }, must: { range.complaint($0) })
  }

  /// A whole number, or nil.
  package static func whole(
    _ name: String, _ path: WritableKeyPath<Settings, Int?> & Sendable, _ onResume: OnResume = .mayChange,
    in range: ClosedRange<Int>
  ) -> SettingKey {
    open(
      name, path, onResume, read: { try $0.integerIfPresent($1, in: Int.min...Int.max) },
      write: { .integer($0) }, must: { range.complaint($0) })
  }

  /// A number for which `isRight` is true; `what` describes these numbers in errors.
  package static func number(
    _ name: String, _ path: WritableKeyPath<Settings, Double> & Sendable, _ onResume: OnResume = .mayChange,
    what: String, isRight: @escaping @Sendable (Double) -> Bool
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { try $0.numberIfPresent($1) }, write: { .real($0) },
      must: { isRight($0) ? nil : "\(what), and is \($0)" })
  }

  /// A number for which `isRight` is true, or nil.
  package static func number(
    _ name: String, _ path: WritableKeyPath<Settings, Double?> & Sendable, _ onResume: OnResume = .mayChange,
    what: String, isRight: @escaping @Sendable (Double) -> Bool
  ) -> SettingKey {
    open(
      name, path, onResume, read: { try $0.numberIfPresent($1) }, write: { .real($0) },
      must: { isRight($0) ? nil : "\(what), and is \($0)" })
  }

  /// One of the cases of an enumeration, by its raw value.
  package static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Choice> & Sendable, _ onResume: OnResume = .mayChange
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { try $0.choiceIfPresent($1, as: Choice.self) },
      write: { .string($0.rawValue) })
  }

  /// One of the cases of an enumeration, by its raw value, or nil.
  package static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Choice?> & Sendable, _ onResume: OnResume = .mayChange
  ) -> SettingKey {
    open(
      name, path, onResume, read: { try $0.choiceIfPresent($1, as: Choice.self) },
      write: { .string($0.rawValue) })
  }

  /// Text that is not empty; `what` describes it in errors.
  package static func text(
    _ name: String, _ path: WritableKeyPath<Settings, String> & Sendable, _ onResume: OnResume = .mayChange,
    what: String
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { try $0.stringIfPresent($1) }, write: { .string($0) },
      must: { $0.isEmpty ? "\(what), and is empty" : nil })
  }

  /// Text that is not empty, or nil.
  package static func text(
    _ name: String, _ path: WritableKeyPath<Settings, String?> & Sendable, _ onResume: OnResume = .mayChange,
    what: String
  ) -> SettingKey {
    open(
      name, path, onResume, read: { try $0.stringIfPresent($1) }, write: { .string($0) },
      must: { $0.isEmpty ? "\(what), and is empty" : nil })
  }
}

extension ClosedRange<Int> {
  /// For a number outside the range, what it must be, as "a whole number from 1 to 5, and is 6"; nil for a number
  /// within the range.
  package func complaint(_ value: Int) -> String? {
    contains(value) ? nil : "a whole number from \(lowerBound) to \(upperBound), and is \(value)"
  }
}
