import Networks
import Recipes

/// What a model is exported to.
package enum ExportFormat: String, CaseIterable, Sendable {
  /// `generator.onnx` and `discriminator.onnx`.
  case onnx
  /// `model.safetensors` and `networks.py`.
  case pytorch

  /// The names of the files.
  var files: [String] {
    switch self {
    case .onnx: ["generator.onnx", "discriminator.onnx"]
    case .pytorch: ["model.safetensors", "networks.py"]
    }
  }
}

/// An export that was asked for.
package struct ExportRequest: Equatable, Sendable {
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var model: String
  /// What to export to.
  package var format: ExportFormat
  /// The folder for the files.
  package var out: String
  /// The version of ONNX's operators; nil: `defaultOpset`.
  package var opset: Int?
  /// Whether to take the average of G's weights over its training; nil: take it where the file has one.
  package var average: Bool?
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// How z is drawn, for networks with no run around them; nil: as the preset of their name has it, or else normal.
  package var latent: LatentDistribution?

  /// The version of ONNX's operators that files have unless another one is asked for.
  package static let defaultOpset = 17
  /// The versions in which all operators that are written mean the same.
  package static let opsets = 13...21

  /// Creates a request from its parts.
  package init(
    model: String, format: ExportFormat, out: String, opset: Int? = nil, average: Bool? = nil,
    architecture: Architecture? = nil, latent: LatentDistribution? = nil
  ) {
    self.model = model
    self.format = format
    self.out = out
    self.opset = opset
    self.average = average
    self.architecture = architecture
    self.latent = latent
  }
}
