/// Sorts numbers in time that grows as their count, for lists of a million and more.
///
/// - Parameters:
///   - values: `count` finite numbers, ascending afterwards.
///   - room: as many, overwritten.
package func radixSort(
  _ values: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>, count: Int
) {
  let digits = 11
  let size = 1 << digits
  var histogram = [Int](repeating: 0, count: 3 * size)
  // Bits of negative numbers are turned over, and the sign of others is set, so that keys ascend as numbers do.
  func key(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return bits ^ (bits >> 31 == 1 ? ~0 : 1 << 31)
  }
  func digit(_ key: UInt32, _ pass: Int) -> Int { Int(key >> UInt32(pass * digits)) & (size - 1) }
  histogram.withUnsafeMutableBufferPointer { histogram in
    for i in 0..<count {
      let key = key(values[i])
      for pass in 0..<3 { histogram[pass * size + digit(key, pass)] += 1 }
    }
    for pass in 0..<3 {
      var sum = 0
      for i in pass * size..<(pass + 1) * size { (histogram[i], sum) = (sum, sum + histogram[i]) }
    }
    var (from, to) = (values, room)
    for pass in 0..<3 {
      for i in 0..<count {
        let place = pass * size + digit(key(from[i]), pass)
        to[histogram[place]] = from[i]
        histogram[place] += 1
      }
      swap(&from, &to)
    }
  }
  values.update(from: room, count: count)
}
