import Layers
import TestNetworks
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

  /// What outputs, logits and losses may be off by, absolute. Tiles of 4 round more, through two networks, which is
  /// why the planner takes none in a forward pass.
  var outputTolerance: Double { self == .tilesOf4 ? 2e-5 : 1e-5 }

  var testDescription: String {
    switch self {
    case .direct: "direct"
    case .auto: "auto"
    case .tilesOf2: "tiles of 2"
    case .tilesOf4: "tiles of 4"
    }
  }
}
