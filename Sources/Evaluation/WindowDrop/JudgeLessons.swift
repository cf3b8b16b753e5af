import Communication
import Models
import Networks
import Tensors

/// What a judge learns from: pictures in pairs of which one shows the object, at a known place. Picture 2 i shows it, and
/// picture 2 i + 1 is the same without it.
final class JudgeLessons {
  /// The maps by which it tells the place.
  let stack: MapStack
  private let features: DiscriminatorFeatures
  private let plan: CellPlan
  private let pictures: Int
  /// How many of D's features are used: those of the stack's maps, which are the first.
  private let used: Int
  /// [pictures][used]: the features of whole pictures.
  private let whole: FeatureTable
  /// [rows of the plan][stack]: the maps at some positions.
  private let cells: FeatureTable

  /// C of the two models times how many numbers each has. Ten times less or more hardly changes how well they do.
  private static let c = (presence: 10.0, place: 0.5)

  /// Room for pairs, of which nothing is known yet but where each has the object.
  init(_ features: DiscriminatorFeatures, _ stack: MapStack, masks: [[Bool]], seed: UInt64) {
    self.features = features
    self.stack = stack
    pictures = 2 * masks.count
    plan = CellPlan((0..<pictures).map { $0 % 2 == 0 ? masks[$0 / 2] : nil }, seed: seed, stream: 16)
    used = stack.count * DiscriminatorFeatures.grid * DiscriminatorFeatures.grid
    whole = FeatureTable(pictures: pictures, count: used)
    cells = FeatureTable(pictures: plan.count, count: stack.count)
  }

  /// Takes pictures of this rank's share.
  /// - Parameters:
  ///   - bytes: the pictures, HWC, at most as many as `features` computes at a time.
  ///   - places: which ones they are.
  /// - Throws: errors of D's forward pass.
  func take(_ bytes: UnsafePointer<UInt8>, as places: [Int]) throws {
    let room = FloatBuffer(count: places.count * features.count)
    try features.compute(bytes, samples: places.count, into: room.data)
    for (sample, place) in places.enumerated() {
      (whole.values.data + place * used).update(from: room.data + sample * features.count, count: used)
      let maps = features.values(of: stack, sample: sample)
      for row in plan.rows[place] {
        stack.copy(row.cell, from: maps, into: cells.values.data + row.place * stack.count)
      }
    }
  }

  /// What was learnt.
  struct Outcome {
    /// Above 0 where a picture shows the object; of whole pictures' features.
    var presence: LinearFunction
    /// Larger where a position lies in the object; of the stack's numbers.
    var place: LinearFunction
  }

  /// Learns from all pairs but those whose picture without the object may show it after all. Collective.
  ///
  /// Whether a picture of G without an object laid onto it shows one already is not known. Models of the drawn pairs alone
  /// rank these pictures; their lower half is added, and then all that the models of both do not take for pictures with
  /// the object.
  /// - Parameter drawn: the first pairs, of which it is known.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  func learn(drawn: Int, on communicator: any Communicator, pool: ThreadPool) throws -> Outcome {
    let wholes = try LinearRows(sharing: whole, on: communicator, pool: pool)
    func presence(_ pairs: [Int]) throws -> LinearFunction {
      let rows = pairs.flatMap { [2 * $0, 2 * $0 + 1] }
      return try FittedModel(
        LinearTask(
          c: Self.c.presence / Double(used), rows: rows, isPositive: rows.map { $0 % 2 == 0 }),
        on: wholes,
        communicator: communicator, pool: pool
      ).function
    }
    func value(_ pair: Int, _ model: LinearFunction) -> Double {
      model(whole.values.data + (2 * pair + 1) * used)
    }
    let known = Array(0..<drawn)
    let others = Array(drawn..<pictures / 2)
    var pairs = known
    var model = try presence(pairs)
    if !others.isEmpty {
      let ranked = others.map { (pair: $0, value: value($0, model)) }.sorted { $0.value < $1.value }
      model = try presence(known + ranked.prefix((ranked.count + 1) / 2).map(\.pair))
      pairs = known + others.filter { value($0, model) <= 0 }
      model = try presence(pairs)
    }
    let positions = try LinearRows(sharing: cells, on: communicator, pool: pool)
    let rows = pairs.flatMap { plan.rows[2 * $0] + plan.rows[2 * $0 + 1] }
    let place = try FittedModel(
      LinearTask(
        loss: .logistic, c: Self.c.place / Double(stack.count), rows: rows.map(\.place),
        isPositive: rows.map(\.isInside)),
      on: positions, communicator: communicator, pool: pool)
    return Outcome(presence: model, place: place.function)
  }
}

extension DiscriminatorFeatures {
  /// The maps of one of the pictures of the last `compute`, HWC, for each convolution of a stack.
  func values(of stack: MapStack, sample: Int) -> [UnsafePointer<Float>] {
    stack.maps.map { values(of: $0) + sample * $0.shape.count }
  }
}
