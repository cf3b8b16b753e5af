import CKernels
import Tensors
import Testing

/// The last backward before an update adds the slices' gradients up (Note [Slice order]): to the bit what adding
/// them afterwards gives, in layers that keep each slice's gradient and in those that never write it.
@Suite struct FoldTests {
  init() throws { try BLAS.open() }

  static let kinds = SliceTests.kinds.filter { !$0.make().parameters.isEmpty }

  private static let bounds = [[0, 8], [0, 3, 8], [0, 3, 3, 7, 8], [0, 1, 2, 2, 4, 5, 6, 6, 8]]

  private func treeSum(_ slices: [[Float]]) -> [Float] {
    let joined = slices.flatMap { $0 }
    var total = [Float](repeating: .nan, count: slices[0].count)
    ck_tree_sum(joined, slices.count, total.count, &total, total.count)
    return total
  }

  @Test(arguments: kinds) func sumsAreTheTreesSums(_ kind: SliceTests.Kind) throws {
    let (bench, data) = try SliceTests().bench(kind, threads: 2)
    for bounds in Self.bounds {
      for before in [nil, data.parameters.map { $0 * 0.5 }] {
        let apart = try bench.run(data.x, dy: data.dy, bounds, startingFrom: before)
        let expected = Outcome(y: apart.y, dx: apart.dx, gradients: [treeSum(apart.gradients)])
        let folded = try bench.runFolding(data.x, dy: data.dy, bounds, startingFrom: before)
        expectSameBits(folded, expected, "\(bounds), \(before == nil ? "written" : "added")")
        guard bounds.count == 2 else { continue }
        let inPlace = try bench.runFolding(
          data.x, dy: data.dy, bounds, startingFrom: before, inPlace: true)
        expectSameBits(inPlace, expected, "in place")
      }
    }
  }

  /// A layer of so many tiles that a weight gradient transforms some slices at a time.
  @Test func slicesThatDoNotFitTogether() throws {
    guard let test = ConvolutionCase.transposed(90, 90, 5, 1, 0, (16, 16)) else { return }
    let kind = SliceTests.Kind(testDescription: test.name) {
      ConvolutionCheck.layer(
        test.geometry, transposed: true, bias: false, .identity, test.longPlanner)
    }
    try sumsAreTheTreesSums(kind)
    try SliceTests().slicesAreApart(kind)
  }

  /// The order of the sums is the tree's for any number of threads.
  @Test(arguments: SliceTests.planned + SliceTests.products + SliceTests.narrow) func threadsDoNotMatter(
    _ kind: SliceTests.Kind
  )
    throws
  {
    var first: Outcome?
    for threads in [1, 2, 5] {
      let (bench, data) = try SliceTests().bench(kind, threads: threads)
      let outcome = try bench.runFolding(data.x, dy: data.dy, Self.bounds[3])
      if let first { expectSameBits(outcome, first) } else { first = outcome }
    }
  }
}
