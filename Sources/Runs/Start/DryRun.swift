import Checkpoints
import Cluster
import Configuration
import Datasets
import Foundation
import Networks
import Options
import Recipes

/// What `--dry-run` prints: options, layer tables, memory and planned steps. Nothing is written.
package struct DryRun {
  private let request: TrainRequest
  private let tables: [String]
  private let memory: MemoryEstimate
  private let epochs: EpochCount
  private let data: String
  private let length: RunLength
  /// Where the run starts, in words.
  private let start: String

  /// Opens the data and works out what is printed. On rank 0 alone.
  /// - Throws: what training would refuse too: `RunError`, `DatasetError`, `ConfigurationError`,
  ///   `ReductionError`.
  package init(_ request: TrainRequest) throws {
    self.request = request
    let options = request.options
    tables = try options.architecture.roles.map { try LayerTable(options.architecture, $0).description }
    let dataset = try openDataset(
      options.data, size: options.size, channels: options.channels, fit: options.recipe.preprocessing,
      labels: LabelSource(argument: options.labels))
    try DataLabels.check(dataset, for: options.architecture, source: options.data)
    data = dataset.describe
    memory = try MemoryEstimate(options, threads: options.threads ?? ProcessorCount.available)
    // Throws where training would refuse the number of pictures.
    epochs = try SampleDraws(options, pictures: dataset.count).epochs
    guard let resume = request.resume, let asked = request.length,
      let checkpoint = try CheckpointStore.find(at: resume.checkpoint ?? resume.run).valid
    else {
      (length, start) = (options.length, "starts anew in \(options.out)")
      return
    }
    let info = try checkpoint.info(as: CheckpointInfo.self)
    length = try asked.settled(
      run: resume.run, step: info.step, seconds: info.seconds, epochs)
    start = "goes on from \(checkpoint.path)"
  }

  /// The text that is printed.
  package var text: String {
    let options = request.options
    var end: [String] = []
    if let last = length.lastStep(epochs) { end.append("ends at step \(last)") }
    if let minutes = length.minutes { end.append("ends after \(minutes) minutes") }
    let kept =
      options.dataSettings.memory.map { "up to \($0.words)" }
      ?? "up to \(ByteCount(DataMemoryPlan.most).words), less where memory is limited"
    let notice = try? options.reductionPlan(ranks: options.ranks).notice
    return
      ([
        "options", options.configuration.without("architecture").json(width: 110), "",
        tables.joined(separator: "\n\n"), "",
        "memory of a rank: about \(memory.description), and its share of a node's decoded pictures: \(kept)",
        "data: \(data)",
        "steps: \(String(format: "%.6g", epochs.stepsPerEpoch)) an epoch; the run \(start) and \(end.joined(separator: " or "))",
        "learning rates: D \(options.recipe.discriminator.schedule.words(rate: options.recipe.discriminator.learningRate)); "
          + "G \(options.recipe.generator.schedule.words(rate: options.recipe.generator.learningRate))",
      ] + request.notes + [notice].compactMap { $0 }).joined(separator: "\n")
  }
}
