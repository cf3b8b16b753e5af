import Configuration
import Networks
import Recipes

/// `networks.py`: an architecture as a Python module over PyTorch, which needs nothing of this program.
struct PythonModule {
  private let architecture: Architecture
  private let latent: LatentDistribution
  private var layers = PythonLayers()
  /// Whether an `OrderedDict` names the steps of a network.
  private var isOrdered = false

  /// The module of an architecture, whose z is drawn from `latent`.
  init(_ architecture: Architecture, _ latent: LatentDistribution) {
    self.architecture = architecture
    self.latent = latent
  }

  /// The text of the module.
  /// - Throws: `ConfigurationError` where the layers do not fit together.
  mutating func text() throws -> String {
    let trunk = try architecture.summary(of: .discriminator)
    let plan = ExportPlan(trunk, flattens: true)
    let heads = architecture.roles.filter(\.isHead)
    var classes = [
      generator(ExportPlan(try architecture.summary(of: .generator), flattens: false)),
      discriminator(plan, hasHeads: !heads.isEmpty),
    ]
    for head in heads {
      let after = architecture.head(head)?.after ?? 0
      let own = try architecture.summary(of: head)
      classes.append(
        self.head(head, ExportPlan(own, arriving: plan.orders[after - 1], flattens: true)))
    }
    classes.append(networks(heads, plan))
    // Python puts two empty lines between classes and functions.
    let parts = [beginning] + helpers + classes + [Self.load]
    return parts.joined(separator: "\n\n")
  }

