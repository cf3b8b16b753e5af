import Layers
import Testing

/// The plans that twins are tried with.
enum Plans: CaseIterable, CustomTestStringConvertible {
  case direct, auto, tilesOf2, tilesOf4

  static let all = Self.allCases

  var planner: ConvolutionPlanner {
    switch self {
    case .direct: .init(.direct)
    case .auto: .init(.auto)
    case .tilesOf2: .tiles(2)
    case .tilesOf4: .tiles(4)
    }
  }

  var testDescription: String {
    switch self {
    case .direct: "direct"
    case .auto: "auto"
    case .tilesOf2: "tiles of 2"
    case .tilesOf4: "tiles of 4"
    }
  }
}

extension ConvolutionPlanner {
  /// Every layer by forms with tiles of this many pixels each way, where there are such.
  static func tiles(_ tile: Int) -> ConvolutionPlanner {
    ConvolutionPlanner(forced: ConvolutionPlan(all: .winograd(tile: tile)))
  }
}
