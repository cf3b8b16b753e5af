import Layers
import Tensors

/// What a convolution gives, with the normalization and the activation after it.
package struct FeatureMaps: Equatable, Sendable {
  /// PyTorch's name of the convolution: `discriminator.main.3`.
  package let name: String
  /// One sample's maps, one for each channel.
  package let shape: PictureShape
  /// The place among the layers that compute of the one that gives the maps.
  let place: Int
}

extension Network {
  /// The maps of all convolutions, plain and transposed, in the order of the layers; but not those that are the network's
  /// output: logits, or pictures.
  package var featureMaps: [FeatureMaps] {
    placed.indices.compactMap { index in
      guard placed[index].layer.isConvolution else { return nil }
      var last = index
      while last + 1 < placed.count, placed[last + 1].layer.belongsToConvolution { last += 1 }
      guard last < placed.count - 1 else { return nil }
      return FeatureMaps(
        name: "\(role.rawValue).main.\(placed[index].index)", shape: placed[last].layer.output, place: last)
    }
  }

  /// The maps that the last forward pass made, sample by sample, HWC.
  package func values(of maps: FeatureMaps) -> UnsafeMutablePointer<Float> { outputs[maps.place].data }

  /// Runs the layers after `maps` once more, on the values that lie there now. After a forward pass of as many samples.
  /// - Returns: as `forward`.
  /// - Throws: as `forward`.
  @discardableResult
  package func forward(after maps: FeatureMaps, _ pass: Pass) throws -> UnsafeMutablePointer<Float> {
    try run(maps.place + 1..<placed.count, from: UnsafePointer(outputs[maps.place].data), pass)
  }
}

extension Layer {
  fileprivate var isConvolution: Bool { self is Convolution || self is TransposedConvolution }

  /// Whether the maps of the convolution before this layer are still maps of it afterwards.
  fileprivate var belongsToConvolution: Bool { self is BatchNorm || self is ActivationLayer }
}
