import Wording

/// The names in a run's `checkpoints` folder.
enum CheckpointName {
  /// `step-00000200`; more digits where the step has more.
  static func of(step: Int) -> String {
    precondition(step >= 0, "a checkpoint's step is not negative")
    return "step-" + zeroPadded(step, to: 8)
  }

  /// The step of a checkpoint's name, nil for any other name.
  static func step(of name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0, of(step: step) == name else {
      return nil
    }
    return step
  }

  /// Names that no reader takes for a checkpoint, of folders on their way in or out.
  enum Passing: String, CaseIterable {
    /// Being written; after an exchange the one that was replaced.
    case temporary = "tmp"
    /// The one to be replaced, set aside where names cannot be exchanged.
    case aside = "old"
    /// Being removed.
    case removed = "del"
  }

  /// `.step-00000200.tmp-4711`, the number being a process's.
  static func passing(_ kind: Passing, _ name: String, process: Int32) -> String {
    ".\(name).\(kind.rawValue)-\(process)"
  }

  /// The kind and the checkpoint's name of a name that `passing` made, nil for any other.
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
