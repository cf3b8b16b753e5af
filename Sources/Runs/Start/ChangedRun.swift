import Checkpoints
import Cluster
import Configuration
import Options
import Reporting

/// The options of a run whose values a resume changes, or once changed (`--change`).
struct ChangedRun {
  /// The options from here on, with the list of changes.
  let options: RunOptions
  /// What to tell of them: changes that were dropped, and those that hold from now on.
  let notes: [String]

  /// A run that begins with these changes, as there is no checkpoint to go on from.
  /// - Throws: `RunError` with code 64 for a change that cannot be.
  init(begun options: RunOptions, by arguments: [String], in folder: String) throws {
    self.options = try RunError.ofUsage {
      try options.changed(arguments, atStep: 0, relativeTo: folder) { .init() }
    }
    notes = Self.notes(self.options.changes, step: 0)
  }

  /// A run that goes on from a checkpoint: changes that were made later than the checkpoint are dropped, and those that
  /// are asked for now hold from its step on.
  /// - Parameters:
  ///   - options: its options as a resume takes them over.
  ///   - recorded: its options as they stand in its folder.
  ///   - given: what was typed now.
  ///   - arguments: the changes that were typed now.
  ///   - found: gets the checkpoint that is gone on from, so that no other is taken later.
  ///   - folder: what a relative path of data starts from.
  /// - Throws: `RunError`, with code 64 for a change that cannot be, and 1 where the recorded ones were edited;
  ///   `CheckpointError` where no checkpoint is valid.
  init(
    _ options: RunOptions, recorded: RunOptions, given: GivenOptions, by arguments: [String],
    at found: inout ResumeRequest, in folder: String
  ) throws {
    let checkpoint: Checkpoint?
    do {
      checkpoint = try CheckpointStore.find(at: found.checkpoint ?? found.run).valid
    } catch let error as CheckpointError {
      // Without a valid checkpoint the run starts anew, without the changes of the one that was there.
      guard !found.isRequired else { throw error }
      checkpoint = nil
    }
    guard let checkpoint else {
      let begun = try RunError.ofFile { try options.undoing { _ in true } }
      self = try ChangedRun(
        begun: Self.taking(given, begun, of: options, in: folder), by: arguments, in: folder)
      return
    }
    found.checkpoint = checkpoint.path
    let step = checkpoint.step
    let info = try RunError.ofFile { try checkpoint.info(as: CheckpointInfo.self) }
    let (kept, before) = try RunError.ofFile {
      // What the checkpoint lacks of its own step was changed after it, and has not moved the run yet.
      let own = try info.changes
      return (
        try options.undoing { $0.step > step }, try options.undoing { $0.step >= step && !own.contains($0) }
      )
    }
    func reached() throws -> RunChange.Reached {
      // Imported weights are at step 0, and have seen no pictures.
      guard let data = info.data else { return .init() }
      return try SampleDraws(before, pictures: data.pictures).reached(after: step)
    }
    for change in kept.changes.dropFirst(before.changes.count) where change.reached != nil {
      guard try change.reached == reached() else {
        throw RunError(
          "the change of \(change.path) at step \(step) in \(RunFolder(found.run).options) has another place in the "
            + "data than \(checkpoint.path): the file was edited, or is another run's; put the value back")
      }
    }
    var base = Self.taking(given, kept, of: options, in: folder)
    let labels = base.labels
    if arguments.contains(where: { $0.hasPrefix(RunChange.data + "=") }) { base.labels = recorded.labels }
    self.options = try RunError.ofUsage {
      try base.changed(
        arguments, atStep: step, relativeTo: folder, labels: given.labels == nil ? nil : labels,
        reached: reached)
    }
    notes =
      options.changes.filter { $0.step > step }.map {
        "the change of \($0.words) at step \($0.step) is later than this checkpoint, and is dropped; \($0.flag) makes it again"
      } + Self.notes(self.options.changes.dropFirst(kept.changes.count), step: step)
  }

  /// `kept` with the places of data and labels that were typed now: undoing a change of `options` must not undo these.
  private static func taking(
    _ given: GivenOptions, _ kept: RunOptions, of options: RunOptions, in folder: String
  ) -> RunOptions {
    func data(_ changes: some Sequence<RunChange>) -> [RunChange] {
      changes.filter { $0.path == RunChange.data }
    }
    var kept = kept
    let isDropped = data(options.changes).count > data(kept.changes).count
    // The data of the run's beginning may be typed again, also where a later change replaced it.
    let begun = data(kept.changes).first?.old
    if isDropped, let path = OptionsResolution.dataPath(given.data, relativeTo: folder),
      begun != .string(path)
    {
      kept.data = path
    }
    if given.labels != nil { kept.labels = options.labels }
    return kept
  }

  private static func notes(_ changes: some Sequence<RunChange>, step: Int) -> [String] {
    changes.map { "from step \(step) on: \($0.words)" }
  }
}
