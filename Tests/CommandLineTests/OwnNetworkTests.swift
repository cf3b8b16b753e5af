import Configuration
import Foundation
import Testing

@Suite("Networks of a user's own, from JSON", .serialized)
struct OwnNetworkTests {
  private let program: Program

  init() throws { program = try Program() }

  private typealias Object = [String: Any]

  /// What `presets dcgan64 --json` prints, small, with its architecture changed, as `mine.json`.
  private func write(_ change: (inout Object) -> Void) throws {
    let printed = try program("presets", "dcgan64", "--size", "16", "--width", "8", "--json").output
    var document = try #require(try JSONSerialization.jsonObject(with: Data(printed.utf8)) as? Object)
    var architecture = try #require(document["architecture"] as? Object)
    change(&architecture)
    document["architecture"] = architecture
    let data = try JSONSerialization.data(withJSONObject: document, options: .sortedKeys)
    _ = try program.folder.file("mine.json", String(decoding: data, as: UTF8.self))
  }

  /// Changes one layer: `network` and its place.
  private static func layer(
    _ network: String, _ index: Int, _ change: @escaping (inout Object) -> Void
  ) -> (inout Object) -> Void {
    { architecture in
      guard var layers = architecture[network] as? [Object] else { return }
      change(&layers[index])
      architecture[network] = layers
    }
  }

  private static func layers(
    _ network: String, _ change: @escaping (inout [Object]) -> Void
  ) -> (inout Object) -> Void {
    { architecture in
      guard var layers = architecture[network] as? [Object] else { return }
      change(&layers)
      architecture[network] = layers
    }
  }

  private static let train = [
    "train", "--architecture", "mine.json", "--batch-size", "8", "--threads", "1",
    "--out", "run", "--steps", "2",
  ]

