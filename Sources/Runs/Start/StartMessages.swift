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
    info(
      "each line below has means over its interval of the log. D(x) is D's opinion of real pictures, from 0 "
        + "(fake) to 1 (real), and D(G(z)) that of generated ones: in D's update/in G's, after D has learned from them"
    )
  }
}
