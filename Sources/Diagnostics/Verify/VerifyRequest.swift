import Cluster
import DataParallel
import Foundation
import Options

/// What `verify` was told, as it was typed.
package struct VerifyArguments: Sendable {
  /// Options as `train` has them.
  package var options = TrainArguments()
  /// `--ranks`.
  package var ranks: [Int]?
  /// `--threads`.
  package var threads: [Int]?
  /// `--bucket-mb`.
  package var bucketMegabytes: [Double]?
  /// `--overlap`.
  package var overlap: [Bool]?
  /// `--steps`.
  package var steps = Self.defaultSteps

  /// Steps, where none are given.
  package static let defaultSteps = 5

  /// Creates arguments of which nothing is given.
  package init() {}

  /// The numbers of ranks to try.
  /// - Parameter world: how many ranks a launcher started; nil: none did.
  package func ranks(inWorldOf world: Int?) -> [Int] {
    if let ranks { return ranks }
    guard let world else { return [1, 2] }
    return Array(sequence(first: 1) { $0 * 2 <= world ? $0 * 2 : nil })
  }
}

/// A comparison that was asked for: the same training, computed in several ways.
package struct VerifyRequest: Codable, Equatable, Sendable {
  /// The options of the training. All variants take its number of slices S.
  package var options: RunOptions
  /// Steps of each variant.
  package var steps: Int
  /// Whether pictures are synthetic, of the networks' shape, as no data was given.
  package var isSynthetic: Bool
  /// What a person is to be told of the recipe.
  package var notes: [String] = []
  /// The variants, in the order in which they run.
  package var variants: [VerifyVariant]

  /// The largest number of ranks.
  package var ranks: Int { variants.map(\.ranks).max() ?? 1 }
}

extension VerifyRequest {
  /// Makes the finished request from what was typed. Called on rank 0 alone, as it reads files.
  /// - Parameters:
  ///   - arguments: what was typed.
  ///   - world: how many ranks there are.
  ///   - isLaunched: whether a launcher started the ranks, so that `--ranks` must fit them.
  ///   - folder: the current directory; relative paths of data start from it.
  /// - Throws: `RunError`, with code 64 for mistakes in what was typed and 1 for what is wrong in files.
  package static func prepare(
    _ arguments: VerifyArguments, world: Int, isLaunched: Bool, in folder: String
  ) throws -> VerifyRequest {
    guard (1...1_000_000).contains(arguments.steps) else {
      throw RunError(
        "--steps must be a whole number from 1 to 1000000, and is \(arguments.steps)", code: RunExit.usage)
    }
    try checkLists(arguments)
    let given = try arguments.options.given()
    let ranks = arguments.ranks(inWorldOf: isLaunched ? world : nil)
    let largest = ranks.max() ?? 1
    guard largest <= world else {
      throw RunError(
        "--ranks \(largest) needs more ranks than the \(world) that were started: start \(largest), or leave "
          + "\(largest) out", code: RunExit.usage)
    }
    var options = try RunError.ofUsage {
      try RunError.ofData {
        try OptionsResolution.newRun(
          given, ranks: 1, out: "none", relativeTo: folder, labels: given.data == nil ? .preset : .data)
      }
    }
    options.slices =
      given.slices
      ?? ranks.map { SliceLayout.defaultSlices(batch: options.batchSize, ranks: $0) }.max() ?? 1
    try checkFit(ranks, given, options)
    let lists = VerifyLists(
      ranks: ranks, threads: arguments.threads?.map(Optional.some) ?? [given.threads],
      bucketMegabytes: arguments.bucketMegabytes ?? [options.rankSettings.bucketMegabytes],
      overlap: arguments.overlap ?? [options.rankSettings.overlap])
    let variants = try VerifyVariant.list(lists, options)
    guard variants.count > 1 else {
      throw RunError(
        "--ranks \(ranks[0]) alone leaves nothing to compare: give several numbers, as --ranks 1,2, or several values of --threads, --bucket-mb or --overlap",
        code: RunExit.usage)
    }
    return VerifyRequest(
      options: options, steps: arguments.steps, isSynthetic: given.data == nil,
      notes: [given.recipeNotice(ofNewRun: options)].compactMap { $0 }, variants: variants)
  }

  /// Checks each number of a list by the rules of the option that takes a single number.
  private static func checkLists(_ arguments: VerifyArguments) throws {
    for ranks in arguments.ranks ?? [] { try check { $0.ranks = ranks } }
    for threads in arguments.threads ?? [] { try check { $0.threads = threads } }
    for size in arguments.bucketMegabytes ?? [] { try check { $0.rankSettings.bucketMegabytes = size } }
  }

  private static func check(_ give: (inout GivenOptions) -> Void) throws {
    var given = GivenOptions()
    give(&given)
    try RunError.ofUsage { try given.validate() }
  }

  /// Refuses numbers of ranks that do not fit the reduction and slices that were given.
  private static func checkFit(_ ranks: [Int], _ given: GivenOptions, _ options: RunOptions) throws {
    for ranks in ranks {
      do {
        _ = try ReductionPlan.resolve(
          batch: options.batchSize, ranks: ranks, reduction: given.reduction, slices: given.slices,
          recordedSlices: given.slices == nil ? options.slices : nil)
      } catch let error as ReductionError {
        throw RunError(error.description, code: RunExit.usage)
      }
    }
  }
}
