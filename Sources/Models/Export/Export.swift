import Checkpoints
import Cluster
import Configuration
import Files
import Networks
import Recipes
import Tensors
import Training
import Wording

/// What an export wrote.
package struct ExportSummary: Sendable {
  /// The `model.safetensors` that was exported.
  package let model: String
  /// Whether G is the average of its weights over the training.
  package let isAverage: Bool
  /// What was written, with the folder's path.
  package let files: [(path: String, digest: FileDigest)]
  private let request: ExportRequest
  private let architecture: Architecture
  private let latent: LatentDistribution

  init(
    _ request: ExportRequest, _ source: ModelSource, isAverage: Bool,
    files: [(path: String, digest: FileDigest)]
  ) {
    self.request = request
    architecture = source.architecture
    latent = source.latent
    model = source.model
    self.isAverage = isAverage
    self.files = files
  }

  /// A sentence where G drops numbers at test time too, which other tools do not do in the same way; nil: it does not.
  package var dropoutNotice: String? {
    let drops = architecture.generator.contains {
      if case .dropout(_, atTest: true) = $0 { true } else { false }
    }
    return drops
      ? "note: the generator's dropout at test time is off in what was exported, so its pictures are other than those of "
        + "'generate'" : nil
  }

  /// The summary as one JSON object.
  package var json: String {
    let inputs: [(name: String, count: Int?)] = [
      ("z", architecture.latent), ("codes", architecture.codes?.size),
      ("labels", architecture.conditions?.size),
    ]
    let opset = request.format == .onnx ? request.opset ?? ExportRequest.defaultOpset : nil
    return ConfigurationValue.object([
      .init("format", .string(request.format.rawValue)), .init("model", .string(model)),
      .init("networks", .string(architecture.name)), .init("average", .bool(isAverage)),
      .init("latent", .string(latent.rawValue)),
      .init("opset", opset.map { .integer($0) } ?? .null),
      .init(
        "inputs", .object(inputs.compactMap { input in input.count.map { .init(input.name, .integer($0)) } })),
      .init(
        "pixel_range", .array([.integer(architecture.pixelRange == .unit ? 0 : -1), .integer(1)])),
      .init(
        "files",
        .array(
          files.map { file in
            .object([
              .init("path", .string(file.path)), .init("bytes", .integer(file.digest.bytes)),
              .init("sha256", .string(file.digest.sha256)),
            ])
          })),
    ]).json()
  }
}

/// Writes trained networks for other tools.
package enum Export {
  /// Writes the files that `request` asks for.
  /// - Throws: `RunError`, errors of files and checkpoints. A file that cannot be written is not there, or as it was.
  package static func run(_ request: ExportRequest) throws -> ExportSummary {
    try request.check()
    let source = try ModelSource.find(
      request.model, by: "export", architecture: request.architecture, latent: request.latent)
    let file = try SafetensorsReader(path: source.model)
    let average = try GeneratorAverage.picked(request.average, of: file)
    if request.format == .onnx { try checkSizes(source.architecture) }
    // Networks are only read into, not computed with.
    let pool = ThreadPool(threads: 1)
    let networks = try source.architecture.roles.map { role in
      Network(
        try source.architecture.summary(of: role), pool: pool, name: role == .generator ? average : nil)
    }
    try ModelFile.read(file, into: networks)
    try ExportedWeights.check(networks, from: source.model)
    try Folder.create(request.out)
    switch request.format {
    case .onnx:
      let files = ONNXFile(
        source.architecture, source.latent, networks, opset: request.opset ?? ExportRequest.defaultOpset)
      let folder = AtomicFiles(in: request.out)
      try folder.add(files.generator(), as: ExportFormat.onnx.files[0])
      try folder.add(files.discriminator(), as: ExportFormat.onnx.files[1])
      try folder.finish()
    case .pytorch:
      var module = PythonModule(source.architecture, source.latent)
      let text = try module.text()
      try Safetensors.write(
        ModelFile.modelEntries(networks, byRole: true),
        to: "\(request.out)/\(ExportFormat.pytorch.files[0])")
      try AtomicFile.write(text, to: "\(request.out)/\(ExportFormat.pytorch.files[1])")
    }
    let written = try request.format.files.map { name in
      (path: "\(request.out)/\(name)", digest: try FileDigest(of: "\(request.out)/\(name)"))
    }
    return ExportSummary(
      request, source, isAverage: average != NetworkRole.generator.rawValue, files: written)
  }

  /// The most bytes of weights in one file of ONNX: a message of Protocol Buffers is shorter than 2 GiB, and names and
  /// shapes take some of it.
  private static let mostWeightBytes = (1 << 31) - (1 << 22)

  private static func checkSizes(_ architecture: Architecture) throws {
    let judges = architecture.roles.filter { $0 != .generator }
    for (name, roles) in zip(ExportFormat.onnx.files, [[.generator], judges]) {
      let bytes = try roles.reduce(0) {
        try $0 + architecture.summary(of: $1).parametersWithRunningAverages * 4
      }
      guard bytes <= mostWeightBytes else {
        throw RunError(
          "\(name) would hold \(grouped(bytes)) bytes of weights, and a file of ONNX is shorter than 2 GiB: export these "
            + "networks with --format pytorch")
      }
    }
  }
}

extension ExportRequest {
  /// Checks what was typed, and that `out` is a folder in which nothing of anyone else is replaced.
  /// - Throws: `RunError`; `FileError` where the folder cannot be read.
  fileprivate func check() throws {
    if let opset {
      guard format == .onnx else {
        throw RunError(
          "--opset is the version of ONNX's operators, and --format is \(format.rawValue): leave it out",
          code: RunExit.usage)
      }
      guard Self.opsets.contains(opset) else {
        throw RunError(
          "--opset must be a whole number from \(Self.opsets.lowerBound) to \(Self.opsets.upperBound), and is \(opset)",
          code: RunExit.usage)
      }
    }
    guard Folder.exists(out) else { return }
    guard Folder.isFolder(out) else {
      throw RunError("--out \(out) is a file, and an export is a folder: name another")
    }
    // A checkpoint, for one, has a model.safetensors too.
    let own = Set(ExportFormat.allCases.flatMap(\.files))
    let others = try Folder.list(out).filter { !own.contains($0) && !$0.hasPrefix(".") }
    guard others.isEmpty else {
      throw RunError(
        "--out \(out) holds other files (\(firstFew(others))): name a new folder, or one of an earlier export"
      )
    }
  }
}
