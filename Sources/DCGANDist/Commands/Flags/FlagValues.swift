import ArgumentParser
import Cluster
import Configuration
import DataParallel
import Datasets
import Layers
import Networks
import Options
import Recipes

/// Flags that set options of `TrainArguments` by their names: the property `lrD` is the flag `--lr-d` and the
/// key `lr_d`.
///
/// So a flag for an option needs only its declaration, with its help.
protocol OptionFlags: ParsableArguments {
  /// The names of properties whose flags are no options; the command handles them itself.
  static var ownFlags: Set<String> { get }
}

extension OptionFlags {
  /// All flags are options.
  static var ownFlags: Set<String> { [] }

  /// Sets in `arguments` the flags that were typed, those of nested groups included.
  /// - Throws: `RunError` with code 64 for a value that its option cannot have, such as `--minutes inf`.
  func give(_ arguments: inout TrainArguments) throws {
    for child in Mirror(reflecting: self).children {
      // A property wrapper's storage has the property's name after an underscore.
      guard let label = child.label, label.hasPrefix("_") else { continue }
      let name = String(label.dropFirst())
      guard !Self.ownFlags.contains(name) else { continue }
      if let group = child.value as? any FlagGroup {
        guard let flags = group.flags else {
          preconditionFailure("the flags of \(name) of \(Self.self) are no OptionFlags")
        }
        try flags.give(&arguments)
        continue
      }
      guard let flag = child.value as? any TypedFlag else {
        preconditionFailure("the flag \(name) of \(Self.self) has a type that no option has")
      }
      do {
        guard try arguments.give(name.inSnakeCase, flag.typed) else {
          preconditionFailure("the flag \(name) of \(Self.self) is no option, and is not among its own flags")
        }
      } catch let error as ConfigurationError {
        // The sentence begins with the key.
        let key = name.inSnakeCase
        throw RunError(
          GivenOptions.flagName(key) + error.description.dropFirst(key.count), code: RunExit.usage)
      }
    }
  }
}

/// An option or flag of the parser whose value can be read.
private protocol TypedFlag {
  /// The value that was typed; nil: the flag was not typed.
  var typed: ConfigurationValue? { get }
}

extension Option: TypedFlag where Value: FlagValue {
  fileprivate var typed: ConfigurationValue? { wrappedValue.flagValue }
}

extension Flag: TypedFlag where Value: FlagValue {
  // A flag without a `--no-` form is false, and not nil, where it was not typed.
  fileprivate var typed: ConfigurationValue? {
    if Value.self == Bool.self, wrappedValue as? Bool == false { return nil }
    return wrappedValue.flagValue
  }
}

private protocol FlagGroup {
  var flags: (any OptionFlags)? { get }
}

extension OptionGroup: FlagGroup {
  fileprivate var flags: (any OptionFlags)? { wrappedValue as? any OptionFlags }
}

/// A type of a flag's value.
protocol FlagValue {
  /// The value as it stands in a file; nil: no value.
  var flagValue: ConfigurationValue? { get }
}

extension Optional: FlagValue where Wrapped: FlagValue {
  var flagValue: ConfigurationValue? { flatMap(\.flagValue) }
}
extension Int: FlagValue { var flagValue: ConfigurationValue? { .integer(self) } }
extension UInt64: FlagValue { var flagValue: ConfigurationValue? { .integer(Int(self)) } }
extension Double: FlagValue { var flagValue: ConfigurationValue? { .real(self) } }
extension Bool: FlagValue { var flagValue: ConfigurationValue? { .bool(self) } }
extension String: FlagValue { var flagValue: ConfigurationValue? { .string(self) } }
extension [String]: FlagValue { var flagValue: ConfigurationValue? { .array(map { .string($0) }) } }
extension ByteCount: FlagValue { var flagValue: ConfigurationValue? { .integer(bytes) } }
extension PictureGrid: FlagValue { var flagValue: ConfigurationValue? { .string(text) } }
extension Interval: FlagValue { var flagValue: ConfigurationValue? { configuration } }
extension CheckpointInterval: FlagValue { var flagValue: ConfigurationValue? { configuration } }

extension RawRepresentable<String> {
  /// The name of a choice.
  var flagValue: ConfigurationValue? { .string(rawValue) }
}
extension BatchNormScope: ExpressibleByArgument, FlagValue {}
extension ReductionMode: ExpressibleByArgument, FlagValue {}
extension ConvolutionPlanner.Mode: ExpressibleByArgument, FlagValue {}
extension ProductPrecision: ExpressibleByArgument, FlagValue {}
extension WirePrecision: ExpressibleByArgument, FlagValue {}
extension Fit: ExpressibleByArgument, FlagValue {}
extension FailureSettings.Action: ExpressibleByArgument, FlagValue {}
extension WidthRule: ExpressibleByArgument, FlagValue {}
