import Recipes
import Runs
import Testing
import Training

/// What a run does after which step.
@Suite("What is due after a step") struct DueAfterStepTests {
  private func due(
    _ step: Int, stop: StopReason? = nil, checkpointRequested: Bool = false, sample: Interval = .steps(0),
    checkpoint: Interval = .steps(0),
    log: Interval = .steps(0), checkEvery: Int = 1_000, stepsPerEpoch: Double = 10, lastStep: Int? = 100
  ) -> DueAfterStep {
    DueAfterStep(
      afterStep: step, stop: stop, checkpointRequested: checkpointRequested,
      DueRules(
        intervals: OutputIntervals(sample: sample, checkpoint: checkpoint, log: log), checkEvery: checkEvery,
        epochs: EpochCount(stepsPerEpoch: stepsPerEpoch), lastStep: lastStep))
  }

  @Test("After most steps nothing is, and G's update may wait")
  func nothing() {
    let due = due(7, sample: .steps(4), checkpoint: .steps(5), log: .steps(2), checkEvery: 3)
    #expect(!due.logLine && !due.metrics && !due.sheet && !due.checkpoint && !due.replicaCheck)
    #expect(!due.isLast && due.stop == nil && !due.ends && !due.finishesGeneratorUpdate)
  }

  @Test("Each interval brings its own, and settles G")
  func intervals() {
    let log = due(8, log: .steps(4))
    #expect(log.logLine && log.metrics && !log.sheet && !log.checkpoint && !log.replicaCheck)
    let sheet = due(8, sample: .steps(4))
    #expect(sheet.sheet && !sheet.metrics && !sheet.checkpoint && !sheet.replicaCheck)
    let checkpoint = due(8, checkpoint: .steps(4))
    #expect(checkpoint.checkpoint && !checkpoint.metrics && !checkpoint.sheet && !checkpoint.replicaCheck)
    let check = due(8, checkEvery: 4)
    #expect(check.replicaCheck && !check.metrics && !check.sheet && !check.checkpoint)
    for due in [log, sheet, checkpoint, check] { #expect(due.finishesGeneratorUpdate && !due.ends) }
  }

  @Test("Before the interval's first sheet there are early ones; with none asked for there are none")
  func early() {
    func sheets(_ sample: Interval, stepsPerEpoch: Double = 1e9) -> [Int] {
      (1...1_200).filter { due($0, sample: sample, stepsPerEpoch: stepsPerEpoch, lastStep: nil).sheet }
    }
    #expect(sheets(.steps(500)) == [25, 50, 100, 200, 500, 1_000])
    #expect(sheets(.steps(200)) == [25, 50, 100, 200, 400, 600, 800, 1_000, 1_200])
    #expect(sheets(.steps(60)).prefix(5) == [25, 50, 60, 120, 180])
    #expect(sheets(.steps(20)).prefix(3) == [20, 40, 60])
    #expect(sheets(.epoch, stepsPerEpoch: 120).prefix(4) == [25, 50, 100, 120])
    #expect(sheets(.steps(0)).isEmpty)
  }

  @Test("An epoch ends with the step that uses its last picture, also where that is between steps")
  func epochs() {
    let ends = (1...10).filter { due($0, sample: .epoch, stepsPerEpoch: 2.5).sheet }
    #expect(ends == [3, 5, 8, 10])
  }

  @Test("The time for a checkpoint brings one, and nothing else")
  func checkpointByTime() {
    let due = due(7, checkpointRequested: true)
    #expect(due.checkpoint && due.finishesGeneratorUpdate && !due.ends && !due.metrics && !due.sheet)
    #expect(!self.due(8, checkpointRequested: true, checkEvery: 4).replicaCheck)
  }

  @Test("A checkpoint compares the replicas itself")
  func checkOfCheckpoint() {
    #expect(!due(8, checkpoint: .steps(8), checkEvery: 4).replicaCheck)
    #expect(!due(8, stop: .interrupt, checkEvery: 4).replicaCheck)
    #expect(!due(8, checkEvery: 4, lastStep: 8).replicaCheck)
    #expect(due(8, checkpoint: .steps(3), checkEvery: 4).replicaCheck)
  }

  @Test("The last step writes all, but asks the log for no line of its own", arguments: [true, false])
  func last(byClock: Bool) {
    let due = byClock ? due(8, stop: .timeIsUp, lastStep: nil) : due(8, lastStep: 8)
    #expect(due.isLast && due.ends && due.finishesGeneratorUpdate)
    #expect(due.metrics && due.sheet && due.checkpoint && !due.replicaCheck && !due.logLine)
  }

  @Test(
    "A stop before the end writes a checkpoint and a sheet, if there is a folder",
    arguments: StopReason.allCases.filter { $0 != .timeIsUp })
  func stop(reason: StopReason) {
    let due = due(8, stop: reason)
    #expect(!due.isLast && due.stop == reason && due.ends && due.finishesGeneratorUpdate)
    #expect(due.checkpoint && !due.metrics && due.sheet == (reason != .folderGone) && !due.replicaCheck)
  }

  @Test("A stop in the last step is the end")
  func stopAtTheEnd() {
    #expect(due(100, stop: .requeue).isLast)
    #expect(due(101).isLast && !due(99).isLast && !due(1_000_000, lastStep: nil).isLast)
  }
}
