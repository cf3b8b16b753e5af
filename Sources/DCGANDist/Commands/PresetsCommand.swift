import ArgumentParser
import Cluster
import Configuration
import Foundation
import Models
import Networks
import Options
import Recipes

/// `dcgan-dist presets`.
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List the presets, or show the networks and the recipe of one, of a file or of a run.",
    discussion: """
      Examples:
        dcgan-dist presets
        dcgan-dist presets dcgan64 --size 32
        dcgan-dist presets dcgan64 --json > mine.json    edit it, then:
        dcgan-dist presets mine.json                      what is in it
        dcgan-dist train --architecture mine.json
        dcgan-dist presets runs/0001-cdcgan64             and the labels that one can ask it for
      """)

  @Argument(
    help:
      "The preset to show, the file for --architecture, or a run: its folder, a checkpoint's or a model.safetensors. (default: list all)"
  )
  var name: String?

  @Option(parsing: .unconditional, help: "Pictures of N x N.", transform: Parse.whole)
  var size: Int?

  @Option(parsing: .unconditional, help: "Multiply every channel count by N/64.", transform: Parse.whole)
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "How slim64 counts its middle widths: as its tutorial's code computes them (published) or as its text intends. (default: published)",
      valueName: "published|intended"))
  var widthRule: WidthRule?

  @Option(parsing: .unconditional, help: "1 is grey, 3 is RGB.", transform: Parse.whole)
  var channels: Int?

  @OptionGroup var variations: VariationOptions

  @Flag(help: "Print JSON, which 'train' takes back, on standard output.")
  var json = false

  func run() throws {
    try onOneRank {
      try RunError.ofUsage {
        guard let name else { return try list() }
        let preset = Preset.all.first { $0.name == name }
        if preset == nil, Self.isRun(name) { return try showRun(name) }
        var arguments = TrainArguments()
        (arguments.flags.size, arguments.flags.width) = (size, width)
        (arguments.flags.channels, arguments.flags.widthRule) = (channels, widthRule)
        try variations.give(&arguments)
        if preset == nil, Self.isFile(name) {
          arguments.architectureFile = name
        } else {
          arguments.flags.preset = name
        }
        let given = try arguments.given()
        let options = try OptionsResolution.newRun(given, ranks: 1, out: "none", relativeTo: "/")
        let title = preset.map { "\($0.name): \($0.architecture.summary)" }
        try show(
          options, title: title ?? Self.title(name, options), end: given.recipeNotice(ofNewRun: options))
      }
    }
  }

  private func showRun(_ run: String) throws {
    guard shapesNothing else {
      throw ConfigurationError(
        "--size, --width, --width-rule, --channels, --acgan, --no-batch-norm and --spectral-norm shape a preset, and "
          + "\(run) is a run, whose networks are as they are: leave them out")
    }
    let options = try SavedModel.options(at: run)
    let labels = RunLabels.lines(options.architecture, of: run).map { "\n  \($0)" }.joined()
    try show(options, title: Self.title(run, options), end: "labels\(labels)")
  }

  /// Shows networks and recipe, and then `end`; with --json as a document alone.
  private func show(_ options: RunOptions, title: String, end: String?) throws {
    if json { return Output.program(options.presetDocument.json()) }
    let architecture = options.architecture
    let tables = try architecture.roles.map { try LayerTable(architecture, $0).description }
    Output.person(
      ([title] + tables + ["recipe \(options.recipe.configuration.json(width: 110))"]
        + [end].compactMap { $0 }).joined(separator: "\n\n"))
  }

  private static func title(_ name: String, _ options: RunOptions) -> String {
    "\(name): \(options.architecture.name), \(options.architecture.picture)"
  }

  /// Whether an argument that names no preset means a run.
  private static func isRun(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
    return exists && (isFolder.boolValue || name.hasSuffix(".safetensors"))
  }

  /// Whether an argument that names no preset means a file.
  private static func isFile(_ name: String) -> Bool {
    name.contains { "./".contains($0) } || FileManager.default.fileExists(atPath: name)
  }

  /// Whether no flag was typed that shapes a preset.
  private var shapesNothing: Bool {
    size == nil && width == nil && widthRule == nil && channels == nil && variations.isEmpty
  }

  private func list() throws {
    guard shapesNothing else {
      throw ConfigurationError(
        "--size, --width, --width-rule, --channels, --acgan, --no-batch-norm and --spectral-norm shape one preset: "
          + "name it, as in 'presets dcgan64'")
    }
    if json {
      let rows = Preset.all.map {
        ConfigurationValue.object([
          .init("name", .string($0.name)), .init("summary", .string($0.architecture.summary)),
        ])
      }
      return Output.program(ConfigurationValue.array(rows).json())
    }
    let width = Preset.all.map(\.name.count).max() ?? 0
    for preset in Preset.all {
      let fill = String(repeating: " ", count: width - preset.name.count)
      Output.person("\(preset.name)\(fill)  \(preset.architecture.summary)")
    }
  }
}
