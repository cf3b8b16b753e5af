import Communication

/// Where one rank's time went: totals of a run so far, or means per step between two lines of the log.
struct RankTimes: Equatable, Sendable {
  /// Seconds of training steps, without sheets and checkpoints.
  var steps = 0.0
  /// Seconds of communication. The part that the rank waited is also part of `steps`.
  var communication = CommunicationTimes()
  /// Seconds of steps in which the rank waited for pictures.
  var data = 0.0
  /// Peak resident memory in bytes.
  var memory = 0.0

  /// Seconds of steps in which the rank waited neither for other ranks nor for pictures.
  var compute: Double { max(0, steps - communication.waited - data) }

  /// The difference between `later` and these totals, divided by the `count` steps between them. Memory is a
  /// peak, so it is `later`'s as it stands.
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
  /// The largest value of `number` over ranks; 0 for no ranks.
  func largest(_ number: (RankTimes) -> Double) -> Double { map(number).max() ?? 0 }

  /// The share of the gradients' time on the way in which no rank waited for them, in percent: by the longest
  /// such time and the longest wait of any rank. nil where no gradients are sent.
  var overlapPercent: Double? {
    CommunicationTimes(busy: largest(\.communication.busy), gradients: largest(\.communication.gradients))
      .overlapPercent
  }
}
