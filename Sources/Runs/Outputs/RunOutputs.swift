import Checkpoints
import Datasets
import Drawing
import Evaluation
import Files
import Foundation
import Models
import Options
import Recipes
import Reporting

/// The files that rank 0 writes for people and programs to read: metrics, events, sheets of pictures, charts.
final class RunOutputs {
  let folder: RunFolder
  let store: CheckpointStore
  private let metrics: MetricsFile
  private let events: RunEvents?
  private let settings: OutputSettings
  private let sampler: Sampler
  private let owner: RunOwner
  private let architecture: PictureForm
  private let fixedInputs: [Float]
  /// What the margins of the sample sheets say.
  private let labels: SheetLabels
  /// Statistics of the real pictures; nil before `writeReals`.
  private(set) var realStatistics: PictureStatistics?

  /// H = W and C of the pictures.
  struct PictureForm {
    var size: Int
    var channels: Int
  }

  /// Opens the files of a run in the folder of `options`, which exists.
  /// - Parameters:
  ///   - owner: holds the folder. Nothing is written there once the folder is gone.
  ///   - start: the step that the run goes on from; nil: it starts anew.
  ///   - host: the name of this machine.
  /// - Throws: `FileError`, `MetricsError`; `LostFolder`, `RunError` where the folder is not the owner's any more.
  init(
    _ options: RunOptions, sampler: Sampler, owner: RunOwner, goingOnFrom start: Int?, host: String
  ) throws {
    self.owner = owner
    let folder = RunFolder(options.out)
    self.folder = folder
    self.sampler = sampler
    settings = options.outputSettings
    let seed = options.seed
    architecture = PictureForm(size: options.size, channels: options.channels)
    var store = try owner.inHeldFolder {
      try CheckpointStore(writingTo: folder.checkpoints, keep: options.keep)
    }
    // A checkpoint takes seconds to write, in which the folder may change hands.
    store.beforeInstall = {
      guard try owner.check() else { throw FileError(action: "write", path: options.out, code: ENOENT) }
    }
    self.store = store
    metrics = try owner.inHeldFolder { try MetricsFile(path: folder.metrics, startEmpty: start == nil) }
    // Samples may be left of a run that was killed before its first checkpoint.
    if start == nil { try owner.inHeldFolder { try folder.removeSamples(after: -1) } }
    events =
      options.outputSettings.tensorBoard
      ? try owner.inHeldFolder { try RunEvents(folder, host: host, goingOnFrom: start) } : nil
    try events?.append(
      changes: options.changes.filter { $0.step == start ?? 0 }.map(\.words), step: start ?? 0)
    fixedInputs = sampler.inputs(
      PictureRequest.sheet(
        columns: settings.grid.columns, rows: settings.grid.rows, options.architecture, seed: seed))
    labels =
      settings.labels
      ? SheetLabels(ofInputs: fixedInputs, columns: settings.grid.columns, options.architecture)
      : SheetLabels()
  }

  /// Writes the metrics of a logged step, for programs and for TensorBoard.
  /// - Throws: `FileError`, `LostFolder`.
  func write(_ record: MetricsRecord) throws {
    // Metrics are kept even where the folder is gone: the file is open, and `saveElsewhere` copies its
    // contents.
    _ = try owner.check()
    try metrics.append(record)
    try events?.append(record)
  }

  /// The contents of the metrics file: all logged steps, even where the file was moved or removed.
  /// - Throws: `FileError`.
  func metricsText() throws -> [UInt8] { try metrics.contents() }

  /// Makes the pictures of the fixed z after `step` and writes their sheet. The sheet is not written where
  /// the folder is gone.
  /// - Returns: statistics of the pictures.
  /// - Throws: `FileError`, `LostFolder`.
  func writeSheet(step: Int) throws -> PictureStatistics {
    let pictures = try sampler.pictures(fixedInputs)
    let batch = SheetPictures(
      count: settings.grid.places, height: architecture.size, width: architecture.size,
      channels: architecture.channels, pixels: pictures, range: sampler.pixelRange.ofSheets)
    let sheet = settings.sheet(labels).draw(batch)
    try owner.inFolder {
      let png = try sheet.png()
      try AtomicFile.write(png, to: folder.sample(step: step))
      if settings.singlePictures { try folder.writeSingles(batch, step: step) }
      try events?.append(sample: sheet, png: png, step: step)
    }
    return PictureStatistics(batch)
  }

