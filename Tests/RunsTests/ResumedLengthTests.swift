import Cluster
import Recipes
import Runs
import TestOptions
import Testing

@Suite("The length of a run that goes on")
struct ResumedLengthTests {
  private func settled(_ length: ResumedLength, step: Int = 211, seconds: Double = 600) throws -> RunLength {
    try length.settled(run: "runs/a", step: step, seconds: seconds, EpochCount(stepsPerEpoch: 78.5))
  }

  private let recorded = RunLength(steps: 780)

  @Test("Without one the run keeps its own, also where it has reached it")
  func own() throws {
    #expect(try settled(ResumedLength(recorded: recorded)) == recorded)
    #expect(try settled(ResumedLength(recorded: recorded), step: 780) == recorded)
    // A script that is started again gives the same one.
    #expect(try settled(ResumedLength(recorded: recorded, fromStart: recorded), step: 780) == recorded)
  }

  @Test("One that the run has not reached replaces it")
  func longer() throws {
    for length in [
      RunLength(steps: 212), RunLength(epochs: 3), RunLength(minutes: 10.1),
      RunLength(steps: 300, minutes: 20),
    ] {
      #expect(try settled(ResumedLength(recorded: recorded, fromStart: length)) == length)
    }
  }

  @Test(
    "One that the run has reached is an error that says where it is and what counts from where",
    arguments: [
      (RunLength(steps: 200), "--steps 200"), (RunLength(steps: 211), "--steps 211"),
      (RunLength(epochs: 2), "--epochs 2, which ends at step 157"),
      (RunLength(minutes: 5), "--minutes 5, as it has trained for 10"),
      (RunLength(epochs: 9, steps: 12), "--steps 12"),
    ])
  func reached(length: RunLength, words: String) {
    expectRunError(
      "the run of runs/a is at step 211, so it has reached \(words): that counts from the run's start. Give more, or "
        + "--more-steps, --more-epochs or --more-minutes, which count from here; without a length the run goes on to its "
        + "own end, --steps 780"
    ) { try settled(ResumedLength(recorded: recorded, fromStart: length)) }
  }

  @Test("More counts from the checkpoint, the first that is reached")
  func more() throws {
    #expect(
      try settled(ResumedLength(recorded: recorded, more: RunLength(steps: 50))) == RunLength(steps: 261))
    #expect(
      try settled(ResumedLength(recorded: recorded, more: RunLength(epochs: 2))) == RunLength(steps: 368))
    #expect(
      try settled(ResumedLength(recorded: recorded, more: RunLength(minutes: 1.5)))
        == RunLength(minutes: 11.5))
    let both = RunLength(epochs: 1, steps: 500, minutes: 1)
    #expect(
      try settled(ResumedLength(recorded: recorded, more: both)) == RunLength(steps: 290, minutes: 11))
  }
}