  /// What stands in the folder beside the files of the tests' own.
  private func written() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
      .filter { !$0.hasPrefix("out-") && !$0.hasPrefix("err-") }.sorted()
  }

  @Test("Edited widths and kernels train, go on, and make pictures")
  func edited() throws {
    try write { architecture in
      architecture["name"] = "mine"
      architecture["latent"] = 12
      Self.layer("generator", 3) { $0["out"] = 12 }(&architecture)
      Self.layers("generator") {
        $0.insert(["layer": "dropout", "rate": 0.1], at: 6)
        $0[3]["kernel"] = 6
        $0[3]["padding"] = 2
      }(&architecture)
      Self.layer("discriminator", 0) { ($0["kernel"], $0["padding"], $0["bias"]) = (5, "same", true) }(
        &architecture)
      Self.layer("discriminator", 2) { $0["out"] = 24 }(&architecture)
    }
    let trained = try program.typed(Self.train)
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(trained.errors.contains("mine, 16 x 16 x 3: generator "))
    let options = try ConfigurationFile.recordedOptions("\(program.folder.path)/run/options.json")
    #expect(options.preset == nil && options.architecture.latent == 12)
    #expect(try program("train", "--resume", "run", "--steps", "3").code == 0)
    let made = try program("generate", "--checkpoint", "run", "--count", "2")
    #expect(made.code == 0, "\(made.errors)")
  }

  private static var broken: [(what: String, change: (inout Object) -> Void, sentence: String)] {
    [
      (
        "shapes that do not meet: a reshape to another size",
        layer("generator", 1) { $0 = ["layer": "reshape", "height": 2, "width": 2, "channels": 64] },
        "the generator ends in 8 x 8 x 3 at generator.7 (tanh), but the pictures are 16 x 16 x 3: its layers and \"size\" "
          + "or \"channels\" do not agree"
      ),
      (
        "a reshape that does not fit",
        layer("generator", 1) { $0 = ["layer": "reshape", "height": 4, "width": 4, "channels": 8] },
        "generator.1 (reshape) cannot make 4 x 4 x 8 of 4 x 4 x 16: 128 numbers are not 256"
      ),
      (
        "an unknown layer", layer("discriminator", 1) { $0["layer"] = "leakyRelu" },
        "architecture.discriminator.1 is an unknown layer \"leakyRelu\"; did you mean leakyReLU?"
      ),
      (
        "D that does not end in one logit", layer("discriminator", 5) { $0["kernel"] = 3 },
        "the discriminator ends in 2 x 2 x 1 at discriminator.5 (convolution), and must end in one logit, 1 x 1 x 1, for "
          + "pictures of 16 x 16 x 3"
      ),
      (
        "D of other pictures", { $0["size"] = 32 },
        "the generator ends in 16 x 16 x 3 at generator.7 (tanh), but the pictures are 32 x 32 x 3: its layers and \"size\" "
          + "or \"channels\" do not agree"
      ),
      (
        "G of another number of channels", layer("generator", 6) { $0["out"] = 4 },
        "the generator ends in 16 x 16 x 4 at generator.7 (tanh), but the pictures are 16 x 16 x 3: its layers and "
          + "\"size\" or \"channels\" do not agree"
      ),
      (
        "a kernel larger than the picture",
        layer("discriminator", 2) { ($0["kernel"], $0["padding"]) = (11, 1) },
        "discriminator.2 (convolution) cannot take 8 x 8 x 8: its kernel is 11 x 11, and with padding 1 the picture is only "
          + "10 x 10"
      ),
      (
        "a transposed convolution that leaves nothing",
        layer("generator", 0) { ($0["kernel"], $0["padding"]) = (4, 3) },
        "generator.0 (transposedConvolution) leaves nothing of 1 x 1 x 100: kernel 4, stride 1 and its padding would give "
          + "-2 x -2"
      ),
      (
        "channels that no shuffle takes",
        layer("generator", 1) { $0 = ["layer": "pixelShuffle", "factor": 3] },
        "generator.1 (pixelShuffle) cannot take 4 x 4 x 16: a factor of 3 makes one channel of 9, and 16 is no multiple of "
          + "it"
      ),
      (
        "a head that nothing asks for",
        {
          $0["q"] = ["after": 4, "layers": [["layer": "dense", "out": 3, "bias": true] as Object]] as Object
        },
        "there is a \"q\", which tells the codes, but there are none"
      ),
      (
        "a number that is text", layer("generator", 0) { $0["out"] = "16" },
        "architecture.generator.0.out must be a whole number from 1 to 1048576, and is \"16\""
      ),
      (
        "a missing member", layer("discriminator", 2) { $0["stride"] = nil },
        "architecture.discriminator.2 (convolution) lacks \"stride\""
      ),
      (
        "an unknown member", layer("discriminator", 2) { $0["strides"] = 2 },
        "architecture.discriminator.2 (convolution) has an unknown key \"strides\"; did you mean stride?"
      ),
      (
        "a stride of 0", layer("discriminator", 0) { $0["stride"] = 0 },
        "architecture.discriminator.0.stride must be a whole number from 1 to 64, and is 0"
      ),
      (
        "no layers", layers("discriminator") { $0 = [] },
        "the discriminator has no layers, and needs at least one"
      ),
      (
        "D that ends in a sigmoid", layers("discriminator") { $0.append(["layer": "sigmoid"]) },
        "the discriminator ends in discriminator.6 (sigmoid), but the losses take the raw logit: leave that layer out"
      ),
      (
        "no generator", { $0["generator"] = nil }, "architecture lacks \"generator\""
      ),
      (
        "layers that are no list", { $0["generator"] = "dcgan64" },
        "architecture.generator must be a list, and is \"dcgan64\""
      ),
      (
        "a layer that is no object", { $0["generator"] = ["relu"] },
        "architecture.generator.0 must be an object whose \"layer\" is"
      ),
      (
        "networks that fit into no memory",
        layers("generator") { layers in
          let wide: Object = [
            "layer": "transposedConvolution", "out": 1_048_576, "kernel": 64, "stride": 64, "padding": "same",
            "bias": false,
          ]
          layers = Array(repeating: wide, count: 8)
        },
        "generator.0 (transposedConvolution) would make 64 x 64 x 1048576 of 1 x 1 x 100, more than 16384 pixels a side"
      ),
    ]
  }

  @Test("Each kind of broken network is one sentence with its layer and shapes, and leaves nothing behind")
  func brokenNetworks() throws {
    for (what, change, sentence) in Self.broken {
      try write(change)
      let result = try program.typed(Self.train)
      #expect(result.code == 1, "\(what): \(result.errors)")
      #expect(result.sentences.count == 1, "\(what): \(result.errors)")
      #expect(
        result.sentences.first?.hasPrefix("error: mine.json: \(sentence)") == true,
        "\(what): \(result.errors)")
      #expect(try written() == ["mine.json"], "\(what)")
    }
  }

  @Test("A file that is no network is told so")
  func noNetworks() throws {
    for (text, sentence) in [
      ("this: [is, neither", "this is neither JSON nor YAML: line 2, column 1: "),
      ("", "the outermost object must be an object with name, latent, size, channels, "),
      ("[1, 2]", "the outermost object must be an object with name, latent, size, channels, "),
      ("{\"architecture\": 3}", "architecture must be an object with name, latent, size, channels, "),
      ("{\"name\": \"a\", \"name\": \"b\"}", "the key \"name\" stands there twice"),
    ] {
      _ = try program.folder.file("mine.json", text)
      let result = try program.typed(Self.train)
      #expect(result.code == 1 && result.sentences.count == 1, "\(text): \(result.errors)")
      #expect(
        result.sentences.first?.hasPrefix("error: mine.json: \(sentence)") == true,
        "\(text): \(result.errors)")
      #expect(try written() == ["mine.json"])
    }
    try FileManager.default.removeItem(atPath: "\(program.folder.path)/mine.json")
    let missing = try program.typed(Self.train)
    #expect(missing.code == 1 && missing.sentences == ["error: there is no file mine.json"])
  }
}
