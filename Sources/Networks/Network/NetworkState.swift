import CKernels
import Layers
import Tensors

/// A named piece of a network's state.
package struct NamedState {
  /// PyTorch's name: `generator.main.0.weight`.
  package let name: String
  /// The numbers.
  package let data: UnsafeMutablePointer<Float>
  /// How many.
  package let count: Int
  /// How they lie in memory.
  package let layout: ParameterLayout
  /// For a dense layer: the picture that its input features form. nil for other layers, or where there is
  /// no picture.
  package let inputPicture: PictureShape?
  /// For a dense layer: the picture that its outputs become. For batch norm of a vector: the picture that
  /// the vector becomes or was flattened from. nil where PyTorch has the same order.
  package let outputPicture: PictureShape?
  /// Place in the flat parameters; nil for what is not trained.
  package let offset: Int?
}

extension Network {
  /// "generator.main", "discriminator.main" ...
  private var prefix: String { "\(name).main" }

  /// The trained tensors, named as PyTorch would, in the order of the layers.
  package var parameterState: [NamedState] {
    placed.flatMap { place in
      let (read, made) = pictures(of: place)
      return place.layer.parameters.map {
        NamedState(
          name: "\(prefix).\(place.index).\($0.name)", data: $0.values, count: $0.count, layout: $0.layout,
          inputPicture: read, outputPicture: made, offset: $0.offset)
      }
    }
  }

  /// The running averages and the vectors of power iterations, named as PyTorch would.
  package var bufferState: [NamedState] {
    placed.flatMap { place in
      let (read, made) = pictures(of: place)
      return place.layer.buffers.map {
        // v has the order of the layer's input, every other buffer that of its output.
        let picture = $0 === place.layer.spectralNorm?.v ? $0.picture ?? read : made
        return NamedState(
          name: "\(prefix).\(place.index).\($0.name)", data: $0.values.data, count: $0.values.count,
          layout: .vector, inputPicture: nil, outputPicture: picture, offset: nil)
      }
    }
  }

  /// The pictures that a layer's input and output features form, where these are vectors.
  private func pictures(of place: PlacedLayer) -> (read: PictureShape?, made: PictureShape?) {
    let read = summary.pictureOfInput(at: place.index)
    let made = summary.pictureOfOutput(at: place.index)
    if place.layer is Dense { return (read, made) }
    if place.layer is BatchNorm, place.layer.input.pixels == 1 { return (nil, made ?? read) }
    return (nil, nil)
  }

  /// The batch norms' counters, as PyTorch names them.
  package var batchCounters: [(name: String, layer: BatchNorm)] {
    placed.compactMap { place in
      (place.layer as? BatchNorm).map { ("\(prefix).\(place.index).num_batches_tracked", $0) }
    }
  }

  /// The first layer, in forward order, whose parameters or whose output of the last forward pass hold a
  /// number that is not finite, as a phrase; nil if there is none.
  package func firstNonFinite(samples: Int) -> String? {
    for (place, output) in zip(placed, outputs) {
      let name = "\(prefix).\(place.index) (\(place.kind))"
      for parameter in place.layer.parameters
      where ck_first_nonfinite(parameter.values, parameter.count) < parameter.count {
        return "the \(parameter.name) of \(name)"
      }
      let count = samples * output.shape.count
      if ck_first_nonfinite(output.data, count) < count { return "the output of \(name)" }
    }
    return nil
  }
}

extension Network {
  /// Multiplications plus additions of one forward pass for one sample, counted as direct convolution.
  package var operationsPerForward: Double {
    placed.reduce(0) { $0 + $1.layer.operationsPerForward }
  }
}
