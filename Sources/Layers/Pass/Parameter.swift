import Tensors

/// How a parameter lies in memory, and so how it is turned into PyTorch's layout.
package enum ParameterLayout: Equatable, Sendable {
  /// One number a channel.
  case vector
  /// [KH, KW, CL, CS]: CL channels of the larger picture, CS of the smaller one. PyTorch has [CS, CL, KH,
  /// KW].
  case convolution(kernelHeight: Int, kernelWidth: Int, large: Int, small: Int)
  /// [IN, OUT]. PyTorch has [OUT, IN].
  case dense(inputs: Int, outputs: Int)
}

/// A trained tensor: a piece of its network's flat parameters.
package final class Parameter: @unchecked Sendable {
  /// PyTorch's name within the module: weight or bias.
  package let name: String
  /// How it lies in memory.
  package let layout: ParameterLayout
  /// How many numbers.
  package let count: Int
  /// Connections into one unit, for initialisers.
  package let fanIn: Int
  /// Connections out of one unit, for initialisers.
  package let fanOut: Int
  /// Place of the first number in the network's flat parameters. Set by `bind`.
  package private(set) var offset = 0
  /// Changes whenever the values change, so that what is derived from them can be computed again.
  package private(set) var version = 0
  private var bound: UnsafeMutablePointer<Float>?

  /// A parameter that is not yet part of a network.
  package init(name: String, layout: ParameterLayout, count: Int, fanIn: Int = 1, fanOut: Int = 1) {
    self.name = name
    self.layout = layout
    self.count = count
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// Makes the parameter a piece of the network's flat memory.
  package func bind(to flat: UnsafeMutablePointer<Float>, offset: Int) {
    self.offset = offset
    bound = flat + offset
  }

  /// Takes the place of `other`, whose gradient it shares, with `values` of its own.
  func bind(standingFor other: Parameter, _ values: UnsafeMutablePointer<Float>) {
    offset = other.offset
    bound = values
  }

  /// Says that the values were changed.
  package func markChanged() { version += 1 }

  /// The values, `count` of them. Only after `bind`.
  package var values: UnsafeMutablePointer<Float> {
    guard let bound else { preconditionFailure("parameter \(name) is used before it is part of a network") }
    return bound
  }
}

/// Numbers that a layer keeps from step to step without training them.
package final class StateBuffer: @unchecked Sendable {
  /// PyTorch's name within the module: running_mean, running_var, weight_u, weight_v.
  package let name: String
  /// The shape of the picture that the numbers form, where they lie pixel by pixel and PyTorch's lie
  /// channel by channel; nil: both have the same order.
  package let picture: PictureShape?
  /// The numbers.
  package let values: FloatBuffer

  /// A buffer of `count` numbers that all begin as `value`.
  package init(name: String, count: Int, value: Float, picture: PictureShape? = nil) {
    self.name = name
    self.picture = picture
    values = FloatBuffer(count: count)
    values.data.update(repeating: value, count: count)
  }
}
