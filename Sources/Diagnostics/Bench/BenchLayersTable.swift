import Foundation
import Wording

extension PartTiming {
  /// The parts as a table for a person: one line for each part, and their sum.
  static func table(_ parts: [PartTiming], ranks: Int) -> String {
    func number(_ value: Double?, _ places: Int, _ unit: String = "") -> String {
      value.map { String(format: "%.\(places)f", $0) + unit } ?? ""
    }
    let header = ["layer", "output", "pass", "plan", "calls", "ms", "share", "work", "GFLOP/s", "of sgemm"]
    var rows = parts.map { part in
      [
        [part.layer, part.kind].compactMap { $0 }.joined(separator: " "), part.output ?? "", part.part,
        part.plan ?? "",
        number(part.calls, part.calls == part.calls.rounded() ? 0 : 1), number(part.milliseconds, 3),
        number(part.share, 2, " %"), number(part.workShare, 2, " %"), number(part.effectiveGigaflops, 0),
        number(part.percentOfSgemm, 0, " %"),
      ]
    }
    let sum = parts.reduce((0.0, 0.0)) { ($0.0 + $1.milliseconds, $0.1 + $1.share) }
    rows.append(["", "", "sum", "", "", number(sum.0, 3), number(sum.1, 2, " %"), "", "", ""])
    let lines = TextTable(head: header, rows: rows, columnsOfWords: 4).lines
    let rule = String(repeating: "-", count: lines[0].count)
    let title =
      "time of a step by layer and pass, mean of the faster half of the timed steps"
      + (ranks > 1 ? ", of rank 0 alone; sums and batch norm include its waiting for the others" : "")
    return ([title, lines[0], rule] + lines[1..<lines.count - 1] + [rule, lines[lines.count - 1]])
      .joined(separator: "\n")
  }
}
