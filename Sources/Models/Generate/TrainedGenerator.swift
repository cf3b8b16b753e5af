import Cluster
import Drawing
import Networks
import Options
import Recipes
import Tensors

/// Which trained generator is to make pictures.
package struct GeneratorChoice: Equatable, Sendable {
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// How z is drawn, for networks with no run around them; nil: as the preset of their name has it, or else normal.
  package var latent: LatentDistribution?
  /// Whether to take the average of G's weights over its training; nil: take it where the file has one.
  package var average: Bool?
  /// Threads; nil: as many as this process may use.
  package var threads: Int?

  /// A choice from its parts.
  package init(
    checkpoint: String, architecture: Architecture? = nil, latent: LatentDistribution? = nil,
    average: Bool? = nil, threads: Int? = nil
  ) {
    self.checkpoint = checkpoint
    self.architecture = architecture
    self.latent = latent
    self.average = average
    self.threads = threads
  }
}

/// A trained generator, read from its file and ready to make pictures.
final class TrainedGenerator {
  /// The networks that it is of.
  let architecture: Architecture
  /// How z was drawn in training.
  let latent: LatentDistribution
  /// The shape of a picture.
  let form: PictureShape
  private let sampler: Sampler

  /// The most pictures that are computed at a time.
  private static let mostRoom = 64
  /// The most bytes of pictures that one call makes, in float32.
  private static let mostBytes = 2 << 30

  /// Reads the generator.
  /// - Parameter pictures: how many pictures it is to make at a time, at least 1; it can make more, but not faster.
  /// - Throws: as `SavedModel`; `RunError` where the networks are not known, there is no average that was asked for, or a
  ///   weight is not finite; errors of a file that is damaged or of other networks.
  init(_ choice: GeneratorChoice, pictures: Int) throws {
    try Machine.openLibraries()
    let source = try ModelSource.find(
      choice.checkpoint, by: "--checkpoint", architecture: choice.architecture, latent: choice.latent)
    let pool = ThreadPool(threads: choice.threads ?? ProcessorCount.available)
    let network = try source.generator(average: choice.average, pool: pool)
    let room = min(Self.mostRoom, pictures)
    network.prepare(samples: room, slices: room)
    architecture = source.architecture
    latent = source.latent
    form = network.output
    sampler = Sampler(network, of: architecture, latent, seed: 0, room: room, pool: pool)
  }

  /// The most pictures that are made at once.
  var mostPictures: Int { Self.mostBytes / 4 / form.count }

  /// How many numbers of G's input are z.
  var latentSize: Int { architecture.latent }

  /// G's inputs, [pictures][z, codes, one-hot labels].
  func inputs(_ requests: [PictureRequest]) -> [Float] { sampler.inputs(requests) }

  /// The inputs of `generate --seeds` with the classes and codes of one choice, seed by seed.
  func inputs(_ seeds: [UInt64], _ choice: LabelChoice) -> [[Float]] {
    seeds.map { sampler.inputs([.generated(seed: $0, codes: choice.codes, classes: choice.classes)]) }
  }

  /// The pictures that G makes from `inputs`, NHWC, in the range of its last layer.
  /// - Throws: errors of the network's forward pass.
  func pixels(_ inputs: [Float]) throws -> [Float] { try sampler.pictures(inputs) }

  /// Pixels as pictures.
  func pictures(_ pixels: [Float]) -> SheetPictures {
    SheetPictures(
      count: pixels.count / form.count, height: form.height, width: form.width, channels: form.channels,
      pixels: pixels, range: sampler.pixelRange.ofSheets)
  }
}
