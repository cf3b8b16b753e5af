import DataParallel
import Layers
import Networks
import Objectives
import Recipes
import Tensors

/// The state of a run: G, D, D's heads, and their optimizers. It is what a checkpoint holds, and the same
/// on all ranks.
package final class Adversaries {
  /// G.
  package let generator: Trainee
  /// D.
  package let discriminator: Trainee
  /// An average of G's weights over past updates, which makes the pictures; nil where the recipe has none.
  package let average: GeneratorAverage?
  /// D's heads, in the order of `NetworkRole`: Q, which is trained in G's updates, and the classifier,
  /// which is trained in D's.
  package let heads: [DiscriminatorHead]
  /// The architecture that the networks were built from.
  package let architecture: Architecture

  /// Builds all networks, with the initial parameters that follow from `seed`, their convolutions computed
  /// as `planner` plans them.
  /// - Throws: `ConfigurationError` where the architecture's layers do not fit together.
  package init(
    _ architecture: Architecture, _ recipe: Recipe, seed: UInt64, pool: ThreadPool,
    planner: ConvolutionPlanner = .init()
  ) throws {
    self.architecture = architecture
    generator = Trainee(
      try architecture.summary(of: .generator), recipe.generator, pool: pool, planner: planner)
    discriminator = Trainee(
      try architecture.summary(of: .discriminator), recipe.discriminator, pool: pool, planner: planner)
    heads = try architecture.roles.compactMap { role in
      try architecture.head(role).map { head in
        DiscriminatorHead(
          Trainee(
            try architecture.summary(of: role), role == .q ? recipe.generator : recipe.discriminator,
            pool: pool,
            planner: planner), after: head.after)
      }
    }
    average =
      recipe.generatorAverage > 0
      ? GeneratorAverage(
        of: generator.network, decay: recipe.generatorAverage, pool: pool, planner: planner)
      : nil
    for trainee in all { trainee.network.initialize(seed: seed) }
    average?.restart()
  }

  /// How each layer with a product computes its passes, by the layer's name.
  package var plans: [String: String] {
    Dictionary(
      all.flatMap(\.network.plans).map { ($0.layer, $0.ways) }, uniquingKeysWith: { first, _ in first })
  }

  /// All networks that are trained, in the order in which state is listed everywhere.
  package var all: [Trainee] { [generator, discriminator] + heads.map(\.trainee) }
  /// The networks that a model file holds.
  package var networks: [Network] { all.map(\.network) + (average.map { [$0.network] } ?? []) }
  /// The network that makes the run's pictures: the average of G if there is one, else G.
  package var picturing: Network { average?.network ?? generator.network }
  /// The head of this role; nil if there is none.
  package func head(_ role: NetworkRole) -> DiscriminatorHead? {
    heads.first { $0.trainee.network.role == role }
  }

  /// Everything that is the same on every rank, for broadcasts and the replica check.
  /// - Parameter averages: whether the running averages are the same on every rank too. With `--bn local`
  ///   each rank has its own, and rank 0's are the run's.
  package func replicaBuffers(averages: Bool) -> [ReplicaBuffer] {
    all.flatMap { $0.replicaBuffers(averages: averages) }
      + (average?.network.stateBuffers(averages: averages) ?? [])
  }
}

extension Trainee {
  /// This network's part of `Adversaries.replicaBuffers`.
  package func replicaBuffers(averages: Bool) -> [ReplicaBuffer] {
    var buffers = network.stateBuffers(averages: averages)
    for parameter in network.parameterState {
      guard let offset = parameter.offset else { continue }
      for (name, moment) in [("m", optimizer.firstMoment), ("v", optimizer.secondMoment)] {
        buffers.append(
          ReplicaBuffer(
            name: "\(parameter.name).\(name)", floats: moment.data + offset, count: parameter.count))
      }
    }
    return buffers
  }
}

extension Network {
  /// Its weights and, if asked for, its running averages.
  package func stateBuffers(averages: Bool) -> [ReplicaBuffer] {
    (parameterState + (averages ? bufferState : [])).map {
      ReplicaBuffer(name: $0.name, floats: $0.data, count: $0.count)
    }
  }
}
