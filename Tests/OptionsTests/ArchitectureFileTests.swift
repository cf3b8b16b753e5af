import Configuration
import Options
import Recipes
import TestOptions
import TestSupport
import Testing

@Suite("The file of --architecture, in a preset's place")
struct ArchitectureFileTests {
  private let scratch: Scratch
  private let slim: RunOptions

  init() throws {
    scratch = try Scratch()
    slim = try RunOptions(preset: .slim64, size: 16, width: 4)
  }

  private var networks: ConfigurationValue { slim.architecture.configuration }

  /// A file of these members.
  private func file(_ members: ConfigurationValue.Member...) throws -> String {
    try scratch.file("mine.json", ConfigurationValue.object(members).json())
  }

  /// Networks and a recipe given as JSON, in one file.
  private func file(recipe: String) throws -> String {
    try file(.init("architecture", networks), .init("recipe", ConfigurationFile.value(of: recipe)))
  }

  private func given(
    _ path: String, _ change: (inout TrainArguments) -> Void = { _ in }
  ) throws -> GivenOptions {
    var arguments = TrainArguments()
    arguments.architectureFile = path
    change(&arguments)
    return try arguments.given()
  }

  @Test("Recipe, seed, intervals and outputs of the file stand in for a preset's")
  func wholeDocument() throws {
    let torch = try RunOptions(preset: .torch96, width: 4)
    let options = try resolved(given(scratch.file("torch.json", torch.presetDocument.json())))
    #expect(options.recipe == Preset.torch96.recipe && options.seed == 2020)
    #expect(options.intervals == Preset.torch96.intervals)
    #expect(options.outputSettings == Preset.torch96.outputs)
    #expect(options.length == RunLength(epochs: 10) && options.preset == nil)
    #expect(try RunOptions(configuration: options.configuration) == options)
  }

  @Test("Networks as the outermost object may have a recipe beside their keys")
  func bare() throws {
    let path = try scratch.file(
      "bare.json", networks.merging(.object([.init("recipe", slim.recipe.configuration)])).json())
    let given = try given(path)
    let options = try resolved(given)
    #expect(options.recipe == slim.recipe && options.architecture == slim.architecture)
    #expect(given.recipeNotice(ofNewRun: options) == nil)
  }

  @Test("A later layer wins: the file, --config, flags, --set")
  func layers() throws {
    let config = try scratch.file(
      "c.yaml", "batch_size: 16\nseed: 7\nlr_d: 1e-3\nrecipe: {generator_average: 0.9, latent: normal}")
    let path = try scratch.file("slim.json", slim.presetDocument.json())
    let options = try resolved(
      given(path) {
        $0.configFile = config
        $0.flags.giveRecipe(discriminatorRate: 2e-3)
        $0.flags.overrides = ["generator_average=0.5"]
      })
    #expect(options.recipe.loss == slim.recipe.loss && options.recipe.schedule == slim.recipe.schedule)
    #expect(options.batchSize == 16 && options.seed == 7 && options.recipe.latent == .normal)
    #expect(options.recipe.discriminator.learningRate == 2e-3 && options.recipe.generatorAverage == 0.5)
    // The networks of --architecture win over those of --config.
    let other = try scratch.file("other.json", RunOptions(preset: .paper64, width: 4).presetDocument.json())
    let both = try resolved(given(path) { $0.configFile = other })
    #expect(both.architecture == slim.architecture && both.recipe == Preset.paper64.recipe)
  }

