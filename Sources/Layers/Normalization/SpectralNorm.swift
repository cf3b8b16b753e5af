import CKernels
import Tensors

/// Spectral normalisation of one weight (Miyato et al. 2018, algorithm 1): the layer computes with W / sigma,
/// where sigma, an estimate of the largest singular value of W as a matrix [OUT, rest], is u . W v.
///
/// Note [Spectral norm]
/// ~~~~~~~~~~~~~~~~~~~~
/// u and v follow W by one power iteration after each update of W, and one at the start: once an update, as in
/// algorithm 1, where PyTorch iterates at each training-mode forward. So W, u and v are all there is to know,
/// and a resumed run goes on to the bit. Every rank iterates by itself, over equal weights, in double and in an
/// order that the weight's shape alone decides: no message, and the same bits on any number of ranks, slices
/// and threads.
///
/// u and v count as constants. The slices and the ranks add up G, the gradient with respect to W / sigma, as
/// they do any other; only their sum, once an update, becomes that of W: (G - <G, W / sigma> u v') / sigma.
package final class SpectralNorm {
  /// u [OUT], of length 1.
  package let u: StateBuffer
  /// v [rest], of length 1.
  package let v: StateBuffer
  /// u . W v, after `refresh`; 1 where W is nothing but zeros.
  package private(set) var sigma = 1.0
  /// W / sigma, after `refresh`.
  let used: Parameter
  private let trained: Parameter
  private let memory: FloatBuffer
  private var version = -1

  // W in memory: rows of `columns` numbers. Of a convolution or a dense layer a row belongs to one number of v, a
  // column to one of u. Of a transposed convolution [KH, KW, OUT, IN] a row belongs to one number of u, and with the
  // columns of its tap, `tapRows` rows, to numbers of v of its own.
  private let rows: Int
  private let columns: Int
  private let tapRows: Int?
  /// Rows that are added up by themselves, before all are.
  private let chunkRows: Int
  private let rowSums: UnsafeMutablePointer<Double>
  private let columnSums: UnsafeMutablePointer<Double>
  private let totals: UnsafeMutablePointer<Double>

  /// The norm of `weight`, a matrix of as many rows as there are output channels. `transposed`: of a transposed
  /// convolution.
  init(_ weight: Parameter, transposed: Bool) {
    trained = weight
    let outputs: Int
    var picture: PictureShape?
    switch weight.layout {
    case .vector: preconditionFailure("a vector has no spectral norm")
    case .dense(_, let out):
      (columns, outputs, tapRows) = (out, out, nil)
    case .convolution(let height, let width, let large, let small):
      columns = small
      outputs = transposed ? large : small
      tapRows = transposed ? large : nil
      picture = PictureShape(height: height, width: width, channels: transposed ? small : large)
    }
    rows = weight.count / columns
    chunkRows = tapRows ?? 256
    u = StateBuffer(name: "weight_u", count: outputs, value: 0)
    v = StateBuffer(name: "weight_v", count: weight.count / outputs, value: 0, picture: picture)
    used = Parameter(name: "weight", layout: weight.layout, count: weight.count)
    memory = FloatBuffer(count: weight.count)
    rowSums = .allocate(capacity: rows)
    columnSums = .allocate(capacity: (rows + chunkRows - 1) / chunkRows * columns)
    totals = .allocate(capacity: max(outputs, weight.count / outputs))
  }

  deinit {
    rowSums.deallocate()
    columnSums.deallocate()
    totals.deallocate()
  }

  /// u and v.
  var buffers: [StateBuffer] { [u, v] }

  /// Begins with u drawn from `stream` and one iteration.
  package func start(_ stream: RandomStream, _ pool: ThreadPool) {
    let vector = u.values
    stream.fillNormal(vector.data, count: vector.count)
    for i in 0..<vector.count { totals[i] = Double(vector.data[i]) }
    normalize(into: u)
    iterate(pool)
  }

  /// One power iteration: v = W' u and u = W v, each at length 1. A vector that would be zero stays as it was.
  package func iterate(_ pool: ThreadPool) {
    if let tapRows {
      addColumns(pool)
      for i in 0..<v.values.count { totals[i] = columnSums[i] }
      normalize(into: v)
      addRows(pool)
      for out in 0..<tapRows {
        totals[out] = 0
        for row in stride(from: out, to: rows, by: tapRows) { totals[out] += rowSums[row] }
      }
      normalize(into: u)
    } else {
      addRows(pool)
      for row in 0..<rows { totals[row] = rowSums[row] }
      normalize(into: v)
      addColumns(pool)
      for column in 0..<columns {
        totals[column] = 0
        for chunk in 0..<(rows + chunkRows - 1) / chunkRows {
          totals[column] += columnSums[chunk * columns + column]
        }
      }
      normalize(into: u)
    }
    version = -1
  }

  /// Makes W / sigma anew where W, u or v changed.
  func refresh(_ pool: ThreadPool) {
    guard version != trained.version else { return }
    version = trained.version
    addRows(pool)
    var sum = 0.0
    for row in 0..<rows { sum += Double(left(row)) * rowSums[row] }
    // Zeros stay zeros; what is not a number stays, for the run to find.
    sigma = abs(sum) > 1e-12 ? sum : 1
    used.bind(standingFor: trained, memory.data)
    let (from, to, scale) = (trained.values, memory.data, Float(1 / sigma))
    pool.runChunks(trained.count, chunk: 1 << 16) { range in
      ck_scale(from + range.lowerBound, scale, to + range.lowerBound, range.count)
    }
    used.markChanged()
  }

  /// Turns the gradient with respect to W / sigma, in its place in `gradient`, which is laid out as the
  /// network's parameters are, into that with respect to W.
  package func finishGradient(_ gradient: UnsafeMutablePointer<Float>, _ pool: ThreadPool) {
    refresh(pool)
    let (g, w) = (gradient + trained.offset, trained.values)
    eachRow(pool) { row in ck_dot(g + row * columns, w + row * columns, columns, rowSums + row) }
    var inner = 0.0
    for row in 0..<rows { inner += rowSums[row] }
    let along = inner / sigma
    let scale = Float(1 / sigma)
    eachRow(pool) { row in
      ck_take_away(g + row * columns, Float(along * Double(left(row))), right(row), scale, columns)
    }
  }

  // MARK: Products of rows

  /// The number of u or v that `row` belongs to.
  private func left(_ row: Int) -> Float { tapRows.map { u.values.data[row % $0] } ?? v.values.data[row] }

  /// The numbers of v or u that the columns of `row` belong to.
  private func right(_ row: Int) -> UnsafeMutablePointer<Float> {
    tapRows.map { v.values.data + row / $0 * columns } ?? u.values.data
  }

  private func eachRow(_ pool: ThreadPool, _ body: (Int) -> Void) {
    pool.runChunks(rows, chunk: max(1, (1 << 14) / columns)) { range in
      for row in range { body(row) }
    }
  }

  /// Each row times its numbers of the one vector.
  private func addRows(_ pool: ThreadPool) {
    let w = trained.values
    eachRow(pool) { row in ck_dot(w + row * columns, right(row), columns, rowSums + row) }
  }

  /// The rows of each chunk, each times its number of the other vector, added up.
  private func addColumns(_ pool: ThreadPool) {
    let w = trained.values
    pool.run((rows + chunkRows - 1) / chunkRows) { chunk, _ in
      let sums = columnSums + chunk * columns
      sums.update(repeating: 0, count: columns)
      for row in chunk * chunkRows..<min(rows, (chunk + 1) * chunkRows) {
        ck_add_scaled(left(row), w + row * columns, sums, columns)
      }
    }
  }

  /// Writes `totals` at length 1.
  private func normalize(into vector: StateBuffer) {
    var squares = 0.0
    for i in 0..<vector.values.count { squares += totals[i] * totals[i] }
    guard squares > 1e-24, squares.isFinite else { return }
    let length = squares.squareRoot()
    for i in 0..<vector.values.count { vector.values.data[i] = Float(totals[i] / length) }
  }
}
