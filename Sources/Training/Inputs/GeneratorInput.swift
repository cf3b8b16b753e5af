import Networks
import Recipes
import Tensors

/// The vectors of a batch that D or a head is given or compared with (conditions or codes), one for each
/// sample, `stride` floats apart.
package struct ConditionRows {
  /// The first number of the first sample's vector.
  let base: UnsafePointer<Float>
  /// Floats from one sample's vector to the next.
  let stride: Int

  /// The vector of one sample.
  package subscript(sample: Int) -> UnsafePointer<Float> { base + sample * stride }
}

/// The layout of one sample of G's input: z, then codes, then the one-hot vectors of its labels.
package struct GeneratorInputLayout {
  /// The length of z.
  package let latent: Int
  /// The codes; nil: none.
  package let codes: Codes?
  /// The labels; nil: none.
  package let conditions: Conditions?
  private let places: [Range<Int>]

  /// The layout that the networks need.
  package init(_ architecture: Architecture) {
    latent = architecture.latent
    codes = architecture.codes
    conditions = architecture.conditions
    places = architecture.conditions?.places ?? []
  }

  /// How many numbers a sample has.
  package var count: Int { conditionsAt + (conditions?.size ?? 0) }
  /// The index of the first code.
  package var codesAt: Int { latent }
  /// The index of the first number of the labels.
  package var conditionsAt: Int { latent + (codes?.size ?? 0) }

  /// The index of a group's class among the one-hot vectors of all groups.
  package func place(ofClass index: Int32, _ group: Int) -> Int { places[group].lowerBound + Int(index) }

  /// Draws the codes of the sample whose numbers begin at `row`. Element k of `stream` decides the k-th
  /// code.
  package func drawCodes(_ row: UnsafeMutablePointer<Float>, _ stream: RandomStream) {
    guard let codes else { return }
    let to = row + codesAt
    to.update(repeating: 0, count: codes.size)
    for (element, place) in codes.categoricalPlaces.enumerated() {
      let chosen = min(place.count - 1, Int(Float(place.count) * stream.uniform(element)))
      to[place.lowerBound + chosen] = 1
    }
    for (element, place) in codes.uniformPlaces.enumerated() {
      to[place] = 2 * stream.uniform(codes.categorical.count + element) - 1
    }
  }

  /// Writes the one-hot vectors of `classes`, one class for each group, to `to`, K numbers.
  func writeClasses(_ classes: UnsafePointer<Int32>, to: UnsafeMutablePointer<Float>) {
    guard let conditions else { return }
    to.update(repeating: 0, count: conditions.size)
    for group in places.indices { to[place(ofClass: classes[group], group)] = 1 }
  }

  /// Draws a class of a group. Element `first` + `group` of `stream` decides.
  /// - Parameter other: a class that is not drawn, unless it is the group's only one; nil: none.
  package func drawClass(
    _ group: Int, _ stream: RandomStream, from first: Int = 0, otherThan other: Int32? = nil
  ) -> Int32 {
    let count = places[group].count
    let choices = other == nil ? count : max(1, count - 1)
    let drawn = Int32(min(choices - 1, Int(Float(choices) * stream.uniform(first + group))))
    guard let other, count > 1 else { return drawn }
    return drawn < other ? drawn : drawn + 1
  }
}

/// G's input for this rank's part of a batch, drawn sample by sample. It is a function of (seed, step,
/// draw, global sample) and the labels alone.
final class GeneratorInput {
  let layout: GeneratorInputLayout
  /// The input that G's last fakes were made of, [N, Z + codes + labels].
  let z: Tensor
  private let mixed: Tensor?
  private let seed: UInt64
  private let latents: TrainingStep.Latents

  init(
    _ architecture: Architecture, capacity: Int, seed: UInt64, mixes: Bool,
    latents: @escaping TrainingStep.Latents
  ) {
    layout = GeneratorInputLayout(architecture)
    let shape = PictureShape.vector(layout.count)
    z = Tensor(capacity: capacity, shape: shape)
    mixed = mixes ? Tensor(capacity: capacity, shape: shape) : nil
    self.seed = seed
    self.latents = latents
  }

  /// The labels in `z`; nil where there are no conditions.
  var conditions: ConditionRows? { layout.conditions == nil ? nil : rows(of: z) }
  /// The codes in `z`.
  var codes: ConditionRows { ConditionRows(base: z.data + layout.codesAt, stride: layout.count) }

  private func rows(of input: Tensor) -> ConditionRows {
    ConditionRows(base: input.data + layout.conditionsAt, stride: layout.count)
  }

  /// Draws new z and codes for `count` samples from global index `first` on. `classes` are the labels of
  /// the same samples, one class for each group; nil where there are none.
  func draw(step: Int, draw: Int, first: Int, count: Int, classes: UnsafePointer<Int32>?) {
    let groups = layout.conditions?.groups.count ?? 0
    for sample in 0..<count {
      let row = z.sample(sample)
      latents(step, draw, first + sample, row)
      layout.drawCodes(
        row,
        RandomStream(seed: seed, purpose: .code, stream: draw, step: step, sample: first + sample))
      if let classes { layout.writeClasses(classes + sample * groups, to: row + layout.conditionsAt) }
    }
  }

  /// The same z and codes with mixed conditions, beta c1 + (1 - beta) c2, where c1 are the sample's own
  /// conditions and c2 others that are drawn.
  /// - Parameter draw: the number of the draw within the step.
  func mix(beta: Double, step: Int, draw: Int, first: Int, count: Int) -> (z: Tensor, rows: ConditionRows) {
    guard let mixed, let conditions = layout.conditions else {
      preconditionFailure("conditions are mixed where there are some, and it was said before")
    }
    let weight = Float(beta)
    for sample in 0..<count {
      let (from, to) = (z.sample(sample), mixed.sample(sample))
      to.update(from: from, count: layout.count)
      let stream = RandomStream(
        seed: seed, purpose: .conditionMix, stream: draw, step: step, sample: first + sample)
      let row = to + layout.conditionsAt
      for k in 0..<conditions.size { row[k] *= weight }
      for group in conditions.groups.indices {
        row[layout.place(ofClass: layout.drawClass(group, stream), group)] += 1 - weight
      }
    }
    return (mixed, rows(of: mixed))
  }
}

extension LatentDistribution {
  /// Draws `count` numbers of z from the beginning of `stream`.
  package func fill(_ z: UnsafeMutablePointer<Float>, count: Int, _ stream: RandomStream) {
    switch self {
    case .normal: stream.fillNormal(z, count: count)
    case .uniform:
      stream.fillUniform(z, count: count)
      for i in 0..<count { z[i] = 2 * z[i] - 1 }
    }
  }
}
