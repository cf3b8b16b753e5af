import Wording

/// The names in a run's `checkpoints` folder.
enum CheckpointName {
  /// The name of a step's checkpoint: `step-00000200`, with more digits if the step has more.
  static func of(step: Int) -> String {
    precondition(step >= 0, "a checkpoint's step is not negative")
    return "step-" + zeroPadded(step, to: 8)
  }

  /// The step in a checkpoint's name; nil for any other name.
  static func step(of name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0, of(step: step) == name else {
      return nil
    }
    return step
  }

  /// The kinds of hidden folders, whose names no reader takes for a checkpoint.
  enum Passing: String, CaseIterable {
    /// A checkpoint that is being written; after an exchange of names, the old checkpoint that was replaced.
    case temporary = "tmp"
    /// An old checkpoint that is to be replaced, set aside because names cannot be exchanged.
    case aside = "old"
    /// A checkpoint that is being removed.
    case removed = "del"
  }

  /// The name of a hidden folder: `.step-00000200.tmp-4711`, where 4711 is the id of the process.
  static func passing(_ kind: Passing, _ name: String, process: Int32) -> String {
    ".\(name).\(kind.rawValue)-\(process)"
  }

  /// The kind and the checkpoint's name in a name that `passing` made; nil for any other name.
  static func parsePassing(_ hidden: String) -> (kind: Passing, name: String)? {
    guard hidden.hasPrefix(".") else { return nil }
    let parts = hidden.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, step(of: String(parts[0])) != nil else { return nil }
    let words = parts[1].split(separator: "-", omittingEmptySubsequences: false)
    guard words.count == 2, let kind = Passing(rawValue: String(words[0])), Int32(words[1]) != nil else {
      return nil
    }
    return (kind, String(parts[0]))
  }
}
