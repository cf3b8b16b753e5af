import Layers
import Tensors
import Testing

@Suite("A pass's clock")
struct PassClockTests {
  private let pass: Pass

  init() {
    pass = Pass(pool: ThreadPool(threads: 1), sums: TreeSums(), seed: 1, slices: SliceBounds([0, 1]))
  }

  private func layer(_ pass: LayerPass) -> TimedPart { .layer(network: "generator", place: 3, pass) }

  @Test("Without one a part is only run")
  func absent() {
    #expect(pass.time(.other("a")) { 7 } == 7)
    #expect(pass.time(.weightGradient) { 8 } == 8)
  }

  @Test("A moment counts for the innermost part alone, and for none outside all")
  func innermost() {
    let clock = PassClock()
    pass.clock = clock
    let real = ContinuousClock()
    let start = real.now
    pass.time(.other("step")) {
      for _ in 0..<2 {
        pass.time(layer(.backward)) {
          pass.time(.weightGradient) { spin() }
          pass.time(.dataGradient) { spin() }
        }
      }
      pass.time(.other("optimizer")) { spin() }
    }
    let all = (real.now - start) / .seconds(1)
    spin()
    let readings = clock.readings
    #expect(
      Set(readings.keys) == [
        .other("step"), .other("optimizer"), layer(.backward), layer(.weightGradient), layer(.dataGradient),
      ])
    #expect(readings[layer(.weightGradient)]?.calls == 2 && readings[layer(.backward)]?.calls == 2)
    #expect(readings[.other("step")]?.calls == 1)
    #expect(readings.values.allSatisfy { $0.seconds >= 0 })
    let sum = readings.values.reduce(0) { $0 + $1.seconds }
    #expect(sum <= all)
    // What the innermost took is not counted for those around it.
    let inner = [layer(.weightGradient), layer(.dataGradient), .other("optimizer")]
    #expect(inner.allSatisfy { (readings[$0]?.seconds ?? 0) > 0 })
    clock.clear()
    #expect(clock.readings.isEmpty)
  }

  @Test("A layer's pass outside a layer is nobody's, and an error leaves the part")
  func edges() {
    let clock = PassClock()
    pass.clock = clock
    pass.time(.dataGradient) { spin() }
    #expect(clock.readings.isEmpty)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try pass.time(.other("a")) { throw Stop() } }
    pass.time(.forward) { spin() }
    #expect(Set(clock.readings.keys) == [.other("a")])
  }

  private func spin() {
    let clock = ContinuousClock()
    let start = clock.now
    while clock.now - start < .microseconds(50) {}
  }
}
