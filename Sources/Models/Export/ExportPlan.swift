import Networks
import Tensors

/// A network as other tools compute it: its layers, and where numbers are put into another order between them.
///
/// Note [Order of features]
/// ~~~~~~~~~~~~~~~~~~~~~~~~
/// Here a picture is H, W, C, and a vector that it is flattened to has that order. In PyTorch and ONNX a picture is C, H,
/// W. Weights in PyTorch's layout expect a flattened picture in that order (`NetworkSummary.pictureOfInput`), other layers
/// expect the order that vectors have here. So a vector has an *order*: the picture whose C, H, W order its numbers are in.
/// A vector in our own order has the order 1 x 1 x F. Where a layer expects another order than its input has, a reshape
/// comes between; in most networks there is none.
struct ExportPlan {
  /// A step of the computation.
  struct Step {
    /// The layer's place in the architecture's list; nil: a change of order between two layers.
    let index: Int?
    let operation: Operation
  }

  /// What a step computes, sample by sample.
  enum Operation {
    /// A layer that is no reshape.
    case layer(LayerSummary)
    /// The same numbers as a picture of another shape. `from` is the order that they come in, `to` the order that they
    /// leave in.
    case reshape(PictureShape, from: PictureShape, to: PictureShape)
  }

  /// The steps, in order.
  private(set) var steps: [Step] = []
  /// The order of the numbers after each layer of the list.
  private(set) var orders: [PictureShape] = []

  /// The plan of a network.
  /// - Parameters:
  ///   - arriving: the order of the numbers that come in; nil: that of the input.
  ///   - flattens: whether what comes out is a vector in our order, rather than a picture.
  init(_ network: NetworkSummary, arriving: PictureShape? = nil, flattens: Bool) {
    var order = arriving ?? network.input
    for layer in network.layers {
      if case .reshape = layer.layer {
        // A vector stays in the order of its picture until a layer expects another.
        let next = layer.output.pixels > 1 ? layer.output : order
        steps.append(Step(index: layer.index, operation: .reshape(layer.output, from: order, to: next)))
        order = next
      } else {
        if let expected = network.orderExpected(by: layer), expected != order {
          steps.append(Step(index: nil, operation: .reshape(layer.input, from: order, to: expected)))
          order = expected
        }
        steps.append(Step(index: layer.index, operation: .layer(layer)))
        if let made = network.orderMade(by: layer) { order = made }
      }
      orders.append(order)
    }
    let last = flattens ? PictureShape.vector(network.output.count) : network.output
    if order != last { steps.append(Step(index: nil, operation: .reshape(last, from: order, to: last))) }
  }

  /// How many steps the first `layers` layers of the list take.
  func steps(ofFirst layers: Int) -> Int {
    steps.firstIndex { ($0.index ?? -1) >= layers }.map { place in
      // A change of order belongs to the layer after it.
      place > 0 && steps[place - 1].index == nil ? place - 1 : place
    } ?? steps.count
  }
}

extension NetworkSummary {
  /// The order in which a layer's weights expect its input; nil: it computes each number by itself.
  fileprivate func orderExpected(by layer: LayerSummary) -> PictureShape? {
    switch layer.layer {
    case .relu, .leakyReLU, .tanh, .sigmoid, .dropout: return nil
    case .dense: return pictureOfInput(at: layer.index) ?? layer.input
    case .batchNorm:
      guard layer.input.pixels == 1 else { return layer.input }
      return pictureOfOutput(at: layer.index) ?? pictureOfInput(at: layer.index) ?? layer.input
    case .convolution, .transposedConvolution, .averagePool, .pixelShuffle, .upsampleNearest, .reshape:
      return layer.input
    }
  }

  /// The order in which a layer's output comes; nil: that of its input.
  fileprivate func orderMade(by layer: LayerSummary) -> PictureShape? {
    switch layer.layer {
    case .relu, .leakyReLU, .tanh, .sigmoid, .dropout, .batchNorm, .reshape: nil
    case .dense: pictureOfOutput(at: layer.index) ?? layer.output
    case .convolution, .transposedConvolution, .averagePool, .pixelShuffle, .upsampleNearest: layer.output
    }
  }
}
