import ArgumentParser
import Cluster
import Foundation
import Models
import Networks
import Wording

/// `dcgan-dist export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a trained model for PyTorch, or as ONNX.",
    discussion: """
      --format pytorch writes model.safetensors and networks.py, a module of these networks that needs PyTorch and \
      safetensors alone. --format onnx writes generator.onnx and discriminator.onnx, in evaluation mode, for any number \
      of pictures at a time.

      Examples:
        dcgan-dist export runs/0001-dcgan64 --format pytorch --out exported
        dcgan-dist export runs/0001-dcgan64 --format onnx --out exported
        dcgan-dist export model.safetensors --preset dcgan64 --format onnx --out exported
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's folder (its newest valid checkpoint), a checkpoint's, or a model.safetensors.",
      valueName: "path"))
  var model: String

  @Option(help: ArgumentHelp("What to write.", valueName: "onnx|pytorch"))
  var format: ExportFormat

  @Option(
    help: ArgumentHelp(
      "The folder; it is created if it is missing. It may hold an earlier export.", valueName: "folder"))
  var out: String

  @Option(
    parsing: .unconditional,
    help:
      "The version of ONNX's operators, from \(ExportRequest.opsets.lowerBound) to \(ExportRequest.opsets.upperBound). (default: \(ExportRequest.defaultOpset))",
    transform: Parse.whole)
  var opset: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Use the average of G's weights (recipe.generator_average). (default: on where the file has one)")
  var average: Bool?

  @Flag(help: "Print one JSON object, alone on standard output.")
  var json = false

  @OptionGroup(title: "Networks, if --checkpoint is a file with no run around it") var networks: ModelOptions

  func run() throws {
    try onOneRank {
      let given = try networks.networksIfGiven()
      let summary = try Export.run(
        ExportRequest(
          model: model, format: format, out: out, opset: opset, average: average,
          architecture: given?.architecture, latent: given?.latent))
      if let dropout = summary.dropoutNotice { Output.person(dropout) }
      guard !json else { return Output.program(summary.json) }
      for file in summary.files { Output.person("wrote \(file.path), \(grouped(file.digest.bytes)) bytes") }
    }
  }
}

extension ExportFormat: ExpressibleByArgument {}
