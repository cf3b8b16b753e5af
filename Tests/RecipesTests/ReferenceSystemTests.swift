import Networks
import Recipes
import Tensors
import TestSupport
import Testing

@Suite("Reference systems")
struct ReferenceSystemTests {
  @Test(
    "Each has the published parameter counts, to the digit, and its tables say so",
    arguments: [
      (ArchitecturePreset.dcgan64, "3,576,704", "2,765,568"), (.paper64, "18,872,323", "4,316,545"),
      (.torch96, "14,763,008", "4,321,153"), (.slim64, "9,570,307", "44,704,705"),
      (.keras64, "5,420,323", "4,314,753"), (.vanilla, "2,503,984", "246,481"),
      (.cgan28, "4,815,297", "4,322,305"),
    ])
  func counts(preset: ArchitecturePreset, generator: String, discriminator: String) throws {
    let architecture = try preset.architecture()
    for (role, wanted) in [(NetworkRole.generator, generator), (.discriminator, discriminator)] {
      let count = try architecture.summary(of: role).trainedParameters
      #expect(count == Int(wanted.filter { $0 != "," }))
      #expect(try LayerTable(architecture, role).description.contains(wanted))
    }
  }

  @Test("slim64's intended widths, and keras64's numbers with running averages")
  func otherCounts() throws {
    let intended = try ArchitecturePreset.slim64.architecture(widthRule: .intended)
    #expect(try intended.summary(of: .generator).trainedParameters == 12_191_875)
    #expect(try intended.summary(of: .discriminator).trainedParameters == 44_704_705)
    let keras = try ArchitecturePreset.keras64.architecture()
    #expect(try keras.summary(of: .generator).parametersWithRunningAverages == 5_437_667)
  }

