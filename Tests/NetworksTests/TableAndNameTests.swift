import Configuration
import Layers
import Networks
import Recipes
import Testing

@Suite("Layer tables and names")
struct TableAndNameTests {
  @Test("A table ends with the parameters in full digits")
  func table() throws {
    let architecture = try ArchitecturePreset.dcgan64.architecture()
    let lines = try LayerTable(architecture, .generator).description.split(separator: "\n")
    #expect(lines.first == "generator  1 x 1 x 100 -> 64 x 64 x 3")
    #expect(lines[lines.count - 2].hasPrefix("trained parameters"))
    #expect(lines[lines.count - 2].hasSuffix(" 3,576,704"))
    #expect(lines.last?.hasPrefix("with running averages") == true)
    #expect(lines.last?.hasSuffix(" 3,578,624") == true)
    // A title, a header, two rules, two sums and a line a layer, all as wide as each other but the title.
    #expect(lines.count == 14 + 6)
    #expect(Set(lines.dropFirst().map(\.count)).count == 1)
    let row = lines[3].split(separator: " ").joined(separator: " ")
    #expect(row == "0 transposedConvolution 4 x 4 1 0 4 x 4 x 512 819,200")
  }

  @Test("The nearest names come first, and far ones not at all")
  func nearest() {
    let names = [
      "dcgan64", "slim64", "paper64", "vanilla", "cgan28", "infogan28", "cdcgan64", "torch96", "keras64",
    ]
    #expect(nearestNames(to: "dcgan46", in: names).first == "dcgan64")
    #expect(nearestNames(to: "kears64", in: names).first == "keras64")
    #expect(nearestNames(to: "Vanila", in: names) == ["vanilla"])
    #expect(nearestNames(to: "tor", in: names) == ["torch96"])
    #expect(nearestNames(to: "resnet50", in: names).isEmpty)
    #expect(nearestNames(to: "", in: ["a", "b"]).isEmpty)
    #expect(suggestion(for: "xyzzy", in: ["one", "two", "three"]) == "there is one, two and three")
    #expect(suggestion(for: "tow", in: ["one", "two", "three"]) == "did you mean two?")
  }
}
