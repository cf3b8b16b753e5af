import Layers

extension ConvolutionPlanner {
  /// Every layer by forms with tiles of this many pixels each way, where there are such.
  package static func tiles(_ tile: Int) -> ConvolutionPlanner {
    ConvolutionPlanner(forced: ConvolutionPlan(all: .winograd(tile: tile)))
  }
}
