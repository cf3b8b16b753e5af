import Configuration
import Options

/// What the manifest of a checkpoint records of the run.
struct CheckpointInfo: Codable, Equatable {
  /// Completed steps.
  var step: Int
  /// Training time so far, in seconds, resumes included.
  var seconds: Double
  /// The architecture's name.
  var architecture: String
  /// The number of slices S.
  var slices: Int
  /// The instruction set of the kernels and the core of BLAS. A resume with another one goes on, but not to
  /// the bit.
  var isa: String
  var blasCore: String
  /// How each layer's convolutions are computed, by the layer's name. A resume with another plan goes on, but
  /// not to the bit. nil in old checkpoints, from when there was one plan only.
  var plans: [String: String]?
  /// The sums over the steps since the interval of the log began, by their names (`StepTotals.numbers`); nil in old
  /// checkpoints, and where an interval begins after the checkpoint.
  var intervalSums: [String: Double]?
  /// The program's version.
  var version: String
  /// The data that the run was trained on; nil: its weights were imported, and it was trained on none yet.
  var data: DataIdentity?
  /// The options that decide the run's numbers, and the SHA-256 of their text; nil in old checkpoints.
  var options: ConfigurationValue?
  var optionsSHA256: String?
  /// The files that its weights were imported from; nil: they were trained here.
  var imported: [ImportedFile]?

  private enum CodingKeys: String, CodingKey {
    case step, seconds, architecture, slices, isa
    case blasCore = "blas_core"
    case intervalSums = "interval_sums"
    case plans, version, data, options, imported
    case optionsSHA256 = "options_sha256"
  }
}

extension CheckpointInfo {
  /// The names of two keys in format 1, which differ from those of format 2.
  private enum FormerKeys: String, CodingKey { case blasCore, optionsSHA256 }

  /// Reads format 2 or format 1.
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
    intervalSums = try keys.decodeIfPresent([String: Double].self, forKey: .intervalSums)
    version = try keys.decode(String.self, forKey: .version)
    imported = try keys.decodeIfPresent([ImportedFile].self, forKey: .imported)
    data = imported == nil ? try keys.decode(DataIdentity.self, forKey: .data) : nil
    options = try keys.decodeIfPresent(ConfigurationValue.self, forKey: .options)
    optionsSHA256 =
      try keys.decodeIfPresent(String.self, forKey: .optionsSHA256)
      ?? former.decodeIfPresent(String.self, forKey: .optionsSHA256)
  }
}

extension CheckpointInfo {
  /// The changes that the run had by then.
  /// - Throws: `ConfigurationError`.
  var changes: [RunChange] { get throws { try options.map(RunOptions.changes(recorded:)) ?? [] } }
}

/// A file that weights were imported from.
struct ImportedFile: Codable, Equatable {
  /// Its absolute path.
  var path: String
  /// The SHA-256 of its bytes, in hexadecimal.
  var sha256: String
}

/// Tells one data set from another.
struct DataIdentity: Codable, Equatable {
  /// How many pictures it holds.
  var pictures: Int
  /// The hash of the data set's index, in hexadecimal.
  var fingerprint: String

  /// An identity from its parts.
  init(pictures: Int, fingerprint: String) {
    self.pictures = pictures
    self.fingerprint = fingerprint
  }

  /// Reads an identity.
  /// - Throws: `DecodingError`, also for a number of pictures that no data set has.
  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    pictures = try keys.decode(Int.self, forKey: .pictures)
    fingerprint = try keys.decode(String.self, forKey: .fingerprint)
    guard (1...1 << 32).contains(pictures) else {
      throw DecodingError.dataCorruptedError(
        forKey: .pictures, in: keys, debugDescription: "no data set has \(pictures) pictures")
    }
  }
}
