import ArgumentParser
import Cluster
import Configuration
import Foundation
import Networks
import Options
import Recipes

/// `dcgan-dist presets`.
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List the presets, or show the networks and the recipe of one, or of a file.",
    discussion: """
      Examples:
        dcgan-dist presets
        dcgan-dist presets dcgan64 --size 32
        dcgan-dist presets dcgan64 --json > mine.json    edit it, then:
        dcgan-dist presets mine.json                      what is in it
        dcgan-dist train --architecture mine.json
      """)

  @Argument(help: "The preset, or the file for --architecture, to show. (default: list all)")
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
        var arguments = TrainArguments()
        (arguments.flags.size, arguments.flags.width) = (size, width)
        (arguments.flags.channels, arguments.flags.widthRule) = (channels, widthRule)
        try variations.give(&arguments)
        let preset = Preset.all.first { $0.name == name }
        if preset == nil, Self.isFile(name) {
          arguments.architectureFile = name
        } else {
          arguments.flags.preset = name
        }
        let given = try arguments.given()
        let options = try OptionsResolution.newRun(given, ranks: 1, out: "none", relativeTo: "/")
        if json { return Output.program(options.presetDocument.json()) }
        let architecture = options.architecture
        let title =
          preset.map { "\($0.name): \($0.architecture.summary)" }
          ?? "\(name): \(architecture.name), \(architecture.picture)"
        let tables = try architecture.roles.map { try LayerTable(architecture, $0).description }
        let notice = given.recipeNotice(ofNewRun: options)
        Output.person(
          ([title] + tables + ["recipe \(options.recipe.configuration.json(width: 110))"]
            + [notice].compactMap { $0 }).joined(separator: "\n\n"))
      }
    }
  }

  /// Whether an argument that names no preset means a file.
  private static func isFile(_ name: String) -> Bool {
    name.contains { "./".contains($0) } || FileManager.default.fileExists(atPath: name)
  }

  private func list() throws {
    guard size == nil, width == nil, widthRule == nil, channels == nil, variations.isEmpty else {
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
