import Wording

/// A network as a text table: one line per layer, then the number of trained parameters, and the total with
/// running averages.
package struct LayerTable: CustomStringConvertible, Sendable {
  private let summary: NetworkSummary
  private static let header = ["N", "layer", "kernel", "stride", "padding", "output", "parameters"]

  /// The table of a network.
  package init(_ summary: NetworkSummary) { self.summary = summary }

  /// The table of one of an architecture's networks.
  /// - Throws: `ConfigurationError` where two layers do not fit together.
  package init(_ architecture: Architecture, _ role: NetworkRole) throws {
    self.init(try architecture.summary(of: role))
  }

  /// The lines, joined; no newline at the end.
  package var description: String {
    let rows = [Self.header] + summary.layers.map(Self.cells)
    let totals = [
      ("trained parameters", grouped(summary.trainedParameters)),
      ("with running averages", grouped(summary.parametersWithRunningAverages)),
    ]
    var widths = Self.header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let last = widths.count - 1
    widths[last] = max(widths[last], totals.map(\.1.count).max() ?? 0)
    let lines = rows.map { row in
      // Words stand to the left, counts to the right.
      row.indices.map { column in
        column == 0 || column == last
          ? padded(row[column], to: widths[column], right: true) : padded(row[column], to: widths[column])
      }.joined(separator: "  ")
    }
    let width = lines.first?.count ?? 0
    let rule = String(repeating: "-", count: width)
    let sums = totals.map { name, count in
      padded(name, to: width - count.count) + count
    }
    let title = "\(summary.role.rawValue)  \(summary.input) -> \(summary.output)"
    return ([title] + [lines[0], rule] + lines.dropFirst() + [rule] + sums).joined(separator: "\n")
  }

  private static func cells(_ row: LayerSummary) -> [String] {
    var kernel = ""
    var stride = ""
    var padding = ""
    var name = row.layer.kind
    switch row.layer {
    case .convolution(let c), .transposedConvolution(let c):
      kernel = "\(c.kernel) x \(c.kernel)"
      stride = "\(c.stride)"
      switch c.padding {
      case .explicit(let pixels): padding = "\(pixels)"
      case .same: padding = "same"
      }
      if c.bias { name += " + bias" }
      if c.spectralNorm { name += " / sigma" }
    case .dense(let dense):
      if dense.bias { name += " + bias" }
      if dense.spectralNorm { name += " / sigma" }
    case .leakyReLU(let slope): name += " \(slope)"
    case .dropout(let rate, let atTest): name += " \(rate)" + (atTest ? ", at test too" : "")
    case .averagePool(let window, let step):
      kernel = "\(window) x \(window)"
      stride = "\(step)"
    case .pixelShuffle(let factor), .upsampleNearest(let factor): name += " \(factor)"
    case .batchNorm, .relu, .tanh, .sigmoid, .reshape: break
    }
    return [
      "\(row.index)", name, kernel, stride, padding, row.output.description,
      row.trainedParameters == 0 ? "" : grouped(row.trainedParameters),
    ]
  }
}

private func padded(_ text: String, to width: Int, right: Bool = false) -> String {
  let fill = String(repeating: " ", count: max(0, width - text.count))
  return right ? fill + text : text + fill
}
