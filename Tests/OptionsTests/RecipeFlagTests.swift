import Configuration
import Objectives
import Options
import TestOptions
import TestSupport
import Testing

@Suite("Flags that are values of the recipe")
struct RecipeFlagTests {
  @Test("--label-smoothing softens the targets of reals, and is a key of a person's file")
  func labelSmoothing() throws {
    let options = try resolved(given { _ = try? $0.give("label_smoothing", .number(0.1)) })
    #expect(options.recipe.loss.smoothing == LabelSmoothing(amount: 0.1))
    #expect(
      options.recipe == (try resolved(given { $0.overrides = ["loss.smoothing.amount=0.1"] })).recipe)
    expectError("--label-smoothing must be a number from 0 to 1, and is 1.5") {
      try given { _ = try? $0.give("label_smoothing", .number(1.5)) }.validate()
    }
    // A loss without targets has nothing to smooth.
    expectError("loss.smoothing.amount is 0.1, but the hinge loss has no targets to smooth: leave it out") {
      try resolved(
        given {
          _ = try? $0.give("label_smoothing", .number(0.1))
          $0.overrides = ["loss.kind=hinge"]
        })
    }
    #expect(
      throws: ConfigurationError(
        "loss.smoothing.amount (--label-smoothing) cannot change on a resume, as it changes numbers: the run has 0.1, "
          + "and 0.2 was given; to change it from here on, give --change label-smoothing=0.2 instead")
    ) {
      try OptionsResolution.resumed(
        options, given { _ = try? $0.give("label_smoothing", .number(0.2)) }, ranks: 1, out: "x",
        relativeTo: "/")
    }
  }

  @Test("A key that is no option is not taken")
  func unknown() throws {
    var given = GivenOptions()
    #expect(try given.give("label_smothing", .number(1)) == false)
    #expect(try given.give("seed", nil) == true && given == GivenOptions())
    #expect(throws: ConfigurationError.self) { try given.give("seed", .string("x")) }
  }
}
