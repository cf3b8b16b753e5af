import Tensors
import TestSupport
import Testing

@Suite("Eigenvectors of symmetric matrices") struct SymmetricEigenTests {
  @Test("Values ascend, vectors are orthonormal and give the matrix again", arguments: [1, 2, 5, 27, 108])
  func decomposes(n: Int) throws {
    try BLAS.open()
    var numbers = Numbers(7)
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in i..<n {
        matrix[i * n + j] = Double(numbers.floats(1)[0])
        matrix[j * n + i] = matrix[i * n + j]
      }
    }
    let (values, vectors) = try symmetricEigen(matrix, n: n)
    #expect(values == values.sorted())
    for i in 0..<n {
      for j in 0..<n {
        let product = (0..<n).reduce(0) { $0 + vectors[i * n + $1] * vectors[j * n + $1] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-10)
        let again = (0..<n).reduce(0) { $0 + values[$1] * vectors[$1 * n + i] * vectors[$1 * n + j] }
        #expect(abs(again - matrix[i * n + j]) < 1e-10)
      }
    }
  }

  @Test("Numbers that are not finite are an error") func notFinite() throws {
    try BLAS.open()
    #expect(throws: BLASError.self) { _ = try symmetricEigen([.nan, 0, 0, 1], n: 2) }
  }
}
