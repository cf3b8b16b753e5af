import Checkpoints
import Datasets
import Foundation
import Reporting
import Tensors

/// What rank 0 writes for people and programs to look at.
final class RunOutputs {
  let folder: Reporting.RunFolder
  let store: CheckpointStore
  let metrics: MetricsFile
  private let sampler: Sampler
  private let architecture: PictureForm
  private let fixedLatents: [Float]

  /// H = W and C of the pictures.
  struct PictureForm {
    var size: Int
    var channels: Int
  }

  /// Pictures on a sheet.
  static let sheetPictures = 64

  /// Opens the files of a run in `folder`, which exists.
  /// - Throws: `FileError`.
  init(
    folder: Reporting.RunFolder, keep: Int, sampler: Sampler, seed: UInt64, size: Int, channels: Int,
    isNew: Bool
  ) throws {
    self.folder = folder
    self.sampler = sampler
    architecture = PictureForm(size: size, channels: channels)
    store = try CheckpointStore(writingTo: "\(folder.path)/checkpoints", keep: keep)
    metrics = try MetricsFile(path: folder.metrics, startEmpty: isNew)
    fixedLatents = sampler.latents(
      (0..<Self.sheetPictures).map { Sampler.fixedStream(seed: seed, index: $0) })
  }

  /// The sheet of the fixed z after `step`.
  /// - Returns: its path.
  /// - Throws: `FileError`.
  @discardableResult
  func writeSheet(step: Int) throws -> String {
    let pictures = try sampler.pictures(fixedLatents)
    let batch = Reporting.PictureBatch(
      count: Self.sheetPictures, height: architecture.size, width: architecture.size,
      channels: architecture.channels, pixels: pictures, range: sampler.pixelRange.ofSheets)
    let path = folder.sample(step: step)
    try Sheet().draw(batch).writePNG(to: path)
    return path
  }

  /// The sheet of the first real pictures, as the network sees them.
  /// - Throws: `DatasetError`, `FileError`.
  func writeReals(_ dataset: any PictureDataset, _ plan: SamplePlan, mirror: Bool, seed: UInt64) throws {
    var bytes: [UInt8] = []
    let loader = BatchLoader(
      dataset: dataset, plan: plan, mirror: mirror, seed: seed, ahead: 1,
      range: { 0..<min($0, Self.sheetPictures) })
    defer { loader.close() }
    var count = 0
    while count < Self.sheetPictures {
      let batch = try loader.next()
      bytes.append(contentsOf: batch.pixels)
      count += batch.samples.count
    }
    count = min(count, Self.sheetPictures)
    let batch = Reporting.PictureBatch(
      count: count, height: dataset.size, width: dataset.size, channels: dataset.channels,
      bytes: Array(bytes.prefix(count * dataset.bytesPerPicture)))
    try Sheet().draw(batch).writePNG(to: folder.reals)
  }

  /// The curves of all logged steps.
  /// - Throws: `FileError`, `MetricsError`.
  func writeLosses() throws {
    let records = try MetricsFile.read(folder.metrics)
    guard records.count > 1 else { return }
    try LossPlot(records).draw().writePNG(to: folder.losses)
  }
}
