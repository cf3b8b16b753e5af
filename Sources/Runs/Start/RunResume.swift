import Checkpoints
import Cluster
import Files
import Foundation
import Recipes
import Reporting
import Training

/// Where a run starts.
struct RunStart: Codable {
  /// Completed steps.
  var step: Int
  /// Training time so far, in seconds.
  var seconds: Double
  /// The length of the run, from its start.
  var length: RunLength
  /// The sums over the steps since the interval of the log began, by their names (`StepTotals.numbers`).
  var intervalSums: [String: Double] = [:]
  /// The totals of those steps.
  var interval: StepTotals { StepTotals(numbers: intervalSums) }
  /// Whether the run goes on from a checkpoint, which is of step 0 where its weights were imported.
  var isFromCheckpoint = false
  /// Whether the run goes on in another folder than its checkpoint's.
  var isElsewhere = false
}

/// Goes on from a checkpoint, on rank 0 alone: finds it, sets the state from it, and removes what the run's
/// folder holds of later steps.
struct RunResume {
  private let resume: ResumeRequest
  private let length: ResumedLength
  private let context: RunContext
  private let owner: RunOwner

  init(_ resume: ResumeRequest, _ length: ResumedLength, _ context: RunContext) {
    guard let owner = context.owner else { preconditionFailure("who writes a run's files owns its folder") }
    self.resume = resume
    self.length = length
    self.context = context
    self.owner = owner
  }

  /// Sets this rank's state from the checkpoint that the request names.
  /// - Returns: where the run goes on; nil: it starts anew.
  /// - Throws: `CheckpointError` where no checkpoint is valid; `RunError` where the checkpoint is of other
  ///   options or data or past the length that was asked for, or the folder is gone; `LostFolder`; errors of files.
  func goOn() throws -> RunStart? {
    guard let checkpoint = try find() else { return nil }
    let info = try takeOver(checkpoint)
    // Before anything is removed or written: a refused start leaves the run as it is.
    let settled = try length.settled(
      run: resume.run, step: info.step, seconds: info.seconds, context.draws.epochs)
    try refuseChangeOfEndedRun(info, settled)
    try removeWhatIsLater(than: info.step)
    let isElsewhere = !RunFolder(resume.run).isSamePlace(as: RunFolder(context.options.out))
    return RunStart(
      step: info.step, seconds: info.seconds, length: settled, intervalSums: info.intervalSums ?? [:],
      isFromCheckpoint: true, isElsewhere: isElsewhere)
  }

  /// - Throws: `RunError` with code 64 where a value is changed from here on, and the run is at its end: it would keep the
  ///   change and train nothing.
  private func refuseChangeOfEndedRun(_ info: CheckpointInfo, _ length: RunLength) throws {
    let isAtEnd =
      length.lastStep(context.draws.epochs).map { info.step >= $0 } ?? false
      || length.minutes.map { info.seconds >= $0 * 60 } ?? false
    guard isAtEnd else { return }
    let known = try info.changes
    guard let change = context.options.changes.first(where: { !known.contains($0) }) else { return }
    throw RunError(
      "the run of \(resume.run) ended at step \(info.step), so \(change.flag) would change nothing: add --more-steps, "
        + "--more-epochs or --more-minutes to train on", code: RunExit.usage)
  }

  /// The checkpoint to go on from; nil: none is valid, and the run starts anew (`--resume auto`).
  private func find() throws -> Checkpoint? {
    let search: CheckpointSearch
    do {
      search = try CheckpointStore.find(at: resume.checkpoint ?? resume.run)
    } catch let error as CheckpointError where !resume.isRequired {
      let kept = try owner.inHeldFolder { try RunFolder(context.options.out).setAsideCheckpoints() }
      context.log.warning("\(error); the run starts anew, and what was there is in \(kept)")
      return nil
    } catch let error as CheckpointError {
      RunLife.nothingIsValid(in: resume.run, context.communicator)
      throw error
    }
    if let warning = search.warning { context.log.warning(warning) }
    return search.valid
  }

  /// Sets this rank's state from a checkpoint, if that fits the present options and data, and warns of
  /// differences that keep the run from going on to the bit.
  private func takeOver(_ checkpoint: Checkpoint) throws -> CheckpointInfo {
    let log = context.log
    let info = try context.checkpoints.read(checkpoint)
    let now = context.checkpointInfo(step: info.step, seconds: info.seconds)
    try ResumeCheck(checkpoint: checkpoint.path, run: resume.run).check(
      info, against: now, context.options, context.dataset)
    log.info("going on from \(checkpoint.path)")
    for (what, then, now) in [
      ("instruction set", info.isa, now.isa), ("BLAS core", info.blasCore, now.blasCore),
      ("number of slices", "\(info.slices)", "\(now.slices)"),
    ] where then != now {
      log.warning("the \(what) was \(then) and is \(now): the run goes on, but not to the bit")
    }
    // Plans follow from the size of a slice, so a batch that was changed on purpose brings others.
    let isOtherBatch = context.options.changes.contains { $0.path == "batch_size" && $0.step == info.step }
    for (layer, ways) in (info.plans ?? [:]).sorted(by: { $0.key < $1.key })
    where now.plans?[layer] != ways && !isOtherBatch {
      log.warning(
        "the convolution plan of \(layer) was \(ways) and is \(now.plans?[layer] ?? "another"): the run goes on, but "
          + "not to the bit")
    }
    return info
  }

  /// Removes from the run's folder what it holds of steps after `step`. If the checkpoint is of a run in
  /// another folder, that run's metrics are copied first.
  private func removeWhatIsLater(than step: Int) throws {
    let options = context.options
    let folder = RunFolder(options.out)
    let theirs = RunFolder(resume.run)
    let own = try owner.inHeldFolder {
      try CheckpointStore(writingTo: folder.checkpoints, keep: options.keep)
    }
    if !folder.isSamePlace(as: theirs) {
      try owner.inHeldFolder { try Self.copyMetrics(from: theirs, to: folder) }
    }
    _ = try owner.inHeldFolder { try own.removeNewer(than: step) }
    _ = try owner.inHeldFolder { try MetricsFile.truncate(folder.metrics, afterStep: step) }
    try owner.inHeldFolder { try folder.removeSamples(after: step) }
  }

  private static func copyMetrics(from run: RunFolder, to folder: RunFolder) throws {
    guard let text = try? String(contentsOfFile: run.metrics, encoding: .utf8), !folder.has(.metrics) else {
      return
    }
    try AtomicFile.write(text, to: folder.metrics)
  }
}
