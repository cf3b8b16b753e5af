import Configuration
import Foundation
import Layers
import Options
import Recipes
import TestOptions
import TestSupport
import Testing

@Suite("Options of a new run")
struct OptionsResolutionTests {
  @Test("Nothing given is the PyTorch tutorial on the built-in faces")
  func defaults() throws {
    let options = try resolved(given())
    #expect(options.preset == "dcgan64")
    #expect(options.width == 64)
    #expect(options.architecture == (try ArchitecturePreset.dcgan64.architecture()))
    #expect(options.recipe == Recipe())
    #expect(options.data == "faces")
    #expect(options.seed == 1)
    #expect(options.batchSize == 128)
    #expect(options.slices == 8)
    #expect(options.reduction == .ordered)
    #expect(options.convolution == .auto)
    #expect(options.convolutionPlanner(.fp32) == ConvolutionPlanner(.auto, sliceSamples: 16))
    #expect(options.batchNorm == .sync)
    #expect(options.length == RunLength(epochs: 5))
    #expect(
      options.intervals == OutputIntervals(sample: .steps(200), checkpoint: .steps(500), log: .steps(10)))
    #expect(options.keep == 3)
    #expect(options.threads == nil)
    #expect(options.ranks == 1)
    #expect(!options.mirror)
  }

  @Test("Options come back from options.json as they went")
  func roundTrip() throws {
    let options = try resolved(
      given {
        $0.size = 32
        $0.data = "pictures"
        $0.labels = "folders"
        $0.seed = UInt64(Int.max)
        $0.length = .init(steps: 7, minutes: 0.1)
        $0.intervals.sample = .epoch
        $0.convolution = .direct
        $0.threads = 3
        $0.overrides = ["loss.real_target=0.9", "architecture.latent=12"]
      })
    #expect(try JSONDecoder().decode(RunOptions.self, from: Data(options.recordedText.utf8)) == options)
    #expect(try JSONDecoder().decode(RunOptions.self, from: JSONEncoder().encode(options)) == options)
    #expect(try RunOptions(configuration: ConfigurationFile.value(of: options.recordedText)) == options)
    #expect(options.data == "/home/someone/pictures")
    #expect(options.labels == "folders")
    #expect(options.convolution == .direct && options.convolutionPlanner(.fp32).mode == .direct)
  }

  @Test("The stronger layer wins, value by value")
  func layers() throws {
    let weak = given {
      $0.seed = 5
      $0.keep = 9
      $0.length = .init(epochs: 3)
      $0.giveRecipe(batchSize: 32, discriminatorRate: 1e-3)
    }
    let strong = given {
      $0.seed = 6
      $0.length = .init(steps: 10)
      $0.giveRecipe(batchSize: 64, generatorRate: 1e-5, beta1: 0.9)
      $0.overrides = ["discriminator.beta1=0.25"]
    }
    let options = try resolved(try weak.overridden(by: strong))
    #expect(options.seed == 6)
    #expect(options.keep == 9)
    // A length replaces the whole length below it.
    #expect(options.length == RunLength(steps: 10))
    #expect(options.batchSize == 64)
    #expect(options.recipe.discriminator.learningRate == 1e-3)
    #expect(options.recipe.generator.learningRate == 1e-5)
    // --set comes last.
    #expect(options.recipe.discriminator.beta1 == 0.25)
    #expect(options.recipe.generator.beta1 == 0.9)
  }

  @Test("Plans are made for a whole slice, whatever the ranks", arguments: [1, 2, 4])
  func plans(ranks: Int) throws {
    let options = try resolved(
      given { $0.giveRecipe(batchSize: 100) },
      ranks: ranks)
    #expect(options.convolutionPlanner(.fp32) == ConvolutionPlanner(.auto, sliceSamples: 25))
    let direct = try resolved(
      try given { $0.convolution = .auto }.overridden(by: given { $0.convolution = .direct }))
    #expect(direct.convolution == .direct)
  }

  @Test("Networks of one's own have no preset, unless they are one's")
  func ownNetworks() throws {
    let small = try ArchitecturePreset.dcgan64.architecture(size: 16, width: 8)
    let own = try resolved(given { $0.architecture = small })
    #expect(own.preset == nil)
    #expect(own.width == nil)
    #expect(own.size == 16)
    // As options.json has both, they are compared.
    let recorded = try resolved(
      given {
        $0.architecture = small
        $0.preset = "dcgan64"
        $0.width = 8
      })
    #expect(recorded.preset == "dcgan64")
    #expect(recorded.width == 8)
    let changed = try resolved(given { $0.overrides = ["architecture.generator.2={\"layer\": \"tanh\"}"] })
    #expect(changed.preset == nil)
    #expect(changed.architecture.generator[2] == .tanh)
  }

  @Test("A size over a file's networks rebuilds the preset beside them, and is refused where there is none")
  func reshaping() throws {
    let file = given {
      $0.preset = "dcgan64"
      $0.architecture = try? ArchitecturePreset.dcgan64.architecture(size: 16)
      $0.size = 16
    }
    let options = try resolved(try file.overridden(by: given { $0.size = 32 }))
    #expect(options.size == 32)
    #expect(options.preset == "dcgan64")
    var own = file
    own.preset = nil
    expectError(
      "--size 32 is given, but the networks come from the architecture \"dcgan64\", whose file alone says their shape"
    ) { try own.overridden(by: given { $0.size = 32 }) }
  }

  @Test("The width rule is one of the presets that know two, is recorded, and stays on a resume")
  func widthRules() throws {
    let intended = try resolved(
      given {
        $0.preset = "slim64"
        $0.width = 4
        $0.widthRule = .intended
      })
    #expect(intended.preset == "slim64" && intended.widthRule == .intended)
    #expect(intended.recipe == Preset.slim64.recipe && intended.length == RunLength(steps: 30_000))
    let read = try RunOptions(configuration: intended.configuration)
    #expect(read == intended)
    #expect(try resolved(given { $0.preset = "slim64" }).widthRule == .published)
    #expect(try resolved(given { $0.preset = "paper64" }).widthRule == nil)
    #expect(
      try OptionsResolution.resumed(
        read, given { $0.widthRule = .intended }, ranks: 1, out: "x", relativeTo: "/"
      ).architecture == intended.architecture)
    expectError(
      "--width-rule cannot change on a resume, as it changes numbers: the run has intended, and published was given"
    ) {
      try OptionsResolution.resumed(
        read, given { $0.widthRule = .published }, ranks: 1, out: "x", relativeTo: "/")
    }
    expectError(
      "dcgan64 has one rule for its widths, so --width-rule has no meaning for it; it is for slim64"
    ) { try resolved(given { $0.widthRule = .intended }) }
  }

  @Test("Spectral norm is of every weight of D, is recorded, and stays on a resume")
  func spectralNorm() throws {
    let options = try resolved(
      given {
        $0.width = 8
        $0.spectralNorm = true
      })
    #expect(options.preset == "dcgan64" && options.width == 8 && options.spectralNorm)
    var plain = try resolved(given { $0.width = 8 })
    #expect(!plain.spectralNorm && plain.architecture.generator == options.architecture.generator)
    plain.architecture = plain.architecture.withSpectralNormInDiscriminator()
    #expect(plain.architecture == options.architecture)
    let read = try RunOptions(configuration: options.configuration)
    #expect(read == options)
    // A run's options keep it where the networks are built anew.
    let again = try GivenOptions(configuration: options.configuration).overridden(by: given { $0.size = 32 })
    #expect(try resolved(again).spectralNorm)
    #expect(
      try OptionsResolution.resumed(
        read, given { $0.spectralNorm = true }, ranks: 1, out: "x", relativeTo: "/"
      ).architecture == options.architecture)
    expectError(
      "--spectral-norm cannot change on a resume, as it changes numbers: the run has false, and true was given"
    ) {
      try OptionsResolution.resumed(
        try resolved(given { $0.width = 8 }), given { $0.spectralNorm = true }, ranks: 1, out: "x",
        relativeTo: "/")
    }
    // Networks of one's own too.
    let own = try resolved(
      given {
        $0.architecture = try? ArchitecturePreset.vanilla.architecture()
        $0.spectralNorm = true
      })
    #expect(own.spectralNorm)
  }

  @Test("An option whose value may be none is kept on a resume by a file that does not name it")
  func openOptions() throws {
    let recorded = try resolved(
      given {
        $0.rankSettings.watchdog = 33
        $0.dataSettings.memory = ByteCount(512 << 20)
      })
    for file in ["{}", "{\"watchdog\": null, \"data_memory\": null}", "{\"keep\": 5}"] {
      let given = try GivenOptions(configuration: ConfigurationFile.value(of: file))
      #expect(given.rankSettings == .init() && given.dataSettings == .init())
      let options = try OptionsResolution.resumed(recorded, given, ranks: 1, out: "x", relativeTo: "/")
      #expect(options.rankSettings.watchdog == 33 && options.dataSettings.memory?.bytes == 512 << 20)
    }
    let given = try GivenOptions(configuration: ConfigurationFile.value(of: "{\"watchdog\": 44}"))
    let options = try OptionsResolution.resumed(recorded, given, ranks: 1, out: "x", relativeTo: "/")
    #expect(options.rankSettings.watchdog == 44 && options.dataSettings.memory?.bytes == 512 << 20)
  }

  @Test("A file that names no option gives none, in every group")
  func nothingGiven() throws {
    #expect(try GivenOptions(configuration: .object([])) == GivenOptions())
  }

  @Test(
    "Slices follow the batch, and the ranks where they are a power of two above",
    arguments: [(128, 1, 8), (128, 16, 16), (100, 1, 4), (8, 1, 1), (8, 4, 4), (128, 3, 8), (9, 1, 1)])
  func slices(batch: Int, ranks: Int, slices: Int) throws {
    let options = try resolved(
      given { $0.giveRecipe(batchSize: batch) },
      ranks: ranks)
    #expect(options.slices == slices)
    let plan = try options.reductionPlan(ranks: ranks)
    #expect(plan.mode == (ranks == 3 ? .fast : .ordered))
  }

  @Test("Ranks, batch and slices that do not go together are refused")
  func ranks() {
    let small = given { $0.giveRecipe(batchSize: 2) }
    expectError(
      "a global batch of 2 is smaller than 4 ranks, and each needs at least one picture: give --batch-size 4 or more, "
        + "or at most 2 ranks"
    ) { try resolved(small, ranks: 4) }
    for change: (inout GivenOptions) -> Void in [{ $0.reduction = .ordered }, { $0.slices = 8 }] {
      #expect(throws: ConfigurationError.self) { try resolved(given(change), ranks: 3) }
    }
    #expect(throws: ConfigurationError.self) { try resolved(given { $0.slices = 256 }) }
  }

  @Test("A number that cannot be is named by its flag")
  func wrongNumbers() {
    let cases: [((inout GivenOptions) -> Void, String)] =
      [
        ({ $0.size = 0 }, "--size must be a whole number from 1 to 4096, and is 0"),
        ({ $0.width = -3 }, "--width must be a whole number from 1 to 4096, and is -3"),
        ({ $0.channels = 2 }, "--channels must be 1 (grey) or 3 (RGB), and is 2"),
        ({ $0.threads = 0 }, "--threads must be a whole number from 1 to 1024, and is 0"),
        ({ $0.ranks = 0 }, "--ranks must be a whole number from 1 to 65536, and is 0"),
        ({ $0.keep = -1 }, "--keep must be a whole number from 0 to 1000000, and is -1"),
        ({ $0.slices = 3 }, "--slices must be a power of two (1, 2, 4, 8 ...), and is 3"),
        ({ $0.length.steps = 0 }, "--steps must be a whole number from 1 to 4294967295, and is 0"),
        ({ $0.length.epochs = .nan }, "--epochs must be a number above 0, and is nan"),
        ({ $0.length.minutes = -1 }, "--minutes must be a number above 0, and is -1.0"),
        ({ $0.data = "" }, "--data must be a folder of pictures, an IDX file or 'faces', and is empty"),
        (
          { $0.giveRecipe(batchSize: -5) },
          "--batch-size must be a whole number from 1 to 1048576, and is -5"
        ),
        (
          { $0.giveRecipe(discriminatorRate: .nan) },
          "--lr-d must be a number above 0, and is nan"
        ),
        (
          { $0.giveRecipe(generatorRate: .infinity) },
          "--lr-g must be a number above 0, and is inf"
        ),
        (
          { $0.giveRecipe(beta1: 1) },
          "--beta1 must be a number from 0 to below 1, and is 1.0"
        ),
      ]
    for (change, sentence) in cases {
      expectError(sentence) { try given(change).validate() }
    }
  }
}
