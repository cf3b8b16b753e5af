import Networks

/// Maps of several convolutions, brought to the grid of the largest and joined: a vector for each of its cells.
struct MapStack {
  let maps: [FeatureMaps]
  /// The grid of the largest maps.
  let grid: Grid
  /// How many numbers a cell has.
  let count: Int

  /// A stack of at least one convolution's maps.
  init(_ maps: [FeatureMaps]) {
    precondition(!maps.isEmpty, "a stack has maps")
    self.maps = maps
    grid = maps.map { Grid($0.shape) }.max { $0.count < $1.count } ?? Grid(rows: 1, columns: 1)
    count = maps.reduce(0) { $0 + $1.shape.channels }
  }

  /// Writes the numbers of one cell.
  /// - Parameter values: the values of one sample's maps, HWC, for each convolution.
  func copy(_ cell: Int, from values: [UnsafePointer<Float>], into row: UnsafeMutablePointer<Float>) {
    var to = row
    for (maps, values) in zip(maps, values) {
      let channels = maps.shape.channels
      to.update(from: values + place(of: cell, in: maps) * channels, count: channels)
      to += channels
    }
  }

  /// The value of a linear model in each cell.
  func values(of model: LinearFunction, from values: [UnsafePointer<Float>]) -> [Double] {
    // A convolution's part is computed once for each of its own positions.
    var first = 0
    var all = [Double](repeating: model.constant, count: grid.count)
    for (maps, values) in zip(maps, values) {
      let channels = maps.shape.channels
      let parts = model.weights[first..<first + channels].withUnsafeBufferPointer { weights in
        (0..<maps.shape.pixels).map { place in
          var sum = 0.0
          for channel in 0..<channels { sum += weights[channel] * Double(values[place * channels + channel]) }
          return sum
        }
      }
      for cell in all.indices { all[cell] += parts[place(of: cell, in: maps)] }
      first += channels
    }
    return all
  }

  private func place(of cell: Int, in maps: FeatureMaps) -> Int {
    let (row, column) = cell.quotientAndRemainder(dividingBy: grid.columns)
    return Grid(maps.shape).cell(grid, row, column)
  }
}
