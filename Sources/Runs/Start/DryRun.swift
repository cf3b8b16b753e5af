import Configuration
import Datasets
import Foundation
import Networks
import Options

/// What `--dry-run` tells: options, layer tables, memory and planned steps. Nothing is written.
package struct DryRun {
  private let request: TrainRequest
  private let tables: [String]
  private let memory: MemoryEstimate
  private let pictures: Int
  private let data: String

  /// Looks at the data and works everything out. For rank 0 alone.
  /// - Throws: `RunError`; `DatasetError`.
  package init(_ request: TrainRequest) throws {
    self.request = request
    let options = request.options
    tables = try options.architecture.roles.map { try LayerTable(options.architecture, $0).description }
    let dataset = try openDataset(
      options.data, size: options.size, channels: options.channels, fit: options.recipe.preprocessing,
      labels: LabelSource(argument: options.labels),
      cacheBytes: 0)
    try DataLabels.check(dataset, for: options.architecture, source: options.data)
    pictures = dataset.count
    data = dataset.describe
    memory = try MemoryEstimate(options)
    // What training would refuse is refused here.
    _ = try SamplePlan(options, pictures: pictures)
  }

  /// The lines, joined.
  package var text: String {
    let options = request.options
    let perEpoch = options.recipe.stepsPerEpoch(pictures: pictures)
    let start =
      request.resume.map { "goes on from \($0.checkpoint ?? $0.run)" } ?? "starts anew in \(options.out)"
    var end: [String] = []
    if let last = options.length.lastStep(stepsPerEpoch: perEpoch) { end.append("ends at step \(last)") }
    if let minutes = options.length.minutes { end.append("ends after \(minutes) minutes") }
    let notice = try? options.reductionPlan(ranks: options.ranks).notice
    return
      ([
        "options", options.configuration.withoutMember("architecture").json(width: 110), "",
        tables.joined(separator: "\n\n"), "",
        "memory of a rank: about \(memory.description)",
        "data: \(data)",
        "steps: \(String(format: "%.6g", perEpoch)) an epoch; the run \(start) and \(end.joined(separator: " or "))",
      ] + [notice].compactMap { $0 }).joined(separator: "\n")
  }
}

/// How much memory a rank's numbers take, from the shapes alone.
struct MemoryEstimate: CustomStringConvertible {
  /// Weights, gradients and Adam's two moments of all networks, and copies of weights: divided by their norm, averaged.
  let parameterBytes: Int
  /// What layers give and pass back, for this rank's part of the batch.
  let activationBytes: Int

  /// - Throws: `ConfigurationError` where layers do not meet.
  init(_ options: RunOptions) throws {
    let samples = (options.batchSize + options.ranks - 1) / options.ranks
    var parameters = 0
    // Divided by their norm, or averaged.
    var copies = 0
    var activations = 0
    for role in options.architecture.roles {
      let summary = try options.architecture.summary(of: role)
      parameters += summary.trainedParameters
      if role == .generator, options.recipe.generatorAverage > 0 { copies += summary.trainedParameters }
      copies += summary.layers.reduce(0) { $0 + ($1.layer.hasSpectralNorm ? $1.trainedParameters : 0) }
      // An activation is computed in place of what it takes; gradients pass through two buffers in turn.
      activations += summary.layers.reduce(0) { $0 + ($1.layer.isActivation ? 0 : $1.output.count) }
      activations += 2 * (summary.layers.map(\.input.count).max() ?? 0)
    }
    parameterBytes = (parameters * 4 + copies) * 4
    activationBytes = activations * samples * 4
  }

  var description: String {
    func megabytes(_ bytes: Int) -> String { "\(grouped((bytes + 999_999) / 1_000_000)) MB" }
    return
      "\(megabytes(parameterBytes + activationBytes)) (\(megabytes(parameterBytes)) of parameters, gradients and "
      + "moments, \(megabytes(activationBytes)) of activations), and pictures that are kept decoded"
  }
}

extension ConfigurationValue {
  /// An object without one of its members.
  fileprivate func withoutMember(_ key: String) -> ConfigurationValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }
}
