import Checkpoints
import Cluster
import Configuration
import Foundation
import Options
import Recipes
import Reporting

extension TrainRequest {
  /// Makes the finished request from what was typed. Called on rank 0 alone, as it reads files and looks at
  /// folders.
  ///
  /// A new run without `--out` gets its numbered folder here, so that no other run takes the number.
  /// - Parameters:
  ///   - arguments: what was typed.
  ///   - ranks: the world size.
  ///   - folder: the current directory; relative paths of data start from it.
  ///   - claim: takes the run's folder for this process, before anything is decided by the folder's contents
  ///     (Note [Owner of a folder]). Not called for a dry run.
  /// - Throws: `RunError`, with code 64 for mistakes in what was typed and 1 for what is wrong in files.
  package static func prepare(
    _ arguments: TrainArguments, ranks: Int, in folder: String, claim: (String) throws -> Void = { _ in }
  ) throws -> TrainRequest {
    let claim = arguments.dryRun ? { _ in } : claim
    if arguments.trace == "" { throw RunError("--trace is empty; it names a file", code: RunExit.usage) }
    let given = try arguments.given()
    let more = try moreLength(arguments)
    guard let resume = arguments.resume else {
      guard arguments.changes.isEmpty else {
        throw RunError(
          "--change is for a run that --resume goes on with; a new run takes the option itself, or --set",
          code: RunExit.usage)
      }
      guard more == nil else {
        throw RunError(
          "--more-steps, --more-epochs and --more-minutes need --resume, as they count from where a run is; a new run takes "
            + "--steps, --epochs or --minutes", code: RunExit.usage)
      }
      if let out = given.out { try claim(out) }
      return try newRun(arguments, given, ranks: ranks, in: folder, claim)
    }
    guard !arguments.overwrite else {
      throw RunError(
        "--resume and --overwrite were both given: the one goes on with a run, the other throws it away",
        code: RunExit.usage)
    }
    if resume == "auto" {
      guard let out = given.out else {
        throw RunError("--resume auto looks for checkpoints in --out, so give --out too", code: RunExit.usage)
      }
      try claim(out)
      guard try RunError.ofFile({ try RunFolder(out).holdsCheckpoints() }) else {
        // There is no checkpoint to go on from: at most the rest of a run that ended before its first one.
        var fresh = arguments
        fresh.overwrite = true
        var request = try newRun(fresh, given, ranks: ranks, in: folder, claim)
        request.options.length = more ?? request.options.length
        let changed = try ChangedRun(begun: request.options, by: arguments.changes, in: folder)
        (request.options, request.notes) = (changed.options, changed.notes)
        return request
      }
      // A job script gives --from at each start; the run has begun with that model already.
      var given = given
      (given.numbers.from, given.numbers.fromSHA256, given.numbers.allowMismatch) = (nil, nil, nil)
      return try goingOn(
        arguments, given, ResumeRequest(run: out, isRequired: false), ranks: ranks, in: folder)
    }
    guard given.numbers.from == nil else {
      throw RunError(
        "--from begins a new run with the weights of another, and --resume goes on with a run: leave one out",
        code: RunExit.usage)
    }
    let found = try RunError.ofFile { try ResumeRequest.locate(resume) }
    try claim(given.out ?? found.run)
    return try goingOn(arguments, given, found, ranks: ranks, in: folder)
  }

  /// The length from where the run is that was asked for; nil: none.
  private static func moreLength(_ arguments: TrainArguments) throws -> RunLength? {
    guard !arguments.more.isEmpty else { return nil }
    try RunError.ofUsage { try arguments.more.validate { GivenOptions.flagName("more_" + $0) } }
    guard arguments.flags.length.isEmpty else {
      throw RunError(
        "a length from the run's start (--steps, --epochs, --minutes) and one from where it is (--more-...) were both "
          + "given: leave one out", code: RunExit.usage)
    }
    return arguments.more.applied(to: RunLength())
  }

