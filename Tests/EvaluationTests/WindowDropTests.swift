import Checkpoints
import Cluster
import Communication
import Datasets
import Evaluation
import Foundation
import Models
import Networks
import Recipes
import Tensors
import TestRanks
import TestSupport
import Testing

/// G forgets what a few of its maps draw.
@Suite struct WindowDropTests {
  private let scratch: Scratch
  private let made: MadeUpFaces
  private let model: String

  init() throws {
    scratch = try Scratch()
    made = try MadeUpFaces()
    model = scratch.file("model.safetensors")
    try made.write(to: model)
  }

  private func request(
    _ object: DropRequest.Object = .drawn(.glasses), _ change: (inout DropRequest) -> Void = { _ in }
  ) throws -> DropRequest {
    var request = try DropRequest(
      model: GeneratorChoice(checkpoint: model, architecture: made.architecture, latent: .normal, threads: 1),
      object: object, pictures: 100, shown: 3, out: scratch.file("drop.png"))
    request.faces = .init(drawn: 30, laid: 40, tune: 8, test: 12)
    change(&request)
    return request
  }

  private func run(_ request: DropRequest) throws -> DropReport {
    try WindowDrop.run(request, on: SingleProcessCommunicator(), console: nil)
  }

  @Test func theMapsOfTheGlassesAreFoundAndTheGlassesGo() throws {
    let report = try run(request())
    #expect(report.layer == "generator.main.4" && report.weights.count == 4)
    #expect(report.dropped == [3], "\(report.weights)")
    let score = try #require(report.score)
    // z0 is above 0.8 for a fifth of the pictures.
    #expect(score.shown.right > 8 && score.shown.right < 35)
    #expect(score.drop.gone.share == 1 && score.gained.right == 0)
    // Nothing changes away from the glasses but what the judge does not take for them.
    #expect(score.drop.inside > 10 * score.drop.outside && score.others < 0.001)
    #expect(score.drop.maps == report.dropped.count && score.random.gone.total == 4 * score.shown.right)
    #expect(score.random.outside > score.drop.outside)
    #expect(score.curve.map(\.maps) == [1] && score.seen.share > 0.8)
    let judge = try #require(report.judge)
    #expect(judge.both.share > 0.6 && judge.both.total == 24)
    #expect(FileManager.default.fileExists(atPath: report.out))
    #expect(report.lines.contains { $0.hasPrefix("glasses: shown by") })
    #expect(report.json["score"]?["drop"]?["gone"]?["share"] == .integer(1))
  }

  @Test func theSameOnTwoRanks() throws {
    let request = try request()
    let one = try run(request)
    let sheet = FileManager.default.contents(atPath: request.out)
    let two = try ThreadCommunicator.run(ranks: 2) { communicator in
      try WindowDrop.run(request, on: communicator, console: nil)
    }
    #expect(two == [one, one])
    #expect(FileManager.default.contents(atPath: request.out) == sheet)
  }

  @Test func boxesTellWhereItIs() throws {
    // z0 decides whether there are glasses, and the seed decides z0.
    let generator = GeneratorChoice(
      checkpoint: model, architecture: made.architecture, latent: .normal, threads: 1)
    let firstWears = try firstHasGlasses()
    _ = try Generation.run(
      GenerateRequest(
        checkpoint: generator.checkpoint, architecture: generator.architecture, latent: .normal,
        seeds: Array(0..<8), layout: .separate, out: scratch.file("seeds"), threads: 1))
    let files = (0..<8).map { scratch.file("seeds/seed-0000000\($0).png") }
    let first = FileManager.default.contents(atPath: files[0])
    let wears = files.map { path in (FileManager.default.contents(atPath: path) == first) == firstWears }
    #expect(wears.contains(true) && wears.contains(false))
    let pictures = wears.enumerated().map { seed, wears in
      "{\"seed\": \(seed), \"boxes\": [\(wears ? "[5, 14, 22, 10]" : "")]}"
    }
    let path = scratch.file("boxes.json")
    try Data("{\"pictures\": [\(pictures.joined(separator: ", "))]}".utf8).write(
      to: URL(fileURLWithPath: path))
    let report = try run(request(.boxes(path: path)))
    #expect(report.judge == nil && report.score == nil && report.object == path)
    #expect(report.dropped == [3], "\(report.weights)")
    #expect(FileManager.default.fileExists(atPath: report.out))
  }

  /// Whether z0 of seed 0 is above 0.8.
  private func firstHasGlasses() throws -> Bool {
    let pool = ThreadPool(threads: 1)
    let network = Network(try made.architecture.summary(of: .generator), pool: pool)
    let sampler = Sampler(network, of: made.architecture, .normal, seed: 0, room: 1, pool: pool)
    return sampler.inputs([.generated(seed: 0)])[0] > 0.8
  }

  // MARK: Mistakes

  private func sentence(_ request: DropRequest) -> String {
    do {
      _ = try run(request)
      return "it ran"
    } catch {
      return "\(error)"
    }
  }

  /// A drop of networks without convolutions.
  private func vanilla() throws -> DropRequest {
    let path = scratch.file("vanilla.safetensors")
    let vanilla = try ArchitecturePreset.vanilla.architecture()
    let network = Network(try vanilla.summary(of: .generator), pool: ThreadPool(threads: 1))
    network.initialize(seed: 1)
    try Safetensors.write(ModelFile.modelEntries([network]), to: path)
    return try request {
      $0.model.checkpoint = path
      $0.model.architecture = vanilla
    }
  }

  @Test func whatCannotBeIsASentence() throws {
    #expect(
      try sentence(request { $0.layer = "7" })
        == "--layer 7: G of made up has no such convolution before its output; it has generator.main.4 (32 x 32 x 4)"
    )
    #expect(
      try sentence(request(.drawn(.catEars)))
        == "none of 100 pictures that G makes shows cat ears, as a judge that has learnt from drawn faces sees them, so "
        + "nothing tells which maps draw it: take a model that has trained longer, more --drop-pictures, or another --object"
    )
    #expect(
      try sentence(vanilla())
        == "G of vanilla has no maps to drop: none of its layers but the last is a convolution")
    for (change, said) in [
      (
        { try DropRequest(model: $0, object: .drawn(.bow), pictures: 49, out: "a.png") },
        "--drop-pictures must be"
      ),
      ({ try DropRequest(model: $0, object: .drawn(.bow), shown: 0, out: "a.png") }, "--drop-shown must be"),
      (
        { try DropRequest(model: $0, object: .drawn(.bow), threshold: 1, out: "a.png") },
        "--drop-threshold must be"
      ),
      ({ try DropRequest(model: $0, object: .drawn(.bow), scale: 99, out: "a.png") }, "--scale must be"),
      (
        { try DropRequest(model: $0, object: .drawn(.bow), out: "a.gif") },
        "--out a.gif: the sheet is a PNG file"
      ),
      ({ try DropRequest(model: $0, object: .drawn(.bow), out: NSTemporaryDirectory()) }, "--out "),
    ] as [((GeneratorChoice) throws -> DropRequest, String)] {
      do {
        _ = try change(GeneratorChoice(checkpoint: model))
        Issue.record("\(said) was taken")
      } catch let error as RunError {
        #expect(error.description.hasPrefix(said) && error.code == RunExit.usage)
      }
    }
  }
}
