import Communication
import Foundation
import Networks
import Reporting

extension RunLog {
  /// What a run says of itself at its start, on rank 0.
  func introduce(_ session: TrainingSession, start: Int) {
    guard session.communicator.isRoot else { return }
    let options = session.options
    let networks = session.adversaries.both.map { trainee in
      "\(trainee.network.role.rawValue) \(grouped(trainee.network.parameterCount)) parameters"
    }
    info("\(options.architecture.name), \(options.architecture.picture): \(networks.joined(separator: ", "))")
    info(
      "data: \(session.dataset.describe); decoded pictures are kept in memory, up to "
        + "\(TrainingSession.pictureBudget >> 30) GiB a node")
    let end = session.lastStep.map { " to \($0)" } ?? ""
    let epochs = String(format: "%.6g", session.stepsPerEpoch)
    info(
      "step \(start)\(end), \(epochs) steps an epoch, batch \(options.batchSize) in "
        + "\(session.slices) slices; the run is in \(options.out)")
  }

  /// What a run says at its end, on rank 0.
  func conclude(_ session: TrainingSession, steps: Int) {
    let folder = Reporting.RunFolder(session.options.out)
    info("done after \(steps) steps; the newest sheet is \(folder.sample(step: steps))")
    sayHowToGoOn(session.options, session: session)
  }

  /// The line that resumes.
  func sayHowToGoOn(_ options: RunOptions, session: TrainingSession?) {
    guard let session, let step = session.lastCheckpoint else { return }
    let ranks = session.communicator.size > 1 ? " --ranks \(session.communicator.size)" : ""
    let isDone = session.lastStep.map { step >= $0 } ?? false
    let more = isDone ? " --steps \(step * 2)" : ""
    info(
      "\(isDone ? "to train longer" : "to go on"): dcgan-dist train --resume \(options.out)\(ranks)\(more)")
  }
}
