import Foundation

/// The arguments with which ranks are started again after a crash.
enum RestartWords {
  /// The arguments for the next start.
  /// - Parameters:
  ///   - words: the arguments of the first start.
  ///   - folder: the run's folder, as a rank told it; nil: no rank has come so far.
  ///   - hasCheckpoint: whether the run has written a checkpoint there.
  static func next(after words: [String], folder: String?, hasCheckpoint: Bool) -> [String] {
    guard let folder else { return words }
    if hasCheckpoint {
      // A length from the first start's checkpoint is recorded by now as one from the run's start, and so are changes.
      let more = ["--more-epochs", "--more-steps", "--more-minutes", "--change"]
      return without(["--resume", "--out"] + more, flags: ["--overwrite"], words) + ["--resume", folder]
    }
    // A run that was to resume another one still can. A new run starts again in its folder with --overwrite,
    // as the folder holds what is left of the first try.
    guard !words.contains(where: { $0 == "--resume" || $0.hasPrefix("--resume=") }) else { return words }
    return without(["--out"], flags: ["--overwrite"], words) + ["--out", folder, "--overwrite"]
  }

  /// `words` without options that take a value and without flags.
  private static func without(_ options: [String], flags: [String], _ words: [String]) -> [String] {
    var kept: [String] = []
    var skips = false
    for word in words {
      if skips {
        skips = false
      } else if options.contains(word) {
        skips = true
      } else if !flags.contains(word), !options.contains(where: { word.hasPrefix($0 + "=") }) {
        kept.append(word)
      }
    }
    return kept
  }
}
