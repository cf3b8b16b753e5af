import Tensors
import Testing

@Suite struct TimelineTests {
  @Test func namesAndLanesAreFoundAgain() {
    let timeline = Timeline()
    let first = timeline.name("batch norm")
    #expect(timeline.name("loss") != first)
    #expect(timeline.name("batch norm") == first)
    #expect(timeline.text(first) == "batch norm")
    #expect(timeline.lane("compute") === timeline.lane("compute"))
    #expect(timeline.lane("reduce") !== timeline.lane("compute"))
    #expect(timeline.lanes.map(\.title) == ["compute", "reduce"])
  }

  @Test func aFullLaneKeepsItsNewestEventsAndCountsTheOthers() {
    let timeline = Timeline(eventsPerLane: 4)
    let lane = timeline.lane("compute")
    let name = timeline.name("step")
    for step in 1...3 {
      lane.record(name, .compute, from: UInt64(step), to: UInt64(step + 1), .step(step))
    }
    #expect(lane.events.map(\.argument) == [.step(1), .step(2), .step(3)])
    #expect(lane.dropped == 0)
    for step in 4...10 {
      lane.record(name, .compute, from: UInt64(step), to: UInt64(step + 1), .step(step))
    }
    #expect(lane.events.map(\.argument) == [.step(7), .step(8), .step(9), .step(10)])
    #expect(lane.dropped == 6)
  }

  @Test func spansLieWithinEachOtherAndTellThatTheyEndedByAnError() throws {
    struct Failure: Error {}
    let timeline = Timeline()
    let lane: Timeline.Lane? = timeline.lane("compute")
    let (outer, inner) = (timeline.name("outer"), timeline.name("inner"))
    #expect(throws: Failure.self) {
      try lane.span(outer, .compute) {
        lane.span(inner, .wait, .bytes(8)) {}
        throw Failure()
      }
    }
    let events = try #require(lane).events
    #expect(events.map(\.name) == [inner, outer])
    #expect(events[1].start <= events[0].start && events[0].end <= events[1].end)
    #expect(events[0].argument == .bytes(8) && events[0].category == .wait)
  }

  @Test func withoutALaneTheBodyRunsAndNoNameIsMade() {
    let lane: Timeline.Lane? = nil
    func name() -> Timeline.Name { preconditionFailure("asked for a name that nobody keeps") }
    #expect(lane.span(name(), .reduce) { 7 } == 7)
  }
}
