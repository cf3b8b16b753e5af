import CKernels
import Tensors

/// Spectral normalisation of one weight (Miyato et al. 2018, algorithm 1): the layer computes with W / sigma,
/// where sigma, an estimate of the largest singular value of W as a matrix [OUT, rest], is u . W v.
///
/// Note [Spectral norm]
/// ~~~~~~~~~~~~~~~~~~~~
/// u and v take one power iteration at the start and one after each update of W, as in algorithm 1.
/// (PyTorch iterates at each training-mode forward pass instead.) So W, u and v are the whole state, and a
/// resumed run computes the same bits. Every rank iterates by itself, over equal weights, in double
/// precision and in an order that the weight's shape alone decides. So the iteration needs no message, and
/// has the same bits on any number of ranks, slices and threads.
///
/// The gradient takes u and v as constants. Slices and ranks add up G, the gradient with respect to W /
/// sigma, like any other gradient. Once per update, the sum is turned into the gradient with respect to W:
/// (G - <G, W / sigma> u v') / sigma.
package final class SpectralNorm {
  /// u [OUT], of length 1.
  package let u: StateBuffer
  /// v [rest], of length 1.
  package let v: StateBuffer
  /// u . W v, after `refresh`; 1 where that is zero or not a number.
  package private(set) var sigma = 1.0
  /// W / sigma, after `refresh`.
  let used: Parameter
  private let trained: Parameter
  private let memory: FloatBuffer
  private var version = -1

  // W lies in memory as rows of `columns` numbers. In a convolution or a dense layer, a row belongs to one
  // number of v, and a column to one of u. In a transposed convolution, [KH, KW, OUT, IN], a row belongs to
  // one number of u; the `tapRows` rows of one tap belong to the same `columns` numbers of v.
  private let rows: Int
  private let columns: Int
  private let tapRows: Int?
  /// Rows of a chunk. The rows of each chunk are added up first, then the chunks.
  private let chunkRows: Int
  private let rowSums: UnsafeMutablePointer<Double>
  private let columnSums: UnsafeMutablePointer<Double>
  private let totals: UnsafeMutablePointer<Double>

  /// Normalises `weight`, seen as a matrix with one row per output channel. `transposed` says that the
  /// weight is a transposed convolution's.
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

  /// Draws u from `stream` and makes one power iteration.
  package func start(_ stream: RandomStream, _ pool: ThreadPool) {
    let vector = u.values
    stream.fillNormal(vector.data, count: vector.count)
    for i in 0..<vector.count { totals[i] = Double(vector.data[i]) }
    normalize(into: u)
    iterate(pool)
  }

  /// One power iteration: v = W' u and u = W v, each scaled to length 1. A vector that would be zero keeps
  /// its values.
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

  /// Computes sigma and W / sigma again if W, u or v changed.
  func refresh(_ pool: ThreadPool) {
    guard version != trained.version else { return }
    version = trained.version
    addRows(pool)
    var sum = 0.0
    for row in 0..<rows { sum += Double(left(row)) * rowSums[row] }
    // Where W is zero it stays zero. Where it is not a number it stays so, for the run to find.
    sigma = abs(sum) > 1e-12 ? sum : 1
    used.bind(standingFor: trained, memory.data)
    let (from, to, scale) = (trained.values, memory.data, Float(1 / sigma))
    pool.runChunks(trained.count, chunk: 1 << 16) { range in
      ck_scale(from + range.lowerBound, scale, to + range.lowerBound, range.count)
    }
    used.markChanged()
  }

  /// Turns the gradient with respect to W / sigma into the gradient with respect to W, in place. `gradient`
  /// is the whole network's, laid out like its parameters.
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

  /// Writes to `rowSums` each row's product with its numbers of u or v (`right`).
  private func addRows(_ pool: ThreadPool) {
    let w = trained.values
    eachRow(pool) { row in ck_dot(w + row * columns, right(row), columns, rowSums + row) }
  }

  /// Writes to `columnSums` the sum over each chunk's rows, each row times its number of u or v (`left`).
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

  /// Writes `totals`, scaled to length 1, to `vector`; nothing where their length is zero or not finite.
  private func normalize(into vector: StateBuffer) {
    var squares = 0.0
    for i in 0..<vector.values.count { squares += totals[i] * totals[i] }
    guard squares > 1e-24, squares.isFinite else { return }
    let length = squares.squareRoot()
    for i in 0..<vector.values.count { vector.values.data[i] = Float(totals[i] / length) }
  }
}
