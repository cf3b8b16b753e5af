import ArgumentParser
import Cluster
import Configuration
import Recipes

/// Reads the values of flags. An error says what the value must be.
enum Parse {
  /// A whole number. Its range is checked with the options, where the flag's name and meaning are known.
  @Sendable static func whole(_ text: String) throws -> Int {
    guard let value = Int(text) else { throw ValidationError("it must be a whole number.") }
    return value
  }

  /// Checks the range of a whole number that belongs to no options of a run.
  /// - Throws: `RunError` with code 64.
  static func checked(_ value: Int?, of flag: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value, !range.contains(value) else { return value }
    throw RunError(
      "\(flag) must be a whole number from \(range.lowerBound) to \(range.upperBound), and is \(value)",
      code: RunExit.usage)
  }

  /// Whole numbers with commas between them, each at most once.
  @Sendable static func wholes(_ text: String) throws -> [Int] {
    try several(text, what: "a whole number", example: "1,2")
  }

  /// A number.
  @Sendable static func number(_ text: String) throws -> Double {
    guard let value = Double(text) else { throw ValidationError("it must be a number.") }
    return value
  }

  /// Numbers with commas between them, each at most once.
  @Sendable static func numbers(_ text: String) throws -> [Double] {
    try several(text, what: "a number", example: "0.5,2")
  }

  private static func several<Number: LosslessStringConvertible & Hashable>(
    _ text: String, what: String, example: String
  ) throws -> [Number] {
    let values = text.split(separator: ",", omittingEmptySubsequences: false).map { Number(String($0)) }
    let numbers = values.compactMap { $0 }
    guard numbers.count == values.count else {
      throw ValidationError("it must be \(what), or several with commas between them, as \(example).")
    }
    guard Set(numbers).count == numbers.count else {
      throw ValidationError("it names a number twice.")
    }
    return numbers
  }

  /// `on` or `off`, or both in the order in which they are tried.
  @Sendable static func onOffs(_ text: String) throws -> [Bool] {
    let known = ["on": [true], "off": [false], "on,off": [true, false], "off,on": [false, true]]
    guard let values = known[text] else {
      throw ValidationError("it must be 'on', 'off', 'on,off' or 'off,on'.")
    }
    return values
  }

  /// `on` or `off`.
  @Sendable static func onOff(_ text: String) throws -> Bool {
    guard let value = ["on": true, "off": false][text] else {
      throw ValidationError("it must be 'on' or 'off'.")
    }
    return value
  }

  /// A seed.
  @Sendable static func seed(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text), value <= UInt64(Int.max) else {
      throw ValidationError("it must be a whole number from 0 to \(Int.max).")
    }
    return value
  }

  /// A sheet's columns and rows.
  @Sendable static func grid(_ text: String) throws -> PictureGrid {
    guard let value = PictureGrid(reading: text) else {
      throw ValidationError("it must be columns x rows, as 8x8.")
    }
    return value
  }

  /// A number of bytes with a unit.
  @Sendable static func bytes(_ text: String) throws -> ByteCount {
    guard let value = ByteCount(reading: text) else {
      throw ValidationError("it must be a number of bytes, as 0, 512MiB or 2G.")
    }
    return value
  }

  /// How often something is done.
  @Sendable static func interval(_ text: String) throws -> Interval {
    guard let value = Interval(text) else {
      throw ValidationError("it must be a number of steps (0 is never) or 'epoch'.")
    }
    return value
  }

  /// How often checkpoints are written.
  @Sendable static func checkpointInterval(_ text: String) throws -> CheckpointInterval {
    guard let value = CheckpointInterval(text) else {
      throw ValidationError("it must be \(CheckpointInterval.form).")
    }
    return value
  }
}
