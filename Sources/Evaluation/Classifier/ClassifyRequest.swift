import Cluster
import Networks

/// A classification that was asked for.
package struct ClassifyRequest: Equatable, Sendable {
  /// What D is compared with, on the same pictures and by the same solver.
  package enum Baseline: String, CaseIterable, Sendable {
    /// A D with random weights.
    case random
    /// The pixels as they are.
    case pixels
    /// Patches by k-means.
    case patches
  }

  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// The pictures that the models are trained on, and from which some are held out where there is no `test`.
  package var train: PictureSource
  /// The pictures that the models are tested on; nil: some of `train`.
  package var test: PictureSource?
  /// The share of each class that is held out, where there is no `test`.
  package var heldOut: Double
  /// The group of labels whose classes are told apart; nil: the first.
  package var group: String?
  /// What D is compared with.
  package var baselines: [Baseline]
  /// C of all models; nil: cross-validation chooses it for each kind of features.
  package var c: Double?
  /// The numbers of labels of the few-label curve; empty: none is made.
  package var fewLabels: [Int]
  /// How often each number of labels is drawn.
  package var draws: Int
  /// The seed of what is random: the part held out, folds, draws, the random D, patches.
  package var seed: UInt64
  /// Threads of each rank; nil: as many as it may use.
  package var threads: Int?
  /// The safetensors file for D's features; nil: none is written.
  package var features: String?
  /// The PNG for the confusion table of D's features; nil: none is written.
  package var confusion: String?

  /// A request from its parts.
  /// - Throws: `RunError` with code 64 for values that cannot be.
  package init(
    checkpoint: String, architecture: Architecture? = nil, train: PictureSource, test: PictureSource? = nil,
    heldOut: Double? = nil, group: String? = nil, baselines: [Baseline] = Baseline.allCases,
    c: Double? = nil, fewLabels: [Int] = [], draws: Int = 5, seed: UInt64 = 1, threads: Int? = nil,
    features: String? = nil,
    confusion: String? = nil
  ) throws {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    guard test == nil || heldOut == nil else {
      throw wrong("--test names the test pictures and --held-out takes some of --data: leave one out")
    }
    if let heldOut, !(heldOut > 0 && heldOut < 1) {
      throw wrong("--held-out must be a share between 0 and 1, and is \(heldOut)")
    }
    if let c, !(c > 0 && c <= 1e6) {
      throw wrong("--c must be a number above 0 and at most 1e6, and is \(c)")
    }
    guard fewLabels.allSatisfy({ (2...10_000_000).contains($0) }) else {
      throw wrong("--few-labels must be numbers of labels from 2 on, as 100,400,1000,4000")
    }
    guard (1...100).contains(draws) else {
      throw wrong("--draws must be a whole number from 1 to 100, and is \(draws)")
    }
    if let confusion, !confusion.lowercased().hasSuffix(".png") {
      throw wrong("--confusion \(confusion): the table is drawn as a PNG file, so its name must end in .png")
    }
    if let features, !features.hasSuffix(".safetensors") {
      throw wrong(
        "--features \(features): features are written as a safetensors file, so its name must end in .safetensors"
      )
    }
    self.checkpoint = checkpoint
    self.architecture = architecture
    self.train = train
    self.test = test
    self.heldOut = heldOut ?? 0.25
    self.group = group
    self.baselines = baselines
    self.c = c
    self.fewLabels = fewLabels.sorted()
    self.draws = draws
    self.seed = seed
    self.threads = threads
    self.features = features
    self.confusion = confusion
  }
}
