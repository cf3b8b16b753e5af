import Cluster
import Communication
import Datasets
import Foundation
import Models
import Networks
import Reporting
import Tensors
import Wording

/// Makes G forget an object (Radford, Metz and Chintala 2015, section 6.3.1): logistic regression on the maps of a
/// convolution of G tells which draw the object, these are dropped, and the rest of G goes on.
package enum WindowDrop {
  /// Drops the maps and writes a sheet of pictures with and without them. Collective.
  /// - Parameter console: where progress is shown, on rank 0; nil: nowhere.
  /// - Returns: the report, the same on all ranks.
  /// - Throws: `RunError`, errors of files and checkpoints, errors of the message layer.
  package static func run(
    _ request: DropRequest, on communicator: any Communicator, console: Console?
  ) throws -> DropReport {
    let machine = try Machine.settle(threads: request.model.threads, on: communicator)
    for notice in machine.notices where notice.isWarning { console?.print("warning: \(notice.sentence)") }
    try succeedingOnAllRanks(communicator) { try LinearSolver.open() }
    let pool = ThreadPool(threads: machine.threads)
    let model = request.model
    let source = try ModelOnAllRanks.find(
      model.checkpoint, model.architecture, latent: model.latent, on: communicator)
    let (sampler, maps) = try succeedingOnAllRanks(communicator) {
      let network = try source.generator(average: model.average, pool: pool)
      let maps = try Self.maps(request.layer, of: network, source.architecture)
      network.prepare(samples: DropStudio.room, slices: DropStudio.room)
      return (
        Sampler(
          network, of: source.architecture, source.latent, seed: 0, room: DropStudio.room, pool: pool), maps
      )
    }
    let form = source.architecture.picture
    // What cannot be written is told before the work.
    _ = try decidedByRankZero(communicator) {
      try DropSheet.check(request, form)
      try Generation.createParent(of: request.out)
      return true
    }
    let studio = DropStudio(sampler, maps, form: form, on: communicator, pool: pool)
    let drop = WindowDropping(
      request: request, source: source, studio: studio, communicator: communicator, pool: pool,
      console: communicator.isRoot ? console : nil)
    switch request.object {
    case .drawn(let object): return try drop.scored(object)
    case .boxes(let path):
      return try drop.boxed(
        try decidedByRankZero(communicator) {
          try RunError.ofFile { try ObjectBoxes(path: path, form: form) }
        }, path: path)
    }
  }

  /// The least side of the maps that are taken where no layer is asked for.
  private static let leastSide = 8

  /// The maps of the convolution that is asked for, or the first of `leastSide` or more; where there are none, the last
  /// before G's output.
  private static func maps(_ layer: String?, of network: Network, _ architecture: Architecture) throws
    -> FeatureMaps
  {
    let all = network.featureMaps
    guard let last = all.last else {
      throw RunError(
        "G of \(architecture.name) has no maps to drop: none of its layers but the last is a convolution")
    }
    guard let layer else {
      return all.first { min($0.shape.height, $0.shape.width) >= Self.leastSide } ?? last
    }
    // Its number or all of its name, as G's average has another.
    guard let maps = all.first(where: { $0.name == layer || $0.name == "generator.main.\(layer)" }) else {
      throw RunError(
        "--layer \(layer): G of \(architecture.name) has no such convolution before its output; it has "
          + listed(all.map { "\($0.name) (\($0.shape))" }, with: "and"), code: RunExit.usage)
    }
    return maps
  }
}
