import Cluster
import Configuration
import Networks

/// What `generate --label` asks for: classes of label groups, or values of codes.
struct LabelChoice: Equatable {
  /// A class for each label group of the networks; nil: the seed decides.
  private(set) var classes: [Int?] = []
  /// A value for each code; nil: the seed decides.
  private(set) var codes: [Double?] = []

  /// Reads `hair=blonde,eyes=blue`, or for codes, which are called c1, c2 ..., `c1=3,c2=-0.5`.
  /// - Throws: `RunError` with code 64 for groups, classes or codes that the networks do not have.
  init(_ text: String?, of architecture: Architecture) throws {
    let groups = architecture.conditions?.groups ?? []
    let categorical = architecture.codes?.categorical ?? []
    let codeCount = categorical.count + (architecture.codes?.uniform ?? 0)
    classes = Array(repeating: nil, count: groups.count)
    codes = Array(repeating: nil, count: codeCount)
    guard let text else { return }
    func wrong(_ reason: String) -> RunError { RunError("--label \(text): \(reason)", code: RunExit.usage) }
    let names = groups.map(\.name) + (0..<codeCount).map { "c\($0 + 1)" }
    guard !names.isEmpty else {
      throw wrong("\(architecture.name) was trained without labels, so there is nothing to ask for")
    }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw wrong("\"\(part)\" is not of the form group=class, as in \(names[0])=...")
      }
      guard let place = names.firstIndex(of: sides[0]) else {
        throw wrong("there is no group \"\(sides[0])\"; \(suggestion(for: sides[0], in: names))")
      }
      guard place >= groups.count else {
        guard classes[place] == nil else { throw wrong("\(sides[0]) is given twice") }
        guard let index = groups[place].classes.firstIndex(of: sides[1]) else {
          throw wrong(
            "\(sides[0]) has no class \"\(sides[1])\"; \(suggestion(for: sides[1], in: groups[place].classes))"
          )
        }
        classes[place] = index
        continue
      }
      let code = place - groups.count
      guard codes[code] == nil else { throw wrong("\(sides[0]) is given twice") }
      if code < categorical.count {
        guard let value = Int(sides[1]), (0..<categorical[code]).contains(value) else {
          throw wrong(
            "\(sides[0]) is a whole number from 0 to \(categorical[code] - 1), and \"\(sides[1])\" is not")
        }
        codes[code] = Double(value)
      } else {
        guard let value = Double(sides[1]), value.isFinite, abs(value) <= 10 else {
          throw wrong(
            "\(sides[0]) is a number, trained from -1 to 1 and taken from -10 to 10, and \"\(sides[1])\" is not"
          )
        }
        codes[code] = value
      }
    }
  }
}
