import Tensors
import TestSupport
import Testing

@Suite("Triangular factors of products") struct CholeskyTests {
  private func factor(_ values: [[Double]]) throws -> [Double] {
    try BLAS.open()
    return try choleskyOfProducts(rows: values.count, columns: values[0].count) { columns, room in
      for (row, numbers) in values.enumerated() {
        for (place, column) in columns.enumerated() { room[row * columns.count + place] = numbers[column] }
      }
    }
  }

  @Test(
    "L is lower triangular, and L L^T are the products", arguments: [(1, 3), (5, 5), (40, 1300), (33, 7)])
  func factors(rows: Int, columns: Int) throws {
    var numbers = Numbers(7)
    var values = (0..<rows).map { _ in numbers.floats(columns).map(Double.init) }
    // Equal rows, as data have pictures twice.
    if rows > 2 { values[rows - 1] = values[0] }
    let factor = try factor(values)
    let scale = values[0].reduce(0) { $0 + $1 * $1 }
    for i in 0..<rows {
      for j in 0..<rows {
        if j > i { #expect(factor[i * rows + j] == 0) }
        let product = zip(values[i], values[j]).reduce(0) { $0 + $1.0 * $1.1 }
        let again = (0..<rows).reduce(0) { $0 + factor[i * rows + $1] * factor[j * rows + $1] }
        #expect(abs(again - product) < 1e-9 * scale)
      }
    }
  }

  @Test("Rows of zeros have a factor") func zeros() throws {
    #expect(try factor([[0, 0], [0, 0]]).allSatisfy { abs($0) < 1e-4 })
  }

  @Test("Numbers that are not finite are an error") func notFinite() throws {
    #expect(throws: BLASError.self) { _ = try factor([[1, .nan], [0, 1]]) }
    #expect(throws: BLASError.self) { _ = try factor([[1, 0], [0, .infinity]]) }
  }
}
