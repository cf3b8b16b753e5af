import Communication

/// Where one rank's time went: totals of a run so far, or means of a step between two lines of the log.
struct RankTimes: Equatable, Sendable {
  /// Seconds of training steps, sheets and checkpoints left out.
  var steps = 0.0
  /// Seconds between ranks; those waited for are part of `steps`.
  var communication = CommunicationTimes()
  /// Seconds of steps that it waited for pictures.
  var data = 0.0
  /// Peak resident memory in bytes.
  var memory = 0.0

  /// Seconds of steps in which it waited for nobody.
  var compute: Double { max(0, steps - communication.waited - data) }

  /// What `later` has beyond these, a step of `count`; memory is a peak, and stays.
  func perStep(until later: RankTimes, count: Int) -> RankTimes {
    let scale = 1 / Double(max(1, count))
    let between = later.communication.since(communication)
    return RankTimes(
      steps: (later.steps - steps) * scale,
      communication: CommunicationTimes(
        busy: between.busy * scale, gradients: between.gradients * scale,
        batchNorm: between.batchNorm * scale, losses: between.losses * scale),
      data: (later.data - data) * scale, memory: later.memory)
  }

  /// The times of all ranks on rank 0, nil elsewhere. Collective.
  /// - Throws: `CommunicationError`.
  func gather(on communicator: any Communicator) throws -> [RankTimes]? {
    let numbers = [
      steps, communication.busy, communication.gradients, communication.batchNorm, communication.losses,
      data, memory,
    ]
    return try numbers.withUnsafeBytes { try communicator.gather($0, to: 0) }?.map { part in
      let values = part.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
      precondition(values.count == numbers.count, "all ranks tell the same numbers")
      return RankTimes(
        steps: values[0],
        communication: CommunicationTimes(
          busy: values[1], gradients: values[2], batchNorm: values[3], losses: values[4]),
        data: values[5], memory: values[6])
    }
  }
}

extension [RankTimes] {
  /// The largest of a number over ranks; 0 of none.
  func largest(_ number: (RankTimes) -> Double) -> Double { map(number).max() ?? 0 }

  /// The share of the gradients' way that nobody waited for, in percent, on the rank that waited longest; nil where
  /// there is nobody to send them to.
  var overlapPercent: Double? {
    CommunicationTimes(busy: largest(\.communication.busy), gradients: largest(\.communication.gradients))
      .overlapPercent
  }
}
