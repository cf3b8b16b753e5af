import Networks
import Tensors

/// A network's layers as expressions of Python, modules of `torch.nn` or of the classes in `PythonClass`.
struct PythonLayers {
  /// The classes that the expressions use.
  private(set) var classes: Set<PythonClass> = []

  /// The expression of an `nn.Sequential` of a plan's steps, whose names are the layers' places in the architecture.
  /// - Parameter indent: the spaces before the line that the expression begins on.
  mutating func sequential(_ plan: ExportPlan, indent: String) -> String {
    // Changes of order have names of their own, so that the layers keep theirs.
    let isNumbered = plan.steps.enumerated().allSatisfy { $0.offset == $0.element.index }
    let lines = plan.steps.enumerated().map { place, step in
      let layer = expression(step.operation)
      guard !isNumbered else { return "\(indent)    \(layer),  # \(place)" }
      return "\(indent)    (\"\(step.index.map(String.init) ?? "order\(place)")\", \(layer)),"
    }.joined(separator: "\n")
    return isNumbered
      ? "nn.Sequential(\n\(lines)\n\(indent))" : "nn.Sequential(OrderedDict([\n\(lines)\n\(indent)]))"
  }

  private mutating func expression(_ operation: ExportPlan.Operation) -> String {
    switch operation {
    case .layer(let layer): return expression(layer)
    case .reshape(let shape, let from, let to):
      classes.insert(.reshape)
      func tuple(_ picture: PictureShape) -> String {
        "(\(picture.channels), \(picture.height), \(picture.width))"
      }
      return from == to
        ? "Reshape(\(tuple(shape)))" : "Reshape(\(tuple(shape)), order=(\(tuple(from)), \(tuple(to))))"
    }
  }

  private mutating func expression(_ layer: LayerSummary) -> String {
    switch layer.layer {
    case .convolution(let c):
      let edges = ConvolutionEdges(convolution: c, layer)
      var options: [String] = []
      if edges.areEven {
        options = Self.padding(edges)
      } else {
        classes.insert(.paddedConvolution)
        options = ["edges=(\(edges.left), \(edges.right), \(edges.top), \(edges.bottom))"]
      }
      return product(
        edges.areEven ? "nn.Conv2d" : "PaddedConv2d", layer, c, options + (c.bias ? [] : ["bias=False"]))
    case .transposedConvolution(let c):
      let edges = ConvolutionEdges(transposed: c, layer)
      var options = Self.padding(edges)
      if edges.added > 0 { options.append("output_padding=\(edges.added)") }
      let isPlain = edges.areEven || edges.added > 0
      if !isPlain { classes.insert(.croppedConvolution) }
      return product(
        isPlain ? "nn.ConvTranspose2d" : "CroppedConvTranspose2d", layer, c,
        options + (c.bias ? [] : ["bias=False"]))
    case .dense(let dense):
      classes.insert(.dense)
      let bias = dense.bias ? "" : ", bias=False"
      return normed("Dense(\(layer.input.count), \(dense.outFeatures)\(bias))", dense.spectralNorm)
    case .batchNorm(let norm):
      var options = ["\(layer.input.channels)"]
      if norm.epsilon != 1e-5 { options.append("eps=\(norm.epsilon)") }
      if norm.momentum != 0.1 { options.append("momentum=\(norm.momentum)") }
      if !norm.scale { classes.insert(.shiftNorm) }
      return "\(norm.scale ? "nn.BatchNorm2d" : "ShiftNorm2d")(\(options.joined(separator: ", ")))"
    case .relu: return "nn.ReLU()"
    case .leakyReLU(let slope): return "nn.LeakyReLU(\(slope))"
    case .tanh: return "nn.Tanh()"
    case .sigmoid: return "nn.Sigmoid()"
    case .dropout(let rate, _): return "nn.Dropout(\(rate))"
    case .averagePool(let kernel, let stride): return "nn.AvgPool2d(\(kernel), \(stride))"
    case .pixelShuffle(let factor): return "nn.PixelShuffle(\(factor))"
    case .upsampleNearest(let factor): return "nn.Upsample(scale_factor=\(factor), mode=\"nearest\")"
    case .reshape: preconditionFailure("a plan has reshapes of its own")
    }
  }

  private mutating func product(
    _ name: String, _ layer: LayerSummary, _ c: ConvolutionSpecification, _ options: [String]
  ) -> String {
    let extents = [layer.input.channels, c.outChannels, c.kernel, c.stride].map(String.init)
    return normed("\(name)(\((extents + options).joined(separator: ", ")))", c.spectralNorm)
  }

  private mutating func normed(_ module: String, _ hasSpectralNorm: Bool) -> String {
    guard hasSpectralNorm else { return module }
    classes.insert(.spectralNorm)
    return "spectral_norm(\(module))"
  }

  /// The `padding` of edges of which the upper and left ones count.
  private static func padding(_ edges: ConvolutionEdges) -> [String] {
    if edges.top == 0 && edges.left == 0 { return [] }
    return ["padding=\(edges.top == edges.left ? "\(edges.top)" : "(\(edges.top), \(edges.left))")"]
  }
}

/// What a module needs beside `torch.nn`, in the order in which it stands there.
enum PythonClass: String, CaseIterable {
  case spectralNorm = "from torch.nn.utils import spectral_norm"
  case paddedConvolution = """
    class PaddedConv2d(nn.Conv2d):
        \"""A convolution whose edges (left, right, top, bottom) differ, as TensorFlow's SAME has them.\"""

        def __init__(self, *extents, edges, **options):
            super().__init__(*extents, **options)
            self.edges = edges

        def forward(self, x):
            return super().forward(nn.functional.pad(x, self.edges))

    """
  case croppedConvolution = """
    class CroppedConvTranspose2d(nn.ConvTranspose2d):
        \"""A transposed convolution that loses one pixel more below and to the right than `padding`: TensorFlow's SAME.\"""

        def forward(self, x):
            return super().forward(x)[:, :, :-1, :-1]

    """
  case shiftNorm = """
    class ShiftNorm2d(nn.BatchNorm2d):
        \"""Batch norm with a shift and no scale.\"""

        def __init__(self, channels, **options):
            super().__init__(channels, **options)
            self.register_parameter("weight", None)

    """
  case dense = """
    class Dense(nn.Linear):
        \"""A linear layer over pictures [N, C, H, W], flattened; features [N, F, 1, 1] come out.\"""

        def forward(self, x):
            return super().forward(x.flatten(1))[:, :, None, None]

    """
  case reshape = """
    class Reshape(nn.Module):
        \"""The numbers of each sample in another shape (C, H, W). `order` is for numbers that are to be taken pixel by pixel,
        all channels of a pixel together: the shapes whose order they have before and after.\"""

        def __init__(self, shape, order=None):
            super().__init__()
            self.shape, self.order = shape, order

        def forward(self, x):
            if self.order:
                (c, h, w), (channels, height, width) = self.order
                x = x.reshape(-1, c, h, w).permute(0, 2, 3, 1)
                x = x.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
            return x.reshape(-1, *self.shape)

    """
}
