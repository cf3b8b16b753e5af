import CKernels
import Layers
import Tensors

/// A named piece of a network's state.
public struct NamedState {
  /// PyTorch's name: `generator.main.0.weight`.
  public let name: String
  /// The numbers.
  public let data: UnsafeMutablePointer<Float>
  /// How many.
  public let count: Int
  /// How they lie in memory.
  public let layout: ParameterLayout
  /// Shape of the features that a dense layer reads, as a picture; others: nil.
  public let inputPicture: PictureShape?
  /// Place in the flat parameters; nil for running averages.
  public let offset: Int?
}

extension Network {
  /// "generator.main" or "discriminator.main".
  private var prefix: String { "\(role.rawValue).main" }

  /// The trained tensors, named as PyTorch would, in the order of the layers.
  public var parameterState: [NamedState] {
    placed.flatMap { place in
      place.layer.parameters.map {
        NamedState(
          name: "\(prefix).\(place.index).\($0.name)", data: $0.values, count: $0.count, layout: $0.layout,
          inputPicture: place.layer is Dense ? place.layer.input : nil, offset: $0.offset)
      }
    }
  }

  /// The running averages, named as PyTorch would.
  public var bufferState: [NamedState] {
    placed.flatMap { place in
      place.layer.buffers.map {
        NamedState(
          name: "\(prefix).\(place.index).\($0.name)", data: $0.values.data, count: $0.values.count,
          layout: .vector,
          inputPicture: nil, offset: nil)
      }
    }
  }

  /// The batch norms' counters, as PyTorch names them.
  public var batchCounters: [(name: String, layer: BatchNorm)] {
    placed.compactMap { place in
      (place.layer as? BatchNorm).map { ("\(prefix).\(place.index).num_batches_tracked", $0) }
    }
  }

  /// The first layer, in forward order, whose parameters or whose output of the last forward pass hold a
  /// number that is not finite, as a phrase; nil if there is none.
  public func firstNonFinite(samples: Int) -> String? {
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
  /// Multiplications and additions of one forward pass for one sample, counted as direct convolution.
  public var operationsPerForward: Double {
    placed.reduce(0) { $0 + $1.layer.operationsPerForward }
  }
}
