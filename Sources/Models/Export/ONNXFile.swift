import Cluster
import Configuration
import Networks
import Recipes
import Tensors

/// `generator.onnx` and `discriminator.onnx`: a network in evaluation mode, for any number of samples.
struct ONNXFile {
  private let architecture: Architecture
  private let latent: LatentDistribution
  private let networks: [Network]
  private let opset: Int

  /// The files of the networks of an architecture, G, D and D's heads, whose z is drawn from `latent`.
  init(_ architecture: Architecture, _ latent: LatentDistribution, _ networks: [Network], opset: Int) {
    self.architecture = architecture
    self.latent = latent
    self.networks = networks
    self.opset = opset
  }

  /// G: z [N, Z, 1, 1], codes [N, C] and labels [N, K] in, pictures [N, C, H, W] out.
  func generator() -> [UInt8] {
    var graph = ONNXGraph(name: "generator")
    var x = graph.input("z", [.batch, .fixed(architecture.latent), .fixed(1), .fixed(1)])
    let joined = [("codes", architecture.codes?.size), ("labels", architecture.conditions?.size)].compactMap {
      (name: String, count: Int?) in
      count.map { column(graph.input(name, [.batch, .fixed($0)]), $0, &graph) }
    }
    if !joined.isEmpty { x = graph.node("Concat", [x] + joined, named: "input", ["axis": .integer(1)]) }
    for network in networks where network.role == .generator {
      let plan = ExportPlan(network.summary, flattens: false)
      x = add(plan, of: network, after: x, to: &graph)[network.summary.layers.count]
    }
    graph.node("Identity", [x], named: "pictures")
    graph.output("pictures", [.batch] + extents(architecture.picture))
    return file(graph, labels: architecture.conditions != nil)
  }

  /// D: pictures [N, C, H, W] and, where D is told them, labels [N, K] in; logits [N, 1] out, and of heads classes [N, K]
  /// and codes [N, C].
  func discriminator() -> [UInt8] {
    var graph = ONNXGraph(name: "discriminator")
    var x = graph.input("pictures", [.batch] + extents(architecture.picture))
    if architecture.planes > 0 {
      let labels = column(
        graph.input("labels", [.batch, .fixed(architecture.planes)]), architecture.planes, &graph)
      let size = graph.constant([1, 1, architecture.size, architecture.size], named: "planes.shape")
      let planes = graph.node("Expand", [labels, size], named: "planes")
      x = graph.node("Concat", [x, planes], named: "input", ["axis": .integer(1)])
    }
    guard let trunk = networks.first(where: { $0.role == .discriminator }) else {
      preconditionFailure("there is a discriminator")
    }
    let plan = ExportPlan(trunk.summary, flattens: true)
    let values = add(plan, of: trunk, after: x, to: &graph)
    output(values[trunk.summary.layers.count], as: "logits", count: 1, of: &graph)
    for head in networks where head.role.isHead {
      guard let after = architecture.head(head.role)?.after else { continue }
      let plan = ExportPlan(head.summary, arriving: plan.orders[after - 1], flattens: true)
      let made = add(plan, of: head, after: values[after], to: &graph)
      output(
        made[head.summary.layers.count], as: head.role.exportedOutput, count: head.output.count, of: &graph)
    }
    return file(graph, labels: architecture.conditions != nil)
  }

  /// Adds the steps of a plan.
  /// - Returns: the names of the values after 0, 1, 2 ... layers of the network's list, the last with what comes after
  ///   the last layer.
  private func add(
    _ plan: ExportPlan, of network: Network, after input: String, to graph: inout ONNXGraph
  ) -> [String] {
    let layers = ONNXLayers(network.role, ExportedWeights(network))
    var values = [input]
    var x = input
    for (place, step) in plan.steps.enumerated() {
      x = layers.add(step, at: place, x, to: &graph)
      if step.index != nil { values.append(x) }
    }
    values[values.count - 1] = x
    return values
  }

  private func output(_ value: String, as name: String, count: Int, of graph: inout ONNXGraph) {
    graph.node("Flatten", [value], named: name, ["axis": .integer(1)])
    graph.output(name, [.batch, .fixed(count)])
  }

  /// An input [N, count] as [N, count, 1, 1].
  private func column(_ name: String, _ count: Int, _ graph: inout ONNXGraph) -> String {
    let shape = graph.constant([-1, count, 1, 1], named: "\(name).shape")
    return graph.node("Reshape", [name, shape], named: "\(name).column")
  }

  private func extents(_ picture: PictureShape) -> [ONNXGraph.Extent] {
    [picture.channels, picture.height, picture.width].map { .fixed($0) }
  }

  private func file(_ graph: ONNXGraph, labels: Bool) -> [UInt8] {
    var metadata = [
      (key: "networks", value: architecture.name),
      (key: "latent", value: latent.rawValue),
      (key: "pixel_range", value: architecture.pixelRange == .unit ? "[0, 1]" : "[-1, 1]"),
    ]
    if labels { metadata.append((key: "labels", value: architecture.labelsAsJSON)) }
    return graph.file(
      opset: opset, producer: ("dcgan-dist", ProgramRecord.programVersion), metadata: metadata)
  }
}

extension NetworkRole {
  /// The name of what a head gives, in exported files.
  var exportedOutput: String { self == .q ? "codes" : "classes" }
}

extension Architecture {
  /// The label groups with their classes as a JSON object, in the order of the one-hot vectors; `{}` without labels.
  var labelsAsJSON: String {
    ConfigurationValue.object(
      (conditions?.groups ?? []).map { group in .init(group.name, .array(group.classes.map { .string($0) })) }
    ).json(width: .max)
  }
}
