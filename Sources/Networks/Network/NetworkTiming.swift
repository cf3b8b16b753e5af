import Layers
import Tensors

/// A layer as it stands in the results of a measurement.
package struct ComputingLayer {
  /// PyTorch's name of the module: `generator.main.3`.
  package let name: String
  /// The kind in the architecture's list, without the activation that the layer applies as well.
  package let kind: String
  /// One sample coming out.
  package let output: PictureShape
  /// Multiplications plus additions of one pass for one sample, as direct convolution; 0 for a layer
  /// without a product.
  package let operations: Double
  /// The passes that are timed for this layer, and how it computes each; a plan is nil where there is only
  /// one way.
  package let passes: [(pass: LayerPass, plan: String?)]
}

extension Network {
  /// The layers that compute, in their order: the places of `TimedPart.layer`. After `prepare`.
  package var computingLayers: [ComputingLayer] {
    placed.map { place in
      let hasProduct = place.layer.operationsPerForward > 0
      let passes = LayerPass.allCases.filter { pass in
        switch pass {
        case .forward: true
        case .backward: !hasProduct || place.layer.planName(of: pass) != nil
        case .dataGradient, .weightGradient: hasProduct
        }
      }
      return ComputingLayer(
        name: "\(role.rawValue).main.\(place.index)", kind: place.kind, output: place.layer.output,
        operations: place.layer.operationsPerForward,
        passes: passes.map { ($0, place.layer.planName(of: $0)) })
    }
  }
}
