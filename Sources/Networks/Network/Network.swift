import CKernels
import Layers
import Tensors

/// The gradient that a head of D gives back to the layers that it shares.
package struct HeadGradient {
  /// How many layers it shares.
  package var after: Int
  /// The gradient of the output of the last of these layers, sample by sample.
  package var gradient: UnsafePointer<Float>

  /// Creates it from its parts.
  package init(after: Int, gradient: UnsafePointer<Float>) {
    self.after = after
    self.gradient = gradient
  }
}

/// One of the networks, with its parameters, its running averages and the memory of a pass.
///
/// All parameters lie one after the other in `values`, in the order of the layers; gradients, optimizer state
/// and reductions use the same order.
package final class Network {
  /// Which network it is.
  package let role: NetworkRole
  /// The beginning of its tensors' names: the role, or another word for a second network of that role.
  package let name: String
  /// The layers' shapes and counts.
  package let summary: NetworkSummary
  /// All parameters.
  package let values: FloatBuffer
  let placed: [PlacedLayer]
  let pool: ThreadPool
  /// Each layer's output in the last forward pass.
  private(set) var outputs: [Tensor] = []
  /// Two buffers for the gradients of activations, used in turn.
  private var gradients: [FloatBuffer] = []
  private var capacity = 0
  private let spectralNorms: [SpectralNorm]
  /// Whether a layer draws random numbers in evaluation too.
  private let drawsAtTest: Bool

  /// Builds the network that `summary` describes. Parameters are zero until `initialize` or a checkpoint sets
  /// them. `planner` chooses how convolutions are computed.
  /// - Parameter name: the beginning of its tensors' names; nil: the role.
  package init(
    _ summary: NetworkSummary, pool: ThreadPool, planner: ConvolutionPlanner = .init(), name: String? = nil
  ) {
    self.summary = summary
    self.pool = pool
    role = summary.role
    self.name = name ?? summary.role.rawValue
    placed = NetworkBuilder.build(summary, planner)
    spectralNorms = placed.compactMap(\.layer.spectralNorm)
    drawsAtTest = placed.contains { ($0.layer as? Dropout)?.atTest == true }
    var count = 0
    for parameter in placed.flatMap(\.parameters) { count += parameter.count }
    values = FloatBuffer(count: count)
    var offset = 0
    for parameter in placed.flatMap(\.parameters) {
      parameter.bind(to: values.data, offset: offset)
      offset += parameter.count
    }
  }

  /// The shape of one sample going in.
  package var input: PictureShape { summary.input }
  /// The shape of one sample coming out.
  package var output: PictureShape { summary.output }
  /// All trained numbers.
  package var parameterCount: Int { values.count }

  /// Allocates what passes over up to `samples` samples in up to `slices` slices need. Passes after it
  /// allocate nothing.
  package func prepare(samples: Int, slices: Int) {
    capacity = samples
    outputs = placed.map { Tensor(capacity: samples, shape: $0.layer.output) }
    let largest = placed.dropFirst().map(\.layer.input.count).max() ?? 1
    gradients = (0..<2).map { _ in FloatBuffer(count: samples * largest) }
    for place in placed { place.layer.prepare(samples: samples, slices: slices) }
    pool.reserveScratch(floats: placed.map(\.layer.scratchFloats).max() ?? 0)
    pool.reserveShared(floats: placed.map(\.layer.sharedFloats).max() ?? 0)
  }

  /// Runs `pass.samples` samples at x through the layers.
  /// - Returns: as many samples of `output`, valid until the next forward pass.
  /// - Throws: an error of the message layer, from batch norm's sums.
  @discardableResult
  package func forward(_ x: UnsafePointer<Float>, _ pass: Pass) throws -> UnsafeMutablePointer<Float> {
    precondition(pass.samples <= capacity, "the network was prepared for fewer samples")
    if pass.mode == .evaluation { pass.sampleKeys = drawsAtTest ? sampleKeys(x, pass.samples) : [] }
    return try run(placed.indices, from: x, pass)
  }

  /// Runs the layers at these places, of which the first reads `x`.
  /// - Returns: the output of the last one.
  func run(
    _ places: Range<Int>, from x: UnsafePointer<Float>, _ pass: Pass
  ) throws -> UnsafeMutablePointer<Float> {
    var from = x
    for index in places {
      let output = outputs[index].data
      try pass.time(part(index, .forward)) { try placed[index].layer.forward(from, into: output, pass) }
      from = UnsafePointer(output)
    }
    return outputs[places.upperBound - 1].data
  }

  /// The output of the first `layers` layers of the list in the last forward pass: the input of a head that
  /// shares them.
  package func features(after layers: Int) -> UnsafeMutablePointer<Float> {
    outputs[place(after: layers)].data
  }

  /// The last computing layer among the first `layers` of the list.
  private func place(after layers: Int) -> Int {
    guard let place = placed.lastIndex(where: { $0.index < layers }) else {
      preconditionFailure("a head begins after a layer that computes")
    }
    return place
  }

  /// A hash of each sample that goes in (Note [Dropout at test time]).
  private func sampleKeys(_ x: UnsafePointer<Float>, _ samples: Int) -> [UInt64] {
    let count = input.count
    return (0..<samples).map { ck_hash64(x + $0 * count, count * MemoryLayout<Float>.size, 0) }
  }

  /// Backpropagates dy through the last forward pass, which read x. Parameter gradients go where
  /// `pass.gradients` says; dy is scratch afterwards.
  /// - Parameters:
  ///   - heads: the gradients that heads give back to the layers that they share.
  ///   - dx: the gradient of x is written there unless it is nil.
  ///   - layerIsFinal: called for each layer with parameters, the last layer first, with the range of the flat
  ///     parameters whose gradients are now complete.
  /// - Throws: an error of the message layer, or of `layerIsFinal`.
  package func backward(
    x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>, into dx: UnsafeMutablePointer<Float>?,
    _ pass: Pass, heads: [HeadGradient] = [],
    layerIsFinal: (Range<Int>) throws -> Void = { _ in }
  ) throws {
    try goBack(
      through: placed.indices, x: x, dy: dy, into: dx, pass,
      arriving: { index, gradient in
        for head in heads where place(after: head.after) == index {
          add(head.gradient, to: gradient, count: pass.samples * placed[index].layer.output.count)
        }
      }, layerIsFinal: layerIsFinal)
  }

  /// Goes back through the layers at the first places, of which the last one's output has the gradient dy.
  /// - Parameters:
  ///   - arriving: called for each place, the last first, with the gradient of its output, before the layer takes it.
  ///   - layerIsFinal: as `backward`.
  func goBack(
    through places: Range<Int>, x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass,
    arriving: (_ place: Int, _ gradient: UnsafeMutablePointer<Float>) -> Void,
    layerIsFinal: (Range<Int>) throws -> Void = { _ in }
  ) throws {
    var incoming = dy
    var turn = 0
    for index in places.reversed() {
      let layer = placed[index].layer
      arriving(index, incoming)
      let input = index == 0 ? x : UnsafePointer(outputs[index - 1].data)
      let outgoing = index == 0 ? dx : gradients[turn].data
      try pass.time(part(index, .backward)) {
        try layer.backward(x: input, y: outputs[index].data, dy: incoming, into: outgoing, pass)
      }
      if let range = placed[index].parameterRange { try layerIsFinal(range) }
      if let outgoing { incoming = outgoing }
      turn = 1 - turn
    }
  }

  private func add(_ other: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>, count: Int) {
    pool.runChunks(count, chunk: 1 << 14) { range in
      for i in range { sum[i] += other[i] }
    }
  }

  /// The name of a pass of the layer at `place` for a clock.
  func part(_ place: Int, _ pass: LayerPass) -> TimedPart {
    .layer(network: role.rawValue, place: place, pass)
  }

  /// Says that the parameters were changed, so that layers compute again what they derive from them.
  package func markChanged() {
    for place in placed {
      for parameter in place.parameters { parameter.markChanged() }
    }
  }

  /// Says that an optimizer has updated the parameters. Makes one power iteration of each spectral norm
  /// (Note [Spectral norm]) and marks the parameters as changed.
  package func parametersWereUpdated() {
    for norm in spectralNorms { norm.iterate(pool) }
    markChanged()
  }

  /// Turns the reduced `gradient`, laid out like the parameters, into the gradient of the trained
  /// parameters, in place. The two differ where a layer computes with values derived from its parameters
  /// (`SpectralNorm`).
  package func finishGradient(_ gradient: UnsafeMutablePointer<Float>) {
    for norm in spectralNorms { norm.finishGradient(gradient, pool) }
  }

  /// How each layer with a product computes its passes: "generator.main.3" and "forward, data gradient, weight
  /// gradient", in the order of the layers.
  package var plans: [(layer: String, ways: String)] {
    placed.compactMap { place in
      let ways = [.forward, .dataGradient, .weightGradient].compactMap(place.layer.planName)
      return ways.isEmpty ? nil : ("\(role.rawValue).main.\(place.index)", ways.joined(separator: ", "))
    }
  }

  /// Ranges of the flat parameters, one for each layer that has any, in the order of the layers.
  package var parameterRanges: [Range<Int>] { placed.compactMap(\.parameterRange) }
}
