/// The kinds of options that tables are made of.
extension SettingKey {
  /// An option that may be left open: nil is a value of it too, which is written as null. A file that says null, or
  /// leaves it out, does not give it.
  /// - Parameters:
  ///   - read: its value in a file; nil where it is not there.
  ///   - write: its value for a file.
  ///   - must: what the value must be where it is not that; nil where it is.
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

  /// A whole number that may be left open.
  package static func whole(
    _ name: String, _ path: WritableKeyPath<Settings, Int?> & Sendable, _ onResume: OnResume = .mayChange,
    in range: ClosedRange<Int>
  ) -> SettingKey {
    open(
      name, path, onResume, read: { try $0.integerIfPresent($1, in: Int.min...Int.max) },
      write: { .integer($0) }, must: { range.complaint($0) })
  }

  /// A number that `isRight` takes; `what` says which.
  package static func number(
    _ name: String, _ path: WritableKeyPath<Settings, Double> & Sendable, _ onResume: OnResume = .mayChange,
    what: String, isRight: @escaping @Sendable (Double) -> Bool
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { try $0.numberIfPresent($1) }, write: { .real($0) },
      must: { isRight($0) ? nil : "\(what), and is \($0)" })
  }

  /// A number that may be left open.
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

  /// One of the cases of an enumeration, or nothing.
  package static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Choice?> & Sendable, _ onResume: OnResume = .mayChange
  ) -> SettingKey {
    open(
      name, path, onResume, read: { try $0.choiceIfPresent($1, as: Choice.self) },
      write: { .string($0.rawValue) })
  }

  /// Text that is not empty; `what` says of what.
  package static func text(
    _ name: String, _ path: WritableKeyPath<Settings, String> & Sendable, _ onResume: OnResume = .mayChange,
    what: String
  ) -> SettingKey {
    SettingKey(
      name, path, onResume, read: { try $0.stringIfPresent($1) }, write: { .string($0) },
      must: { $0.isEmpty ? "\(what), and is empty" : nil })
  }

  /// Text that is not empty, or nothing.
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
  /// What a whole number must be to be one of these, and is not; nil where it is.
  package func complaint(_ value: Int) -> String? {
    contains(value) ? nil : "a whole number from \(lowerBound) to \(upperBound), and is \(value)"
  }
}
