import ArgumentParser
import Cluster
import Foundation
import Models
import Options
import Runs

/// `dcgan-dist import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a run of weights that another tool trained.",
    discussion: """
      Takes safetensors of PyTorch's DCGAN tutorial (main.N.weight, also under module.), of any networks with the same \
      shapes, and a model.safetensors. The run is at step 0: generate, export and train --resume take it, and the \
      optimizers are new. scripts/pth-to-safetensors makes safetensors of a .pth file, scripts/keras-to-safetensors of \
      the .weights.h5 that Keras saves of the networks of keras64.

      Examples:
        dcgan-dist import --generator netG.safetensors \\
          --discriminator netD.safetensors --preset dcgan64 --out runs/imported
        dcgan-dist import both.safetensors --preset torch96 --out runs/imported
        dcgan-dist train --resume runs/imported --data pictures/ --more-epochs 1
      """)

  @Argument(
    help: ArgumentHelp(
      "A file with both networks, whose names begin with generator, netG or G, and discriminator, netD or D.",
      valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The generator's file.", valueName: "file"))
  var generator: String?

  @Option(help: ArgumentHelp("The discriminator's file.", valueName: "file"))
  var discriminator: String?

  @Option(
    help: ArgumentHelp(
      """
      Says which tensor or layer of the file is which, where names and order do not: a JSON object of names as presets, \
      export and checkpoints have them, and the file's names: {"generator.main.0": "conv1"}.
      """, valueName: "file"))
  var map: String?

  @Option(help: ArgumentHelp("The folder of the run; it is created.", valueName: "folder"))
  var out: String

  @Flag(help: "Print one JSON object, alone on standard output.")
  var json = false

  @OptionGroup(title: "Model") var networks: ModelOptions
  @OptionGroup(title: "Recipe, by which the run is trained on") var recipe: RecipeOptions

  func run() throws {
    try onOneRank {
      let files: [ImportFile]
      switch (file, generator, discriminator) {
      case (let file?, nil, nil): files = [ImportFile(file)]
      case (nil, let generator?, let discriminator?):
        files = [ImportFile(generator, of: .generator), ImportFile(discriminator, of: .discriminator)]
      default:
        throw RunError(
          "name one file that holds both networks, or --generator FILE and --discriminator FILE",
          code: RunExit.usage)
      }
      guard networks.preset != nil || networks.architecture != nil else {
        throw RunError(
          "say which networks these are: --preset (and --width, --size as they were), or --architecture FILE",
          code: RunExit.usage)
      }
      var arguments = TrainArguments()
      try networks.give(&arguments)
      try recipe.give(&arguments)
      let summary = try ImportRun.run(
        ImportRequest(files: files, map: map, given: arguments.given(), out: out),
        in: FileManager.default.currentDirectoryPath
      ) { Output.person($0) }
      for note in summary.notes { Output.person(note) }
      guard !json else { return Output.program(summary.json) }
      let line = LaunchCommand.line(["dcgan-dist", "train", "--resume", out, "--data", "PICTURES"])
      Output.person("imported as \(out); to train on: \(line)")
    }
  }
}
