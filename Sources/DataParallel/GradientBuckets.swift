/// Where a flat gradient is cut into pieces that are reduced one by one, last layer first.
///
/// The cuts are a function of the parameters and the bucket size alone, so all ranks have the same cuts.
/// The bits of an ordered sum do not depend on them, as each element is added by itself.
package struct GradientBuckets: Equatable, Sendable {
  /// Ranges of the flat gradient in the order of their reduction, which is that of backward: descending.
  package let ranges: [Range<Int>]

  /// Cuts the gradient.
  /// - Parameters:
  ///   - parameters: the layers' ranges of floats, ascending, in layer order. Elements between two ranges are
  ///     reduced with their neighbours.
  ///   - bytes: the size of a bucket, roughly. From the last layer on, layers are joined until they have this
  ///     many bytes; the joined layers are cut evenly into buckets of 2/3 to 3/2 of this size. The first
  ///     layers, which may have fewer bytes, make the last buckets.
  package init(parameters: [Range<Int>], bytes: Int) {
    let size = max(1, bytes / MemoryLayout<Float>.size)
    var cuts: [Range<Int>] = []
    var end = parameters.last?.upperBound ?? 0
    for layer in parameters.reversed() {
      precondition(layer.upperBound <= end, "parameter ranges ascend and do not overlap")
      let open = layer.lowerBound..<end
      let isFirst = layer.lowerBound == parameters[0].lowerBound
      guard open.count >= size || isFirst else { continue }
      let pieces = max(1, (open.count + size / 2) / size)
      for piece in (0..<pieces).reversed() where !open.isEmpty {
        let low = open.lowerBound + piece * open.count / pieces
        let high = open.lowerBound + (piece + 1) * open.count / pieces
        cuts.append(low..<high)
      }
      end = layer.lowerBound
    }
    ranges = cuts
  }
}
