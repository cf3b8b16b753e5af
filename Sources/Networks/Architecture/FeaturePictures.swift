import Tensors

// A vector of features that is reshaped to a picture, or was flattened from one, lies in memory in the
// picture's order, H, W, C. In PyTorch the order is C, H, W. Code that exchanges weights with PyTorch asks
// here for the shape of that picture.
extension NetworkSummary {
  /// The picture that the features going out of layer `index` are reshaped to, with nothing but element-wise
  /// layers and batch norm between; nil if there is none.
  package func pictureOfOutput(at index: Int) -> PictureShape? {
    guard layers[index].output.pixels == 1 else { return nil }
    for later in layers[(index + 1)...] {
      switch later.layer {
      case .reshape:
        if later.output.pixels > 1 { return later.output }
      case .batchNorm, .relu, .leakyReLU, .tanh, .sigmoid, .dropout: continue
      case .convolution, .transposedConvolution, .dense, .averagePool, .pixelShuffle, .upsampleNearest:
        return nil
      }
    }
    return nil
  }

  /// The picture that the features going into layer `index` form, or were flattened from; nil if there is
  /// none.
  package func pictureOfInput(at index: Int) -> PictureShape? {
    let taken = layers[index].input
    if taken.pixels > 1 { return taken }
    for earlier in layers[..<index].reversed() {
      switch earlier.layer {
      case .reshape:
        if earlier.input.pixels > 1 { return earlier.input }
      case .batchNorm, .relu, .leakyReLU, .tanh, .sigmoid, .dropout: continue
      case .convolution, .transposedConvolution, .dense, .averagePool, .pixelShuffle, .upsampleNearest:
        return nil
      }
    }
    return nil
  }
}