  /// Writes the sheet of the first real pictures, as D sees them. A file that already has the same bytes
  /// stays untouched.
  /// - Throws: `DatasetError`, `FileError`; `LostFolder`, `RunError` where the folder is not the owner's any more.
  func writeReals(_ dataset: any PictureDataset, _ plan: SamplePlan, mirror: Bool, seed: UInt64) throws {
    var bytes: [UInt8] = []
    let places = settings.grid.places
    let loader = BatchLoader(
      dataset: dataset, plan: plan, mirror: mirror, seed: seed, ahead: 1,
      range: { 0..<min($0, places) })
    defer { loader.close() }
    var count = 0
    while count < places {
      let batch = try loader.next()
      bytes.append(contentsOf: batch.pixels)
      count += batch.samples.count
    }
    count = min(count, places)
    let batch = SheetPictures(
      count: count, height: dataset.size, width: dataset.size, channels: dataset.channels,
      bytes: Array(bytes.prefix(count * dataset.bytesPerPicture)))
    realStatistics = PictureStatistics(batch)
    let sheet = settings.sheet().draw(batch)
    let png = try sheet.png()
    guard (try? Data(contentsOf: URL(fileURLWithPath: folder.reals))) != Data(png) else { return }
    try owner.inHeldFolder {
      try AtomicFile.write(png, to: folder.reals)
      try events?.append(reals: sheet, png: png)
    }
  }

  /// Draws the losses of all logged steps.
  /// - Throws: `FileError`, `MetricsError`.
  func writeLosses() throws {
    try owner.inFolder {
      let records = try MetricsFile.read(folder.metrics)
      guard records.count > 1 else { return }
      try LossPlot(records).draw().writePNG(to: folder.losses)
    }
  }

  /// Writes what is made of the sheets when the run ends or stops after `step`: the real pictures beside the
  /// newest sheet, and the animation.
  /// - Parameter beat: called often while this works.
  /// - Returns: sentences about files that could not be read or written. These are no errors: the run is
  ///   saved already, and only these pictures are lost.
  func writeClosing(step: Int, beat: () -> Void) -> [String] {
    var complaints: [String] = []
    guard (try? owner.check()) == true else { return [] }
    if settings.realsAndFakes {
      do {
        try writeRealsAndFakes(upTo: step)
      } catch {
        complaints.append("\(error); there is no new \(folder.realsAndFakes), but the run itself is saved")
      }
      beat()
    }
    if settings.animation {
      do {
        complaints += try ProgressAnimation(framesPerSecond: settings.framesPerSecond)
          .write(folder, upTo: step, beat: beat).complaints
      } catch {
        complaints.append("\(error); the run itself is saved")
      }
    }
    return complaints
  }

  /// Writes the real pictures beside the newest sheet, which may be of an earlier step.
  /// - Throws: `FileError`, `PictureError`.
  private func writeRealsAndFakes(upTo step: Int) throws {
    guard let newest = folder.sampleSteps().last(where: { $0 <= step }) else { return }
    let reals = try Raster(contentsOf: folder.reals, channels: architecture.channels)
    let labelled = try Raster(contentsOf: folder.sample(step: newest), channels: architecture.channels)
    let fakes = settings.sheet(labels).withoutMargins(
      labelled, count: settings.grid.places, width: architecture.size, height: architecture.size)
    try Sheet.sideBySide([("Real", reals), ("Generated, step \(newest)", fakes)])
      .writePNG(to: folder.realsAndFakes)
  }
}

extension OutputSettings {
  /// How the pictures of a sheet are laid out.
  fileprivate func sheet(_ labels: SheetLabels = SheetLabels()) -> Sheet {
    Sheet(columns: grid.columns, padding: padding, paddingValue: paddingGrey, labels: labels)
  }
}
