import Cluster
import Drawing

/// Arithmetic with the z of pictures that was asked for.
package struct ArithmeticRequest: Equatable, Sendable {
  /// What is computed from the means of A and B.
  package enum Sum: Equatable, Sendable {
    /// mean A - mean B + mean C, and eight neighbours with noise from U[-noise, noise) added to z.
    case concepts(c: [UInt64], pixels: Bool, noise: Double, noiseSeed: UInt64)
    /// z + t (mean B - mean A) for each seed and evenly spaced t from -reach to reach.
    case turn(seeds: [UInt64], steps: Int, reach: Double)
  }
  /// The generator.
  package var generator: GeneratorChoice
  /// The seeds of the pictures of A; at least one.
  package var a: [UInt64]
  /// The seeds of the pictures of B; at least one.
  package var b: [UInt64]
  /// What is computed of them.
  package var sum: Sum
  /// The names of A, B and, for concepts, C and the result.
  package var names: [String]
  /// What `--label` asks for, as it was typed: nothing, one for all pictures, or one each for A, B and C or the pictures
  /// that are turned.
  package var labels: [String]
  /// Each pixel becomes a square of scale x scale pixels.
  package var scale: Int
  /// The path of the sheet.
  package var out: String

  /// A request from its parts.
  /// - Parameter names: the names, without those that are not given; nil: none is.
  /// - Throws: `RunError` with code 64 for values that cannot be.
  package init(
    generator: GeneratorChoice, a: [UInt64], b: [UInt64], sum: Sum, names: [String]? = nil,
    labels: [String] = [], scale: Int = 1, out: String
  ) throws {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    switch sum {
    case .concepts(_, _, let noise, _):
      guard noise >= 0, noise <= 10 else {
        throw wrong("--noise must be a number from 0 to 10, and is \(noise)")
      }
    case .turn(_, let steps, let reach):
      guard (2...100).contains(steps) else {
        throw wrong("--steps must be a whole number from 2 to 100, and is \(steps)")
      }
      guard reach > 0, reach <= 10 else {
        throw wrong("--reach must be a number above 0 and at most 10, and is \(reach)")
      }
    }
    guard labels.count < 2 || labels.count == 3 else {
      throw wrong(
        "\(labels.count) --label were given: give one for all pictures, or three: for A, B and "
          + (sum.isTurn ? "the pictures of --turn" : "C"))
    }
    self.generator = generator
    self.a = a
    self.b = b
    self.sum = sum
    self.names = try Self.names(names, of: sum)
    self.labels = labels
    self.scale = try SheetFile.checked(scale: scale)
    self.out = try SheetFile.checked(out: out)
  }

  private static func names(_ given: [String]?, of sum: Sum) throws -> [String] {
    guard var names = given else { return sum.isTurn ? ["A", "B"] : ["A", "B", "C", "A - B + C"] }
    func wrong(_ reason: String) -> RunError {
      RunError("--names \(names.joined(separator: ",")): \(reason)", code: RunExit.usage)
    }
    guard sum.isTurn ? names.count == 2 : (3...4).contains(names.count) else {
      throw wrong(
        sum.isTurn
          ? "it takes the names of A and B with a comma between them"
          : "it takes the names of A, B, C and, if you like, the result, with commas between them")
    }
    guard names.allSatisfy({ !$0.isEmpty }) else { throw wrong("a name is empty") }
    if let name = names.first(where: { !StrokeFont.has($0) }) {
      throw wrong("\"\(name)\" has letters that the sheet cannot write: take those of ASCII")
    }
    if !sum.isTurn, names.count == 3 { names.append("\(names[0]) - \(names[1]) + \(names[2])") }
    return names
  }

  /// What `--label` asks for: of A, of B, and of C or the pictures that are turned.
  var labelOfEach: [String?] { labels.count == 3 ? labels : Array(repeating: labels.first, count: 3) }

  /// How many pictures the sheet needs.
  var pictureCount: Int {
    switch sum {
    case .concepts(let c, _, _, _): a.count + b.count + c.count + 3 + 9
    case .turn(let seeds, let steps, _): seeds.count * steps
    }
  }
}

extension ArithmeticRequest.Sum {
  /// Whether it is a turn.
  var isTurn: Bool { if case .turn = self { true } else { false } }
}
