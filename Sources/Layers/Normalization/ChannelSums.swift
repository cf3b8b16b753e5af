import CKernels

/// Sums over the pixels of each slice, in double, in an order that the slice's size alone decides.
///
/// A slice's rows are cut into chunks; a chunk is summed row after row by one thread, the chunks of a slice
/// are then added in order (Note [Slices], Note [Threads and bits]).
final class ChannelSums {
  /// Numbers that each row contributes to.
  private let width: Int
  private let rowsPerSample: Int
  private let chunkRows: Int
  private var chunks: [(slice: Int, rows: Range<Int>)] = []
  private var slices: SliceBounds?
  private var partial: UnsafeMutablePointer<Double>?
  private var partialCount = 0
  /// Each slice's sums, `width` doubles a slice, after `run`.
  private(set) var perSlice: UnsafeMutablePointer<Double>

  /// Sums of `width` numbers over rows of `rowFloats` floats, `rowsPerSample` rows a sample.
  init(width: Int, rowsPerSample: Int, rowFloats: Int) {
    self.width = width
    self.rowsPerSample = rowsPerSample
    chunkRows = max(64, (1 << 15) / rowFloats)
    perSlice = .allocate(capacity: 1)
  }

  deinit {
    partial?.deallocate()
    perSlice.deallocate()
  }

  /// Allocates for passes over up to `samples` samples in up to `slices` slices, with room for `extra` more
  /// doubles per slice.
  func prepare(samples: Int, slices: Int, extra: Int = 0) {
    partial?.deallocate()
    perSlice.deallocate()
    partialCount = samples * rowsPerSample / chunkRows + slices + 1
    partial = .allocate(capacity: partialCount * width)
    perSlice = .allocate(capacity: max(1, slices) * (width + extra))
    chunks.reserveCapacity(partialCount)
    self.slices = nil
  }

  private func update(_ slices: SliceBounds) {
    guard self.slices != slices else { return }
    self.slices = slices
    chunks.removeAll(keepingCapacity: true)
    for slice in 0..<slices.count {
      let rows = slices[slice].lowerBound * rowsPerSample..<slices[slice].upperBound * rowsPerSample
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunkRows) {
        chunks.append((slice, first..<min(first + chunkRows, rows.upperBound)))
      }
    }
  }

  /// Calls `add(rows, sums)` for every chunk; `add` must add these rows to `sums` (`width` doubles, zero at
  /// first). Writes each slice's total to `perSlice`, `stride` doubles apart (nil: `width`).
  func run(_ pass: Pass, stride: Int? = nil, _ add: (Range<Int>, UnsafeMutablePointer<Double>) -> Void) {
    update(pass.slices)
    guard let partial, chunks.count <= partialCount else {
      preconditionFailure("a layer is asked for more samples than it was prepared for")
    }
    pass.pool.run(chunks.count) { index, _ in
      let sums = partial + index * width
      sums.update(repeating: 0, count: width)
      add(chunks[index].rows, sums)
    }
    let stride = stride ?? width
    for slice in 0..<pass.slices.count {
      (perSlice + slice * stride).update(repeating: 0, count: width)
    }
    for (index, chunk) in chunks.enumerated() {
      let from = partial + index * width
      let to = perSlice + chunk.slice * stride
      for i in 0..<width { to[i] += from[i] }
    }
  }
}
