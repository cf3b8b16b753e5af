import COpenBLAS

/// C [m][n] = A [m][k] B^T, B [n][k], in double precision, on the calling thread. After `BLAS.open`. As with
/// `matrixProduct`, bits depend on how work is cut into calls.
/// - Throws: `BLASError` where the library has no dgemm.
package func doubleProduct(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>, m: Int,
  n: Int, k: Int
) throws {
  guard ob_dgemm(Int32(m), Int32(n), Int32(k), a, b, c) == 0 else {
    throw BLASError(description: "OpenBLAS was built without double precision, which scores need")
  }
}
