import ArgumentParser
import Configuration
import DataParallel
import Datasets
import Layers
import Networks
import Options
import Recipes

/// Flags that are options of `GivenOptions`, found by their names: the property `lrD` is `--lr-d` and the key `lr_d`.
///
/// So an option is declared as a flag, with its help, and need not be handed on by hand.
protocol OptionFlags: ParsableArguments {
  /// Flags that are no options, by their properties' names: the command does something with them itself.
  static var ownFlags: Set<String> { get }
}

extension OptionFlags {
  /// All of them are options.
  static var ownFlags: Set<String> { [] }

  /// Puts what was typed into `given`, groups of flags within this one too.
  func give(_ given: inout GivenOptions) {
    for child in Mirror(reflecting: self).children {
      // A property wrapper's storage has the property's name behind a line.
      guard let label = child.label, label.hasPrefix("_") else { continue }
      let name = String(label.dropFirst())
      guard !Self.ownFlags.contains(name) else { continue }
      if let group = child.value as? any FlagGroup {
        group.flags?.give(&given)
        continue
      }
      guard let flag = child.value as? any TypedFlag else {
        preconditionFailure("the flag \(name) of \(Self.self) has a type that no option has")
      }
      do {
        guard try given.give(name.inSnakeCase, flag.typed) else {
          preconditionFailure("the flag \(name) of \(Self.self) is no option, and is not among its own flags")
        }
      } catch {
        preconditionFailure("the flag \(name) of \(Self.self) is not of its option's type: \(error)")
      }
    }
  }
}

/// What an option or a flag of the parser was given.
private protocol TypedFlag {
  /// nil: it was not typed.
  var typed: ConfigurationValue? { get }
}

extension Option: TypedFlag where Value: FlagValue {
  fileprivate var typed: ConfigurationValue? { wrappedValue.flagValue }
}

extension Flag: TypedFlag where Value: FlagValue {
  // A flag that has no counterpart (--no-x) is false where it was not typed.
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

/// A type that flags have.
protocol FlagValue {
  /// The value as it stands in a file; nil: none.
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
extension ByteCount: FlagValue { var flagValue: ConfigurationValue? { .integer(bytes) } }
extension PictureGrid: FlagValue { var flagValue: ConfigurationValue? { .string(text) } }
extension Interval: FlagValue { var flagValue: ConfigurationValue? { configuration } }

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
