import Configuration
import Foundation
import Options
import Recipes
import TestOptions
import TestSupport
import Testing

@Suite("Configuration files")
struct ConfigurationFileTests {
  @Test("YAML and JSON give the same, and numbers are numbers without a point too")
  func formats() throws {
    let json = try ConfigurationFile.value(
      of: #"{"a": 1e-4, "b": [1, -2, 3.0], "c": "1", "d": null, "e": true}"#)
    let yaml = try ConfigurationFile.value(of: "a: 1e-4\nb: [1, -2, 3.0]\nc: '1'\nd:\ne: yes\n")
    #expect(json == yaml)
    #expect(json["a"] == .number(1e-4))
    #expect(json["b"] == .array([.integer(1), .integer(-2), .integer(3)]))
    #expect(json["c"] == .string("1"))
    #expect(try ConfigurationFile.value(of: "x: nan")["x"] == .string("nan"))
    #expect(try ConfigurationFile.value(of: "x: 1.2.3")["x"] == .string("1.2.3"))
  }

  @Test("Our own text of any value is read back as it was")
  func text() throws {
    let value = ConfigurationValue.object([
      .init("z", .string("a \"quoted\" \\ line\nand \u{1} more, é")), .init("a", .array([])),
      .init("long", .array((0..<60).map { .integer($0 * 1_000) })), .init("n", .number(1e-300)),
      .init("o", .object([])),
    ])
    #expect(try ConfigurationFile.value(of: value.json(width: 40)) == value)
  }

  @Test("A person's file takes the names of flags and of options.json")
  func options() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "mine.yaml",
      """
      # a comment
      batch-size: 32
      lr_g: 1e-3
      sample-every: epoch
      bn: local
      convolution: direct
      mirror: true
      recipe:
        discriminator: {learning_rate: 4e-4}
      """)
    let options = try resolved(try ConfigurationFile.options(path))
    #expect(options.batchSize == 32)
    #expect(options.recipe.generator.learningRate == 1e-3)
    #expect(options.recipe.discriminator.learningRate == 4e-4)
    #expect(options.intervals.sample == .epoch)
    #expect(options.batchNorm == .local)
    #expect(options.convolution == .direct)
    #expect(options.mirror)
  }

  @Test("A way of computing convolutions that there is not is named with those that there are")
  func wrongConvolution() throws {
    let scratch = try Scratch()
    let path = try scratch.file("mine.yaml", "convolution: winograd")
    expectError("\(path): convolution must be auto or direct, and is \"winograd\"") {
      try ConfigurationFile.options(path)
    }
  }

  @Test("What presets --json prints is taken back by --architecture and --config")
  func presetDocument() throws {
    let scratch = try Scratch()
    let preset = try RunOptions(preset: .dcgan64, size: 32, width: 16)
    let architecture = preset.architecture
    let path = try scratch.file("mine.json", preset.presetDocument.json())
    #expect(try ConfigurationFile.architecture(path).architecture == architecture)
    let options = try resolved(try ConfigurationFile.options(path))
    #expect(options.architecture == architecture)
    #expect(options.recipe == Preset.dcgan64.recipe)
    let bare = try scratch.file("bare.json", architecture.configuration.json())
    #expect(try ConfigurationFile.architecture(bare).architecture == architecture)
  }

  @Test("A run's options.json runs it again")
  func recorded() throws {
    let scratch = try Scratch()
    let options = try resolved(
      given {
        $0.size = 16
        $0.width = 8
        $0.seed = 3
        $0.length = .init(steps: 4)
      })
    let path = try scratch.file("options.json", options.recordedText)
    let again = try resolved(try ConfigurationFile.options(path))
    #expect(again == options)
    #expect(try ConfigurationFile.recordedOptions(path) == options)
  }

  @Test(
    "Each broken file is named with what is wrong in it",
    arguments: [
      ("{", "this is neither JSON nor YAML: line 2, column 1: did not find expected node content"),
      ("batch_sise: 3", "the outermost object has an unknown key \"batch_sise\"; did you mean batch_size?"),
      ("batch_size: 0", "batch_size must be a whole number from 1 to 1048576, and is 0"),
      ("seed: -1", "seed must be a whole number, at least 0, and is -1"),
      ("slices: 3", "slices must be a power of two (1, 2, 4, 8 ...), and is 3"),
      ("epochs: .inf", "epochs must be a number, and is \".inf\""),
      ("bn: global", "bn must be sync or local, and is \"global\""),
      ("log_every: often", "log_every must be a number of steps (0 is never) or \"epoch\", and is \"often\""),
      ("lr_d: 0", "lr_d must be a number above 0, and is 0.0"),
      ("recipe: {lss: {}}", "recipe has an unknown key \"lss\"; did you mean loss?"),
      (
        "recipe: {loss: {real_target: high}}", "recipe.loss.real_target must be a number, and is \"high\""
      ),
      ("architecture: {name: x}", "architecture lacks \"latent\""),
      ("seed: 1\nseed: 2", "the key \"seed\" stands there twice"),
    ])
  func broken(text: String, problem: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("mine.yaml", text)
    expectError("\(path): \(problem)") { try ConfigurationFile.options(path) }
  }

  @Test("Files that are not there or no text are named")
  func unreadable() throws {
    let scratch = try Scratch()
    expectError("there is no file \(scratch.path)/none") {
      try ConfigurationFile.options(scratch.path + "/none")
    }
    let binary = scratch.path + "/binary"
    try Data([0xff, 0xfe, 0x00, 0x80]).write(to: URL(fileURLWithPath: binary))
    expectError("\(binary) is no JSON or YAML: it is not UTF-8 text of at most 16 MB") {
      try ConfigurationFile.options(binary)
    }
    expectError(
      "\(scratch.path) cannot be read: it must be a JSON or YAML file that this user may read"
    ) { try ConfigurationFile.options(scratch.path) }
  }

  @Test("A size beside networks of another size is refused")
  func disagreeing() throws {
    let scratch = try Scratch()
    let architecture = try ArchitecturePreset.dcgan64.architecture(size: 16).configuration.json()
    let path = try scratch.file("mine.json", #"{"size": 32, "architecture": \#(architecture)}"#)
    expectError(
      "\(path): size is 32, but the architecture beside it has 16; change the architecture, or leave it out to have "
        + "the preset built for that size"
    ) { try ConfigurationFile.options(path) }
  }
}
