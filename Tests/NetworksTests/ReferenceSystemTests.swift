import Networks
import Testing

@Suite("Reference systems")
struct ReferenceSystemTests {
  @Test(
    "Each has the published parameter counts, to the digit, and its tables say so",
    arguments: [
      (ArchitecturePreset.dcgan64, "3,576,704", "2,765,568"), (.paper64, "18,872,323", "4,316,545"),
      (.torch96, "14,763,008", "4,321,153"),
    ])
  func counts(preset: ArchitecturePreset, generator: String, discriminator: String) throws {
    let architecture = try preset.architecture()
    for (role, wanted) in [(NetworkRole.generator, generator), (.discriminator, discriminator)] {
      let count = try architecture.summary(of: role).trainedParameters
      #expect(count == Int(wanted.filter { $0 != "," }))
      #expect(try LayerTable(architecture, role).description.contains(wanted))
    }
  }

  @Test("Every preset, at every width it takes, is what its JSON says", arguments: ArchitecturePreset.all)
  func json(preset: ArchitecturePreset) throws {
    for width in [16, 64] {
      let architecture = try preset.architecture(width: width)
      #expect(try Architecture(configuration: architecture.configuration) == architecture)
    }
  }

  @Test("Pixels are in [0, 1] where G ends in a sigmoid")
  func pixels() throws {
    for preset in ArchitecturePreset.all {
      #expect(try preset.architecture().pixelRange == .symmetric)
    }
    #expect(Architecture.pixelRange(of: []) == .symmetric)
    #expect(Architecture.pixelRange(of: [.sigmoid, .tanh]) == .symmetric)
  }

  @Test("What they cannot be built for is refused in a sentence")
  func refusals() {
    expectError("the picture size of torch96 is 96, and 64 was asked for") {
      try ArchitecturePreset.torch96.architecture(size: 64)
    }
  }
}