  @Test("Networks with conditions are those without, and what the conditions add")
  func conditions() throws {
    func counts(_ architecture: Architecture) throws -> [Int] {
      try architecture.roles.map { try architecture.summary(of: $0).trainedParameters }
    }
    // 74 numbers instead of 110 before G's 4,608, no planes before D's 64 5 x 5 kernels; Q: 2048 to 128, a shift, 128 to 12.
    let infogan = try ArchitecturePreset.infogan28.architecture()
    #expect(infogan.roles == [.generator, .discriminator, .q])
    #expect(
      try counts(infogan) == [
        4_815_297 - 36 * 4_608, 4_322_305 - 10 * 64 * 25, 2_049 * 128 + 128 + 129 * 12,
      ])
    #expect(try LayerTable(infogan, .q).description.hasPrefix("q  2 x 2 x 512 -> 1 x 1 x 12\n"))
    #expect(try LayerTable(infogan, .q).description.contains("263,948"))
    // Twelve colours of hair and ten of eyes.
    let groups = [("hair", 12), ("eyes", 10)].map { name, count in
      LabelGroup(name: name, classes: (0..<count).map { "\(name) \($0)" })
    }
    let conditional = try ArchitecturePreset.cdcgan64.architecture(groups: groups)
    #expect(
      try counts(conditional) == [3_576_704 + 22 * 512 * 16, 2_765_568 + 22 * 64 * 16])
    #expect(conditional.besideLatent == 22 && conditional.planes == 22 && conditional.generatorInput == 122)
    // A head of ACGAN takes what D's last layer takes, and planes go.
    for preset in [ArchitecturePreset.dcgan64, .cdcgan64] {
      let telling = try preset.architecture(groups: groups).classifying(groups)
      #expect(try counts(telling) == [3_576_704 + 22 * 512 * 16, 2_765_568, (512 * 16 + 1) * 22])
      #expect(telling.planes == 0 && telling.classifier?.after == telling.discriminator.count - 1)
    }
    // Where D flattens, the head begins before that.
    let flattened = try ArchitecturePreset.cgan28.architecture().classifying(groups)
    #expect(flattened.classifier?.after == flattened.discriminator.count - 2)
    #expect(try counts(flattened)[2] == 2_049 * 22)
  }

  @Test(
    "slim64 follows from the size",
    arguments: [
      (8, WidthRule.published, [128, 64], [64, 128, 256]),
      (16, .published, [256, 128, 64], [64, 128, 256, 512]),
      (32, .published, [512, 256, 128, 64], [64, 128, 256, 512, 1024]),
      (64, .published, [1024, 384, 256, 128, 64], [64, 128, 256, 512, 1024, 2048]),
      (64, .intended, [1024, 512, 256, 128, 64], [64, 128, 256, 512, 1024, 2048]),
      (128, .published, [2048, 512, 384, 256, 128, 64], [64, 128, 256, 512, 1024, 2048, 4096]),
    ])
  func slimSizes(size: Int, rule: WidthRule, generator: [Int], discriminator: [Int]) throws {
    let architecture = try ArchitecturePreset.slim64.architecture(size: size, widthRule: rule)
    func widths(_ role: NetworkRole) throws -> [Int] {
      try architecture.summary(of: role).layers.compactMap {
        switch $0.layer {
        case .transposedConvolution(let c), .convolution(let c): c.outChannels
        default: nil
        }
      }
    }
    #expect(try widths(.generator) == generator + [3])
    #expect(try widths(.discriminator) == discriminator + [1])
    #expect(try architecture.summary(of: .generator).layers[0].output.height == 4)
    // The last stage of D sees one pixel.
    #expect(try architecture.summary(of: .discriminator).layers.suffix(1).first?.input.pixels == 1)
  }

  /// Of presets that take theirs from the data.
  private static let groups = [LabelGroup(name: "hair", classes: ["black", "blonde"])]

  @Test("Every preset, at every width it takes, is what its JSON says", arguments: ArchitecturePreset.all)
  func json(preset: ArchitecturePreset) throws {
    for width in [16, 64] {
      let architecture = try preset.architecture(width: width, groups: Self.groups)
      #expect(try Architecture(configuration: architecture.configuration) == architecture)
    }
  }

  @Test("Pixels are in [0, 1] where G ends in a sigmoid")
  func pixels() throws {
    #expect(try ArchitecturePreset.vanilla.architecture().pixelRange == .unit)
    for preset in ArchitecturePreset.all where preset.name != "vanilla" {
      #expect(try preset.architecture(groups: Self.groups).pixelRange == .symmetric)
    }
    #expect(Architecture.pixelRange(of: []) == .symmetric)
    #expect(Architecture.pixelRange(of: [.sigmoid, .tanh]) == .symmetric)
  }

  @Test("What they cannot be built for is refused in a sentence")
  func refusals() {
    expectError("the picture size of slim64 is a power of two from 8 to 2048, and 4 was asked for") {
      try ArchitecturePreset.slim64.architecture(size: 4)
    }
    expectError("the picture size of slim64 is a power of two from 8 to 2048, and 96 was asked for") {
      try ArchitecturePreset.slim64.architecture(size: 96)
    }
    expectError("the picture size of torch96 is 96, and 64 was asked for") {
      try ArchitecturePreset.torch96.architecture(size: 64)
    }
    expectError(
      "keras64 has one rule for its widths, so --width-rule has no meaning for it; it is for slim64"
    ) { try ArchitecturePreset.keras64.architecture(widthRule: .intended) }
    expectError("cdcgan64 makes pictures by labels, and takes their groups from the data") {
      try ArchitecturePreset.cdcgan64.architecture()
    }
    expectError("the picture size of cgan28 is 28, and 32 was asked for") {
      try ArchitecturePreset.cgan28.architecture(size: 32)
    }
    expectError("the picture size of infogan28 is 28, and 64 was asked for") {
      try ArchitecturePreset.infogan28.architecture(size: 64)
    }
    expectError(
      "a width of 1 would make 1200 channels 18.75, which is not whole; a multiple of 4 would do"
    ) { try ArchitecturePreset.vanilla.architecture(width: 1) }
  }
}
