import Models
import Networks
import Tensors
import TestNetworks
import Testing

/// What the pictures of a run's sheets are made of.
@Suite struct SheetWishTests {
  private func rows(_ architecture: Architecture, columns: Int, rows: Int, seed: UInt64 = 1) throws
    -> [[Float]]
  {
    try BLAS.open()
    let pool = ThreadPool(threads: 1)
    let network = Network(try architecture.summary(of: .generator), pool: pool)
    network.prepare(samples: 1, slices: 1)
    let sampler = Sampler(network, of: architecture, .normal, seed: seed, room: 1, pool: pool)
    let inputs = sampler.inputs(
      PictureRequest.sheet(columns: columns, rows: rows, architecture, seed: seed))
    let size = architecture.generatorInput
    #expect(inputs.count == columns * rows * size)
    return stride(from: 0, to: inputs.count, by: size).map { Array(inputs[$0..<$0 + size]) }
  }

  /// Without labels a z each, the same as ever.
  @Test func plain() throws {
    let sheet = try rows(SmallPairs.everything, columns: 4, rows: 3)
    #expect(Set(sheet).count == 12)
    #expect(try rows(SmallPairs.everything, columns: 4, rows: 3) == sheet)
    #expect(try rows(SmallPairs.everything, columns: 4, rows: 3, seed: 2)[0] != sheet[0])
    for (index, z) in sheet.enumerated() {
      let stream = RandomStream(seed: 1, purpose: .fixedLatent, sample: index)
      #expect(z == (0..<6).map { stream.normal($0) })
    }
  }

  /// A row is a class of the first group, a column a z and a class of the second; then the classes begin again with
  /// other z.
  @Test func labels() throws {
    let sheet = try rows(SmallPairs.conditional, columns: 4, rows: 5)
    for (index, input) in sheet.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: 4)
      #expect(input[..<6] == sheet[row / 3 * 12 + column][..<6])
      #expect(input[6..<9].firstIndex(of: 1) == 6 + row % 3 && input[6..<9].reduce(0, +) == 1)
      #expect(input[9..<11].firstIndex(of: 1) == 9 + column % 2 && input[9..<11].reduce(0, +) == 1)
    }
    #expect(Set(sheet.map { Array($0[..<6]) }).count == 8)
  }

  /// A row has one z and sweeps one code, the others fixed; the rows are shared out among the codes: 3 and 2 values, two
  /// numbers.
  @Test func codes() throws {
    let sheet = try rows(SmallPairs.coded, columns: 5, rows: 8)
    for row in 0..<8 {
      let line = Array(sheet[row * 5..<row * 5 + 5])
      let swept = row / 2
      let places = [6..<9, 9..<11, 11..<12, 12..<13]
      for input in line {
        #expect(input[..<6] == line[0][..<6])
        for (code, place) in places.enumerated() where code != swept {
          #expect(input[place] == line[0][place])
        }
        #expect(input[places[0]].reduce(0, +) == 1 && input[places[1]].reduce(0, +) == 1)
      }
      for (column, input) in line.enumerated() {
        switch swept {
        case 0: #expect(input[6 + column % 3] == 1)
        case 1: #expect(input[9 + column % 2] == 1)
        default: #expect(input[9 + swept] == [-1, -0.5, 0, 0.5, 1][column])
        }
      }
    }
    #expect(Set(sheet.map { Array($0[..<6]) }).count == 8)
    // One column has no left and right.
    #expect(try rows(SmallPairs.coded, columns: 1, rows: 4)[3][12] == 0)
  }
}