  private static func newRun(
    _ arguments: TrainArguments, _ given: GivenOptions, ranks: Int, in folder: String,
    _ claim: (String) throws -> Void
  ) throws -> TrainRequest {
    let given = try given.numbers.from.map { try StartingModel($0, in: folder).taken(by: given) } ?? given
    guard given.numbers.from != nil || given.numbers.allowMismatch != true else {
      throw RunError("--allow-mismatch is for --from, which was not given", code: RunExit.usage)
    }
    var options = try RunError.ofUsage {
      try RunError.ofData {
        try OptionsResolution.newRun(
          given, ranks: ranks, out: given.out ?? "", relativeTo: folder, labels: .data)
      }
    }
    if given.out == nil {
      let name = options.architecture.name
      options.out =
        arguments.dryRun
        ? NewRunFolder.nextNumbered(in: "runs", name: name)
        : try RunError.ofFile { try NewRunFolder.reserveNumbered(in: "runs", name: name) }
      try claim(options.out)
    } else if !arguments.overwrite, !arguments.dryRun, RunFolder(options.out).holdsRun {
      throw RunError(
        "\(options.out) holds another run: go on with it by --resume \(options.out), replace it by --overwrite, or "
          + "give another --out", code: 1)
    }
    var request = TrainRequest(
      options: options, resume: nil, overwrite: arguments.overwrite, dryRun: arguments.dryRun,
      folderIsReserved: given.out == nil && !arguments.dryRun, trace: arguments.trace)
    if let notice = given.recipeNotice(ofNewRun: options) { request.notes.append(notice) }
    return request
  }

  private static func goingOn(
    _ arguments: TrainArguments, _ given: GivenOptions, _ found: ResumeRequest, ranks: Int, in folder: String
  ) throws -> TrainRequest {
    let run = RunFolder(found.run)
    let recorded = try RunError.ofFile { try ConfigurationFile.recordedOptions(run.options) }
    if found.isRequired, found.checkpoint == nil, try !RunError.ofFile({ try run.holdsCheckpoints() }) {
      throw RunError(
        "--resume: \(run.path) holds no checkpoint, as the run ended before it had saved one; start it again, with its "
          + "options, by: "
          + LaunchCommand.line([
            "dcgan-dist", "train", "--config", run.options, "--out", run.path, "--overwrite",
          ]))
    }
    let out = given.out ?? found.run
    var options = try RunError.ofUsage {
      try OptionsResolution.resumed(recorded, given, ranks: ranks, out: out, relativeTo: folder)
    }
    var (found, notes) = (found, [String]())
    if !recorded.changes.isEmpty || !arguments.changes.isEmpty {
      let changed = try ChangedRun(
        options, recorded: recorded, given: given, by: arguments.changes, at: &found, in: folder)
      (options, notes) = (changed.options, changed.notes)
    }
    let isNewData = arguments.changes.contains { $0.hasPrefix(RunChange.data + "=") }
    for (option, path, given) in [
      ("--data", options.data, given.data), ("--labels", options.labels, given.labels),
    ] {
      guard given == nil, !isNewData, let path, path.hasPrefix("/"),
        !FileManager.default.fileExists(atPath: path)
      else {
        continue
      }
      throw RunError(
        "the run of \(run.path) had its \(option.dropFirst(2)) at \(path), which is not there any more: say by \(option) "
          + "where it is now; the run goes on if it is the same")
    }
    if !RunFolder(out).isSamePlace(as: run), RunFolder(out).holdsRun {
      throw RunError(
        "\(out) holds another run, so the run of \(run.path) cannot go on there: give another --out, or none",
        code: 1)
    }
    let length = ResumedLength(
      recorded: recorded.length, fromStart: given.length.isEmpty ? nil : options.length,
      more: try moreLength(arguments))
    var request = TrainRequest(
      options: options, resume: found, length: length, overwrite: false, dryRun: arguments.dryRun,
      folderIsReserved: false,
      trace: arguments.trace)
    request.notes = notes
    if let notice = given.recipeNotice(ofResumed: options) { request.notes.append(notice) }
    return request
  }
}
