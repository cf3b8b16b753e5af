import Cluster
import Communication
import Datasets
import Drawing
import Models
import Networks
import Reporting
import Tensors

/// Shows what filters of D see (Radford, Metz and Chintala 2015, section 6.2 and figure 5): the pictures that excite each
/// most, and by guided backpropagation what in them does, of a trained D beside one with random weights.
package enum FilterVisualization {
  /// Checks what was asked for as far as it needs no pictures and no weights, so that mistakes are told before ranks are
  /// started. On one rank.
  /// - Throws: `RunError`, errors of files and checkpoints.
  package static func check(_ request: FilterRequest) throws {
    let source = try ModelSource.find(
      request.checkpoint, by: "--checkpoint", architecture: request.architecture)
    let network = Network(try source.architecture.summary(of: .discriminator), pool: ThreadPool(threads: 1))
    _ = try FilterChoice(request, network, of: source.architecture)
  }

  /// Finds pictures and responses over all ranks and writes the files on rank 0, each wholly or not at all. Collective.
  /// - Parameter console: where progress and notes go; nil: nowhere, as on all ranks but rank 0.
  /// - Returns: what was found, on rank 0; nil elsewhere.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  package static func run(
    _ request: FilterRequest, on communicator: any Communicator, console: Console?
  ) throws -> FilterOutcome? {
    let machine = try Machine.settle(threads: request.threads, on: communicator)
    for notice in machine.notices where notice.isWarning { console?.print("warning: \(notice.sentence)") }
    let pool = ThreadPool(threads: machine.threads)
    let (source, network) = try ModelOnAllRanks.read(
      .discriminator, of: request.checkpoint, request.architecture, on: communicator, pool: pool)
    let architecture = source.architecture
    let choice = try FilterChoice(request, network, of: architecture)
    _ = try decidedByRankZero(communicator) {
      for file in [request.out, request.raw].compactMap(\.self) { try Generation.createParent(of: file) }
      return true
    }
    let dataset = try request.data.open(
      for: architecture.picture, fit: source.fit, on: communicator
    ) { sentence in Console.standardError.print("warning: \(sentence)") }
    let range = architecture.pixelRange
    let trained = try EvaluatedDiscriminator(network, range, pool: pool)
    let random = try randomDiscriminator(architecture, seed: request.seed, dataset, communicator, pool)
    let progress = TaskProgress(
      "filters of \(choice.maps.name)", of: "pictures", on: console)
    let found = try FilterSearch.run(
      [trained, random], choice.maps, filters: choice.filters, most: request.pictures, among: dataset,
      on: communicator, pool: pool, progress: progress)
    var outcome: FilterOutcome?
    _ = try decidedByRankZero(communicator) {
      let responses = try zip([trained, random], found ?? []).map { discriminator, lists in
        try FilterResponses.find(
          lists, filters: choice.filters, choice.maps, of: discriminator, among: dataset)
      }
      let made = FilterOutcome(
        request: request, network: architecture.name, layer: choice.maps.name, shape: choice.maps.shape,
        among: dataset.count, filters: choice.filters, trained: responses[0], random: responses[1])
      try FilterDrawing(made, architecture.picture, range, scale: choice.scale).draw()
        .writePNG(to: request.out)
      if let raw = request.raw {
        try FilterFile.write(made.trained.flatMap(\.self), architecture.picture, to: raw)
      }
      outcome = made
      return true
    }
    return outcome
  }

  /// D with random weights, and with batch norm's averages of the first pictures. Collective.
  private static func randomDiscriminator(
    _ architecture: Architecture, seed: UInt64, _ dataset: any PictureDataset,
    _ communicator: any Communicator, _ pool: ThreadPool
  ) throws -> EvaluatedDiscriminator {
    let network = Network(try architecture.summary(of: .discriminator), pool: pool)
    network.initialize(seed: seed)
    let random = try EvaluatedDiscriminator(network, architecture.pixelRange, pool: pool)
    let count = min(EvaluatedDiscriminator.picturesOfAverages, dataset.count)
    let first = try RankPictures(
      [dataset], (0..<count).map { PicturePlace(index: $0) }, on: communicator, pool: pool)
    try random.takeAverages(of: try first.first(count, on: communicator), samples: count)
    return random
  }
}
