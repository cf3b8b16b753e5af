/// Rules for the initial values of weights and biases.
package enum Initializer: Equatable, Sendable {
  /// N(mean, std).
  case normal(mean: Double, std: Double)
  /// N(0, std), drawn again where it is more than two std from 0, as TensorFlow does.
  case truncatedNormal(std: Double)
  /// Glorot and Bengio 2010: U(-a, a), a = sqrt(6 / (fan in + fan out)).
  case glorotUniform
  /// PyTorch's rule for biases: U(-a, a), a = 1 / sqrt(fan in).
  case torchBias
  /// The same value everywhere.
  case constant(Double)
}

/// How a convolution's borders are filled, or a transposed convolution's cropped.
package enum Padding: Equatable, Sendable {
  /// This many pixels on each side, PyTorch's `padding`.
  case explicit(Int)
  /// TensorFlow's SAME: output = ceil(input / stride) and, transposed, input x stride. An odd pixel of
  /// padding goes below or to the right.
  case same
}

/// A convolution or a transposed convolution, square kernels.
package struct ConvolutionSpecification: Equatable, Sendable {
  /// OC.
  package var outChannels: Int
  /// KH = KW.
  package var kernel: Int
  /// Pixels from one window to the next, in both directions.
  package var stride: Int
  /// What happens at the borders.
  package var padding: Padding
  /// Whether a bias is added to each output channel.
  package var bias: Bool
  /// How the weights begin.
  package var weightInitializer: Initializer
  /// How the bias begins.
  package var biasInitializer: Initializer
  /// Whether the weight is divided by its largest singular value.
  package var spectralNorm: Bool

  /// Creates a specification from its parts.
  package init(
    outChannels: Int, kernel: Int, stride: Int, padding: Padding, bias: Bool = false,
    weightInitializer: Initializer = .normal(mean: 0, std: 0.02), biasInitializer: Initializer = .constant(0),
    spectralNorm: Bool = false
  ) {
    self.outChannels = outChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.bias = bias
    self.weightInitializer = weightInitializer
    self.biasInitializer = biasInitializer
    self.spectralNorm = spectralNorm
  }
}

extension ConvolutionSpecification {
  /// The padding before the larger of two pictures in one direction, from their sides. TensorFlow's SAME pads
  /// max((small - 1) stride + K - large, 0) in all, the smaller half before.
  package func paddingBefore(large: Int, small: Int) -> Int {
    switch padding {
    case .explicit(let pixels): pixels
    case .same: max((small - 1) * stride + kernel - large, 0) / 2
    }
  }
}

/// A dense layer on flattened features.
package struct DenseSpecification: Equatable, Sendable {
  /// Features out.
  package var outFeatures: Int
  /// Whether a bias is added.
  package var bias: Bool
  /// How the weights begin.
  package var weightInitializer: Initializer
  /// How the bias begins.
  package var biasInitializer: Initializer
  /// Whether the weight is divided by its largest singular value.
  package var spectralNorm: Bool

  /// Creates a specification from its parts.
  package init(
    outFeatures: Int, bias: Bool = true, weightInitializer: Initializer = .normal(mean: 0, std: 0.02),
    biasInitializer: Initializer = .constant(0), spectralNorm: Bool = false
  ) {
    self.outFeatures = outFeatures
    self.bias = bias
    self.weightInitializer = weightInitializer
    self.biasInitializer = biasInitializer
    self.spectralNorm = spectralNorm
  }
}

/// Batch normalisation over N, H, W of each channel (Ioffe and Szegedy 2015).
package struct BatchNormSpecification: Equatable, Sendable {
  /// Added to the variance.
  package var epsilon: Double
  /// The new batch's share in the running averages: PyTorch's momentum, 1 - TensorFlow's decay.
  package var momentum: Double
  /// Whether there is a learned scale (gamma). The shift (beta) always is.
  package var scale: Bool
  /// Whether the running variance stores the unbiased batch variance, n / (n - 1), as PyTorch does.
  package var unbiasedRunningVariance: Bool
  /// Whether the running mean is corrected for having begun at 0, by dividing it by 1 - decay^t, as TF-slim
  /// does.
  package var zeroDebiasedMean: Bool
  /// How the scale begins.
  package var scaleInitializer: Initializer

  /// Creates a specification from its parts; the defaults are PyTorch's.
  package init(
    epsilon: Double = 1e-5, momentum: Double = 0.1, scale: Bool = true, unbiasedRunningVariance: Bool = true,
    zeroDebiasedMean: Bool = false, scaleInitializer: Initializer = .normal(mean: 1, std: 0.02)
  ) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.scale = scale
    self.unbiasedRunningVariance = unbiasedRunningVariance
    self.zeroDebiasedMean = zeroDebiasedMean
    self.scaleInitializer = scaleInitializer
  }
}

/// One layer of an architecture, as it stands in JSON and in a PyTorch `nn.Sequential`.
///
/// Its index in the list is the N of `generator.main.N.weight`: activations and reshapes count.
package enum LayerSpecification: Equatable, Sendable {
  /// Cross-correlation, as every framework means by convolution.
  case convolution(ConvolutionSpecification)
  /// The adjoint of a convolution.
  case transposedConvolution(ConvolutionSpecification)
  /// A matrix product over flattened features.
  case dense(DenseSpecification)
  /// Batch normalisation.
  case batchNorm(BatchNormSpecification)
  /// max(x, 0).
  case relu
  /// x where positive, slope x elsewhere.
  case leakyReLU(slope: Double)
  /// tanh(x).
  case tanh
  /// 1 / (1 + exp(-x)).
  case sigmoid
  /// Zeroes elements with probability `rate` and scales the rest by 1 / (1 - rate): in training, and where
  /// `atTest` in evaluation too.
  case dropout(rate: Double, atTest: Bool = false)
  /// The mean of each window, without padding (PyTorch's AvgPool2d).
  case averagePool(kernel: Int, stride: Int)
  /// A picture `factor` times as high and as wide, of factor^2 times fewer channels (PyTorch's
  /// PixelShuffle).
  case pixelShuffle(factor: Int)
  /// Each pixel `factor` times in both directions (PyTorch's Upsample, mode nearest).
  case upsampleNearest(factor: Int)
  /// The same numbers in NHWC order as a picture of this height, width and channels.
  case reshape(height: Int, width: Int, channels: Int)
}
