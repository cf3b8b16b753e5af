import Drawing
import Models
import Networks
import Tensors
import TestNetworks
import Testing

/// What the rows and columns of a sheet are found to stand for.
@Suite struct SheetMeaningTests {
  private func labels(_ architecture: Architecture, _ requests: [PictureRequest], columns: Int) throws
    -> SheetLabels
  {
    try BLAS.open()
    let pool = ThreadPool(threads: 1)
    let network = Network(try architecture.summary(of: .generator), pool: pool)
    network.prepare(samples: 1, slices: 1)
    let sampler = Sampler(network, of: architecture, .normal, seed: 1, room: 1, pool: pool)
    return SheetLabels(ofInputs: sampler.inputs(requests), columns: columns, architecture)
  }

  private func ofRun(_ architecture: Architecture, columns: Int, rows: Int) throws -> SheetLabels {
    try labels(
      architecture, PictureRequest.sheet(columns: columns, rows: rows, architecture, seed: 1),
      columns: columns)
  }

  /// The groups of `SmallPairs.conditional`: three classes, then two.
  private func names(_ group: Int) throws -> [String] {
    try #require(SmallPairs.conditional.conditions).groups[group].classes
  }

  @Test func plain() throws {
    #expect(try ofRun(SmallPairs.everything, columns: 4, rows: 3).isEmpty)
  }

  @Test func aRunsSheet() throws {
    let groups = try #require(SmallPairs.conditional.conditions).groups
    let (first, second) = try (names(0), names(1))
    let found = try ofRun(SmallPairs.conditional, columns: 4, rows: 5)
    #expect(found.rows == [first[0], first[1], first[2], first[0], first[1]])
    #expect(found.columns == [second[0], second[1], second[0], second[1]])
    #expect(found.rowsTitle == groups[0].name && found.columnsTitle == groups[1].name && found.title == [])
    // A single row or column stands for nothing of its own.
    let row = try ofRun(SmallPairs.conditional, columns: 2, rows: 1)
    #expect(
      row
        == SheetLabels(
          title: ["\(groups[0].name) = \(first[0])"], columnsTitle: groups[1].name, columns: second))
  }

  @Test func whatIsAskedForIsTheTitle() throws {
    let groups = try #require(SmallPairs.conditional.conditions).groups
    let made = try labels(
      SmallPairs.conditional, (0..<64).map { .generated(seed: $0, classes: [1, nil]) }, columns: 8)
    #expect(made == SheetLabels(title: ["\(groups[0].name) = \(groups[0].classes[1])"]))
    #expect(
      try labels(SmallPairs.conditional, (0..<64).map { .generated(seed: $0) }, columns: 8).isEmpty)
    // In one row of pictures each column stands for the class that its seed has drawn.
    let line = try labels(
      SmallPairs.conditional, (0..<5).map { .generated(seed: 0, classes: [$0 % 3, 1]) }, columns: 5)
    #expect(line.columns == (0..<5).map { groups[0].classes[$0 % 3] } && line.rows.isEmpty)
  }

  /// 3 and 2 values, two numbers: two rows for each, and the columns stand for nothing.
  @Test func codes() throws {
    let found = try ofRun(SmallPairs.coded, columns: 5, rows: 8)
    let names = ["c1 0 to 2", "c2 0 to 1", "c3 -1 to 1", "c4 -1 to 1"]
    #expect(found == SheetLabels(rows: names.flatMap { [$0, $0] }))
    // A row begins again where it has more pictures than a code has values.
    #expect(try ofRun(SmallPairs.coded, columns: 7, rows: 4).rows == names)
    let asked = try labels(
      SmallPairs.coded, (0..<64).map { .generated(seed: $0, codes: [2, nil, -0.8, nil]) }, columns: 8)
    #expect(asked == SheetLabels(title: ["c1 = 2", "c3 = -0.8"]))
  }

  /// One code alone is open, but no row has it in order.
  @Test func openCodes() throws {
    let open = try labels(
      SmallPairs.coded, (0..<16).map { .generated(seed: $0, codes: [2, 1, -0.8, nil]) }, columns: 8)
    #expect(open.rows.isEmpty && open.columns.isEmpty && open.title.count == 3)
  }

  /// A name that the font has no letters for is the number of its class.
  @Test func otherScripts() throws {
    var architecture = SmallPairs.conditional
    architecture.conditions?.groups[0].classes[1] = "\u{9ED2}"
    let first = try names(0)
    #expect(try ofRun(architecture, columns: 2, rows: 3).rows == [first[0], "#1", first[2]])
  }
}
