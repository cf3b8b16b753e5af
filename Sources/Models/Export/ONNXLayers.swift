import Networks
import Tensors

/// A network's layers as nodes of a graph. Pictures are [N, C, H, W] and vectors [N, F, 1, 1], as in PyTorch.
struct ONNXLayers {
  /// The beginning of the names of nodes and constants: `generator.main`.
  let prefix: String
  let weights: ExportedWeights

  /// The layers of the network with this role and these weights.
  init(_ role: NetworkRole, _ weights: ExportedWeights) {
    prefix = "\(role.rawValue).main"
    self.weights = weights
  }

  /// Adds the nodes of a step.
  /// - Parameters:
  ///   - step: the step; a change of order is named after `place`, its place among the steps.
  ///   - x: the name of its input.
  /// - Returns: the name of its output.
  func add(_ step: ExportPlan.Step, at place: Int, _ x: String, to graph: inout ONNXGraph) -> String {
    let name = "\(prefix).\(step.index.map(String.init) ?? "order\(place)")"
    switch step.operation {
    case .layer(let layer): return add(layer, name, x, to: &graph)
    case .reshape(let shape, let from, let to):
      guard from != to else {
        return reshape(x, to: [shape.channels, shape.height, shape.width], named: name, in: &graph)
      }
      let came = reshape(
        x, to: [from.channels, from.height, from.width], named: "\(name).in", in: &graph)
      let rows = graph.node(
        "Transpose", [came], named: "\(name).rows", ["perm": .integers([0, 2, 3, 1])])
      let other = reshape(
        rows, to: [to.height, to.width, to.channels], named: "\(name).out", in: &graph)
      let planes = graph.node(
        "Transpose", [other], named: "\(name).planes", ["perm": .integers([0, 3, 1, 2])])
      return reshape(planes, to: [shape.channels, shape.height, shape.width], named: name, in: &graph)
    }
  }

  /// Adds a reshape of each sample.
  func reshape(_ x: String, to shape: [Int], named name: String, in graph: inout ONNXGraph) -> String {
    graph.node("Reshape", [x, graph.constant([-1] + shape, named: "\(name).shape")], named: name)
  }

  private func add(_ layer: LayerSummary, _ name: String, _ x: String, to graph: inout ONNXGraph) -> String {
    func constant(_ tensor: ExportedTensor?, _ word: String) -> [String] {
      tensor.map { [graph.constant($0, named: "\(name).\(word)")] } ?? []
    }
    func bias() -> [String] { constant(weights.tensor(layer.index, "bias"), "bias") }
    switch layer.layer {
    case .convolution(let c):
      let edges = ConvolutionEdges(convolution: c, layer)
      let numbers = constant(weights.weight(layer.index), "weight") + bias()
      return graph.node("Conv", [x] + numbers, named: name, Self.window(c.kernel, c.stride, edges))
    case .transposedConvolution(let c):
      let edges = ConvolutionEdges(transposed: c, layer)
      let numbers = constant(weights.weight(layer.index, transposed: true), "weight") + bias()
      return graph.node(
        "ConvTranspose", [x] + numbers, named: name,
        [
          "kernel_shape": .integers([c.kernel, c.kernel]), "strides": .integers([c.stride, c.stride]),
          "pads": .integers(edges.pads), "output_padding": .integers([edges.added, edges.added]),
        ])
    case .dense(let dense):
      let flat = graph.node("Flatten", [x], named: "\(name).flat", ["axis": .integer(1)])
      let numbers = constant(weights.weight(layer.index), "weight") + bias()
      let product = graph.node(
        "Gemm", [flat] + numbers, named: "\(name).product", ["transB": .integer(1)])
      return reshape(product, to: [dense.outFeatures, 1, 1], named: name, in: &graph)
    case .batchNorm(let norm):
      let channels = layer.input.channels
      let ones = ExportedTensor(shape: [channels], values: [Float](repeating: 1, count: channels))
      let numbers =
        constant(weights.tensor(layer.index, "weight") ?? ones, "weight") + bias()
        + constant(weights.tensor(layer.index, "running_mean"), "running_mean")
        + constant(weights.tensor(layer.index, "running_var"), "running_var")
      return graph.node(
        "BatchNormalization", [x] + numbers, named: name, ["epsilon": .float(Float(norm.epsilon))])
    case .relu: return graph.node("Relu", [x], named: name)
    case .leakyReLU(let slope):
      return graph.node("LeakyRelu", [x], named: name, ["alpha": .float(Float(slope))])
    case .tanh: return graph.node("Tanh", [x], named: name)
    case .sigmoid: return graph.node("Sigmoid", [x], named: name)
    // Evaluation mode; the node keeps its place.
    case .dropout: return graph.node("Identity", [x], named: name)
    case .averagePool(let kernel, let stride):
      return graph.node(
        "AveragePool", [x], named: name,
        ["kernel_shape": .integers([kernel, kernel]), "strides": .integers([stride, stride])])
    case .pixelShuffle(let factor):
      return graph.node(
        "DepthToSpace", [x], named: name, ["blocksize": .integer(factor), "mode": .text("CRD")])
    case .upsampleNearest(let factor):
      let scales = ExportedTensor(shape: [4], values: [1, 1, Float(factor), Float(factor)])
      return graph.node(
        "Resize", [x, "", graph.constant(scales, named: "\(name).scales")], named: name,
        [
          "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
          "nearest_mode": .text("floor"),
        ])
    case .reshape: preconditionFailure("a plan has reshapes of its own")
    }
  }

  private static func window(
    _ kernel: Int, _ stride: Int, _ edges: ConvolutionEdges
  ) -> KeyValuePairs<String, ONNXGraph.Attribute> {
    [
      "kernel_shape": .integers([kernel, kernel]), "strides": .integers([stride, stride]),
      "pads": .integers(edges.pads),
    ]
  }
}

extension ConvolutionEdges {
  /// As ONNX lists them.
  var pads: [Int] { [top, left, bottom, right] }
}
