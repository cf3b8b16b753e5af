import Configuration
import DataParallel
import Layers

/// What decides a run's numbers beside networks, recipe and data.
package struct NumberSettings: SettingsGroup {
  /// `--mirror`: whether each picture is mirrored with probability 1/2.
  package var mirror = false
  /// `--seed`: the key of every random number.
  package var seed: UInt64 = 1
  /// `--bn`: the pictures over which batch norm takes its moments.
  package var batchNorm = BatchNormScope.sync
  /// `--reduction`: how sums over the ranks are taken, if the number of ranks fits the slices.
  package var reduction = ReductionMode.ordered
  /// `--slices`: S, the slices of the global batch; see `RunOptions.reductionPlan`.
  package var slices = 1
  /// `--wire`: the precision to which gradients are rounded on their way between ranks.
  package var wire = WirePrecision.fp32
  /// `--precision`: the precision to which the factors of Winograd's products are rounded, if all CPUs have
  /// it.
  package var precision = ProductPrecision.fp32
  /// `--from`: the absolute path of the `model.safetensors` whose weights the run begins with; nil: fresh ones.
  package var from: String?
  /// The SHA-256 of that file; nil: there is none.
  package var fromSHA256: String?
  /// `--allow-mismatch`: whether layers that `from` has in another shape, or not at all, begin fresh.
  package var allowMismatch = false
  /// `--convolution`: which ways of computing convolutions may be chosen. They differ only in the last bits,
  /// so a resume may change this option; the log then says so.
  package var convolution = ConvolutionPlanner.Mode.auto

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<NumberSettings>] = [
    .bool("mirror", \.mirror, .stays),
    SettingKey(
      "seed", \.seed, .stays, read: { try $0.integerIfPresent($1, in: 0...Int.max).map { UInt64($0) } },
      write: { .integer(Int($0)) },
      must: { $0 <= UInt64(Int.max) ? nil : "a whole number from 0 to \(Int.max), and is \($0)" }),
    .choice("bn", \.batchNorm, .stays),
    .choice("reduction", \.reduction, .stays),
    SettingKey(
      "slices", \.slices, .stays, read: { try $0.integerIfPresent($1, in: Int.min...Int.max) },
      write: { .integer($0) },
      must: {
        $0 >= 1 && $0.nonzeroBitCount == 1 ? nil : "a power of two (1, 2, 4, 8 ...), and is \($0)"
      }),
    .choice("wire", \.wire, .stays),
    .choice("precision", \.precision, .stays),
    .text("from", \.from, .stays, what: "a run's folder, a checkpoint's or a model.safetensors"),
    .text("from_sha256", \.fromSHA256, .stays, what: "the SHA-256 of that file"),
    .bool("allow_mismatch", \.allowMismatch, .stays),
    .choice("convolution", \.convolution),
  ]
}