  @Test(
    "A file without a recipe takes the default one, and what the preset of its name has otherwise is told",
    arguments: [[], [.init("recipe", .null)], [.init("recipe", .object([]))]] as [[ConfigurationValue.Member]]
  )
  func noRecipe(members: [ConfigurationValue.Member]) throws {
    let path = try scratch.file(
      "mine.json", ConfigurationValue.object([.init("architecture", networks)] + members).json())
    let given = try given(path)
    let options = try resolved(given)
    #expect(options.recipe == Recipe() && options.seed == 1)
    #expect(
      given.recipeNotice(ofNewRun: options)
        == "\(path) has no recipe, so the default one is used, which differs from slim64's in schedule, "
        + "discriminator.learning_rate 0.0002 (slim64: 0.0004), discriminator.form pytorch (slim64: tensorflow), "
        + "generator.learning_rate 0.0002 (slim64: 0.0001), generator.form pytorch (slim64: tensorflow), "
        + "loss.smoothing.amount 0 (slim64: 0.25), loss.smoothing.rule oneSided (slim64: twoSided), latent normal "
        + "(slim64: uniform), sampling.with_replacement false (slim64: true), batch_size 128 (slim64: 8), epochs 5 "
        + "(slim64: none), steps none (slim64: 30000); to use slim64's, print it by 'dcgan-dist presets slim64 --json "
        + "> slim64.json' and add --config slim64.json")
  }

  @Test("What is given is no default: neither a flag's value, nor --set's, nor another file's")
  func givenValues() throws {
    let config = try scratch.file("c.yaml", "recipe: {latent: normal, loss: {smoothing: {amount: 0.1}}}")
    let given = try given(file(.init("architecture", networks))) {
      $0.configFile = config
      $0.flags.giveRecipe(batchSize: 128, discriminatorRate: 2e-4, generatorRate: 1e-4)
      $0.flags.length = .init(steps: 3)
      $0.flags.overrides = [
        "sampling.withReplacement=false", "loss.smoothing={rule: oneSided}", "schedule.1.fakes=new",
        "discriminator.form=pytorch",
      ]
    }
    let notice = try #require(given.recipeNotice(ofNewRun: resolved(given), takesConfig: false))
    #expect(
      notice.hasSuffix(
        "which differs from slim64's in generator.form pytorch (slim64: tensorflow); to use slim64's, copy these "
          + "values from what 'dcgan-dist presets slim64 --json' prints"))
  }

  @Test("Nothing is told where the preset is not known, or has the default recipe")
  func nothingToTell() throws {
    let renamed = networks.merging(.object([.init("name", .string("mine"))]))
    let own = try given(file(.init("architecture", renamed)))
    #expect(try own.recipeNotice(ofNewRun: resolved(own)) == nil)
    let dcgan = try RunOptions(preset: .dcgan64, size: 16, width: 4).architecture.configuration
    let default64 = try given(file(.init("architecture", dcgan)))
    #expect(try default64.recipeNotice(ofNewRun: resolved(default64)) == nil)
  }

  @Test("A part of a recipe is read as a recipe, with defaults for the rest, which are told")
  func partOfARecipe() throws {
    let given = try given(file(recipe: "{steps: 40, latent: uniform, generator: {learningRate: 1e-4}}"))
    let options = try resolved(given)
    #expect(options.length == RunLength(steps: 40) && options.recipe.latent == .uniform)
    #expect(options.batchSize == 128)
    let notice = try #require(given.recipeNotice(ofNewRun: options))
    #expect(
      notice.contains("mine.json has only a part of a recipe, and the rest is the default one's, which"))
    #expect(notice.contains("batch_size 128 (slim64: 8)") && !notice.contains("steps"))
    #expect(!notice.contains("latent") && !notice.contains("generator.learning_rate"))
  }

  @Test("A run that goes on keeps its recipe; what the file has otherwise is told")
  func resumed() throws {
    let path = try scratch.file("slim.json", slim.presetDocument.json())
    let recorded = try resolved(given(path) { $0.flags.giveRecipe(discriminatorRate: 1e-3) })
    let again = try given(path) { $0.flags.length = .init(steps: 9) }
    let options = try OptionsResolution.resumed(
      recorded, again, ranks: 1, out: "runs/x", relativeTo: "/home/someone")
    #expect(options.recipe == recorded.recipe && options.seed == recorded.seed)
    #expect(
      again.recipeNotice(ofResumed: options)
        == "the run keeps its own recipe, which differs from that of \(path) in discriminator.learning_rate 0.001 "
        + "(\(path): 0.0004); --change changes a value from here on")
    // Other networks are an error still.
    let edited = try scratch.file(
      "edited.json",
      ConfigurationValue.object([
        .init("architecture", networks.merging(.object([.init("latent", .integer(8))])))
      ]).json())
    expectError(
      "architecture.latent cannot change on a resume, as it changes numbers: the run has 64, and 8 was given"
    ) {
      try OptionsResolution.resumed(
        recorded, given(edited), ranks: 1, out: "runs/x", relativeTo: "/home/someone")
    }
  }

  @Test(
    "A recipe that is none is a sentence with the file's name",
    arguments: [
      ("{lss: {}}", "recipe has an unknown key \"lss\"; did you mean loss?"),
      ("{loss: {kind: best}}", "recipe.loss.kind must be "),
      ("3", "recipe must be an object with schedule, discriminator, "),
      ("{batch_size: 0}", "recipe.batch_size must be a whole number from 1 to 1048576, and is 0"),
      ("{batch_size: 8, batchSize: 8}", "the key \"batch_size\" stands there twice"),
    ])
  func broken(recipe: String, problem: String) throws {
    for path in [
      try file(recipe: recipe),
      try scratch.file(
        "bare.json",
        networks.merging(.object([.init("recipe", ConfigurationFile.value(of: recipe))])).json()),
    ] {
      let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.architecture(path) }
      #expect(error?.description.hasPrefix("\(path): \(problem)") == true, "\(error?.description ?? "")")
    }
  }

  @Test("Two forms in one file, and a misspelt recipe, are told")
  func wrongForms() throws {
    let recipe = slim.recipe.configuration
    for (members, problem) in [
      (
        [.init("architecture", networks), .init("generator", .array([]))],
        "the outermost object has an unknown key \"generator\"; "
      ),
      (
        [.init("architecture", networks), .init("recipie", recipe)],
        "the outermost object has an unknown key \"recipie\"; did you mean recipe?"
      ),
      ([.init("recipe", recipe)], "the outermost object lacks \"name\""),
    ] as [([ConfigurationValue.Member], String)] {
      let path = try scratch.file("mine.json", ConfigurationValue.object(members).json())
      let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.architecture(path) }
      #expect(error?.description.hasPrefix("\(path): \(problem)") == true, "\(error?.description ?? "")")
    }
  }

  @Test("A recipe that does not fit its networks names the file; one that flags make so does not")
  func misfit() throws {
    let sentence =
      "conditions.interpolation needs networks that take labels, and slim64 takes none: take a preset such as cgan28 or "
      + "cdcgan64"
    let path = try file(recipe: "{conditions: {interpolation: 1}}")
    expectError("\(path): \(sentence)") { try resolved(given(path)) }
    // A flag mends it.
    let mended = try resolved(given(path) { $0.flags.overrides = ["conditions.interpolation=0"] })
    #expect(mended.recipe.conditions.interpolation == 0)
    let whole = try scratch.file("slim.json", slim.presetDocument.json())
    expectError(sentence) {
      try resolved(given(whole) { $0.flags.overrides = ["conditions.interpolation=1"] })
    }
  }
}
