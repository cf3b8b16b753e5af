import Configuration

/// What a checkpoint says of the run beside its tensors.
struct CheckpointInfo: Codable, Equatable {
  /// Completed steps.
  var step: Int
  /// Training time so far, in seconds, resumes included.
  var seconds: Double
  /// The architecture's name.
  var architecture: String
  /// S.
  var slices: Int
  /// The instruction set of the kernels, and the core of BLAS: another one goes on, but not to the bit.
  var isa: String
  var blasCore: String
  /// How each layer's convolutions are computed, by its name: another plan goes on, but not to the bit. nil in
  /// checkpoints that knew only one.
  var plans: [String: String]?
  /// The program's version.
  var version: String
  /// What it was trained on.
  var data: DataIdentity
  /// The options that decide its numbers, and the SHA-256 of their text; nil in checkpoints of before.
  var options: ConfigurationValue?
  var optionsSHA256: String?

  private enum CodingKeys: String, CodingKey {
    case step, seconds, architecture, slices, isa
    case blasCore = "blas_core"
    case plans, version, data, options
    case optionsSHA256 = "options_sha256"
  }
}

extension CheckpointInfo {
  /// The names that two keys have in format 1.
  private enum FormerKeys: String, CodingKey { case blasCore, optionsSHA256 }

  /// Reads what format 2 or format 1 says.
  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let former = try decoder.container(keyedBy: FormerKeys.self)
    step = try keys.decode(Int.self, forKey: .step)
    seconds = try keys.decode(Double.self, forKey: .seconds)
    architecture = try keys.decode(String.self, forKey: .architecture)
    slices = try keys.decode(Int.self, forKey: .slices)
    isa = try keys.decode(String.self, forKey: .isa)
    blasCore =
      try keys.decodeIfPresent(String.self, forKey: .blasCore)
      ?? former.decode(String.self, forKey: .blasCore)
    plans = try keys.decodeIfPresent([String: String].self, forKey: .plans)
    version = try keys.decode(String.self, forKey: .version)
    data = try keys.decode(DataIdentity.self, forKey: .data)
    options = try keys.decodeIfPresent(ConfigurationValue.self, forKey: .options)
    optionsSHA256 =
      try keys.decodeIfPresent(String.self, forKey: .optionsSHA256)
      ?? former.decodeIfPresent(String.self, forKey: .optionsSHA256)
  }
}

/// Tells one data set from another.
struct DataIdentity: Codable, Equatable {
  /// How many pictures it holds.
  var pictures: Int
  /// The hash of its index, in hexadecimal.
  var fingerprint: String
}
