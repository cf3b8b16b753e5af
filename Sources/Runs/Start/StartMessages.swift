import Foundation
import Networks
import Reporting
import Wording

extension RunLog {
  /// Says on rank 0 what a run is, at its start. The layer tables of a new run go into its log, and where a
  /// person asked for them to the screen too.
  /// - Parameter start: the step that the run starts from; 0: it is new.
  func introduce(_ context: RunContext, start: Int) {
    guard context.communicator.isRoot else { return }
    let options = context.options
    let networks = context.adversaries.all.map { trainee in
      "\(trainee.network.role.rawValue) \(grouped(trainee.network.parameterCount)) parameters"
    }
    info("\(options.architecture.name), \(options.architecture.picture): \(networks.joined(separator: ", "))")
    if start == 0 {
      // The networks are built, so the layers of the architecture fit together.
      let tables = options.architecture.roles.compactMap {
        try? LayerTable(options.architecture, $0).description
      }.joined(separator: "\n\n")
      if options.outputSettings.layerTables { info(tables) } else { record(tables) }
    }
    info("data: \(context.dataset.describe)")
    if options.architecture.conditions != nil, let table = context.dataset.labels {
      let counts = table.groups.indices.map { table.counts(group: $0) }
      for line in options.architecture.groupLines(pictures: counts, most: 32) {
        info("labels, with the pictures of each: \(line)")
      }
    }
    for line in options.architecture.codeLines { info("codes: \(line)") }
    info(context.dataMemory.line)
    let end = context.lastStep.map { " to \($0)" } ?? ""
    let epochs = String(format: "%.6g", context.draws.epochs.stepsPerEpoch)
    info(
      "step \(start)\(end), \(epochs) steps an epoch, batch \(options.batchSize) in "
        + "\(context.slices) slices; the run is in \(options.out)")
    let recipe = options.recipe
    info(
      "learning rates: D \(recipe.discriminator.schedule.words(rate: recipe.discriminator.learningRate)); "
        + "G \(recipe.generator.schedule.words(rate: recipe.generator.learningRate))")
    for (flag, rate) in [
      ("--lr-d", recipe.discriminator.learningRate), ("--lr-g", recipe.generator.learningRate),
    ]
    where rate > 0.1 {
      warning(
        "\(flag) \(String(format: "%g", rate)) is far above usual rates, which are near 2e-4: losses will hardly stay finite"
      )
    }
    let columns =
      "the lines below have means over --log-every steps. D(x): D's opinion of real pictures, from 0 (fake) to 1 (real). "
      + "D(G(z)) a/b: that of generated ones, in D's update and, after D has learned, in G's"
    // On a terminal a live line stands in place of these lines.
    if console.isTerminal { record(columns) } else { info(columns) }
  }
}