  private var beginning: String {
    var lines = [
      "\"\"\"The networks of model.safetensors, which lies beside this file, in PyTorch.", "",
      "    import networks", "    model = networks.load()",
      "    pictures = model.generator(\(arguments(of: .generator, random: true)))", "\"\"\"", "",
    ]
    if isOrdered { lines.append("from collections import OrderedDict") }
    lines += ["from pathlib import Path", ""]
    if architecture.generatorInput > architecture.latent { lines.append("import torch") }
    lines.append("from torch import nn")
    if layers.classes.contains(.spectralNorm) { lines.append(PythonClass.spectralNorm.rawValue) }
    lines += ["", "NAME = \(ConfigurationValue.string(architecture.name).json(width: .max))"]
    if architecture.conditions != nil {
      lines.append("# Label groups and their classes, in the order of the one-hot vectors in `labels`.")
      lines.append("LABELS = \(architecture.labelsAsJSON)")
    }
    if let codes = architecture.codes {
      lines.append(
        "# In `codes`: a one-hot vector for each of CATEGORICAL, then UNIFORM numbers, trained from -1 to 1.")
      lines.append("CATEGORICAL, UNIFORM = \(codes.categorical), \(codes.uniform)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var helpers: [String] {
    PythonClass.allCases.filter { $0 != .spectralNorm && layers.classes.contains($0) }.map(\.rawValue)
  }

  private mutating func sequential(_ plan: ExportPlan) -> String {
    let text = layers.sequential(plan, indent: "        ")
    if text.hasPrefix("nn.Sequential(Ordered") { isOrdered = true }
    return text
  }

  private func arguments(of role: NetworkRole, random: Bool = false) -> String {
    let z =
      latent == .normal
      ? "torch.randn(64, \(architecture.latent))" : "2 * torch.rand(64, \(architecture.latent)) - 1"
    var names = role == .generator ? [random ? z : "z"] : ["pictures"]
    if role == .generator, architecture.codes != nil { names.append("codes") }
    if architecture.conditions != nil, role == .generator || architecture.planes > 0 {
      names.append("labels")
    }
    return names.joined(separator: ", ")
  }

  private mutating func generator(_ plan: ExportPlan) -> String {
    let picture = architecture.picture
    let range = architecture.pixelRange == .unit ? "0 to 1" : "-1 to 1"
    let joined = [
      architecture.codes.map { "codes [N, \($0.size)]" },
      architecture.conditions.map { "labels [N, \($0.size)]" },
    ].compactMap { $0 }
    let inputs = (["z [N, \(architecture.latent)]"] + joined).joined(separator: ", ")
    let names = arguments(of: .generator).split(separator: ", ").map { "\($0).flatten(1)" }
    let input = names.count == 1 ? names[0] : "torch.cat([\(names.joined(separator: ", "))], 1)"
    return """
      class Generator(nn.Module):
          \"""Makes pictures [N, \(picture.channels), \(picture.height), \(picture.width)] from \(range) of \(inputs).\"""

          def __init__(self):
              super().__init__()
              self.main = \(sequential(plan))

          def forward(self, \(arguments(of: .generator))):
              return self.main(\(input)[:, :, None, None])

      """
  }

  private mutating func discriminator(_ plan: ExportPlan, hasHeads: Bool) -> String {
    let names = arguments(of: .discriminator)
    let hasPlanes = architecture.planes > 0
    let what =
      hasPlanes
      ? "of pictures with their labels [N, \(architecture.planes)], which become planes" : "of pictures"
    let end = hasHeads ? "" : "\n"
    var text = """
      class Discriminator(nn.Module):
          \"""The logits [N, 1] \(what).\"""

          def __init__(self):
              super().__init__()
              self.main = \(sequential(plan))

          def forward(self, \(names)):
              return self.main(\(hasPlanes ? "self.joined(pictures, labels)" : "pictures")).flatten(1)\(end)
      """
    if hasHeads {
      text += """


            def features(self, \(names), steps):
                \"""What comes out of the first steps, for the heads.\"""
                return self.main[:steps](\(hasPlanes ? "self.joined(pictures, labels)" : "pictures"))

        """
    }
    if hasPlanes {
      text += """

            @staticmethod
            def joined(pictures, labels):
                planes = labels[:, :, None, None].expand(-1, -1, *pictures.shape[2:])
                return torch.cat([pictures, planes], 1)

        """
    }
    return text
  }

  private mutating func head(_ role: NetworkRole, _ plan: ExportPlan) -> String {
    let what =
      role == .q
      ? "The codes of pictures: logits of the categorical ones, then means"
      : "The logits of the classes of pictures"
    return """
      class \(role.pythonClass)(nn.Module):
          \"""\(what), from features of the discriminator.\"""

          def __init__(self):
              super().__init__()
              self.main = \(sequential(plan))

          def forward(self, features):
              return self.main(features).flatten(1)

      """
  }

  private func networks(_ heads: [NetworkRole], _ plan: ExportPlan) -> String {
    let names = arguments(of: .discriminator)
    var lines = [
      "class Networks(nn.Module):", "    \"\"\"All networks, named as in model.safetensors.\"\"\"", "",
      "    def __init__(self):", "        super().__init__()", "        self.generator = Generator()",
      "        self.discriminator = Discriminator()",
    ]
    lines += heads.map { "        self.\($0.rawValue) = \($0.pythonClass)()" }
    for head in heads {
      let steps = plan.steps(ofFirst: architecture.head(head)?.after ?? 0)
      lines += [
        "", "    def \(head.exportedOutput)(self, \(names)):",
        "        return self.\(head.rawValue)(self.discriminator.features(\(names), steps=\(steps)))",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let load = """
    def load(folder=Path(__file__).parent):
        \"""The networks with the weights of the folder's model.safetensors, in evaluation mode.\"""
        from safetensors.torch import load_file

        model = Networks()
        model.load_state_dict(load_file(Path(folder) / "model.safetensors"), strict=True)
        return model.eval()

    """
}

extension NetworkRole {
  /// The name of its class in Python.
  fileprivate var pythonClass: String {
    switch self {
    case .generator: "Generator"
    case .discriminator: "Discriminator"
    case .q: "Q"
    case .classifier: "Classifier"
    }
  }
}
