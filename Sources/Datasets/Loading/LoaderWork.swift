import Foundation
import Tensors

/// What a loader and its threads share: a ring of slots, one batch each, under one lock.
///
/// Each thread takes one picture at a time, always of the earliest batch that has pictures left, so that the
/// batch needed first is ready first. The slot of a draw is the draw's number modulo the number of slots. A slot
/// is free again when the batch after its own is asked for.
final class LoaderWork: @unchecked Sendable {
  private struct Slot {
    let pixels: UnsafeMutablePointer<UInt8>
    let dataIndices: UnsafeMutablePointer<Int>
    var batch = SamplePlan.Batch(size: 0, epoch: 0, firstPosition: 0)
    var samples = 0..<0
    /// Pictures not yet written.
    var missing = 0
    var error: (any Error)?
    /// The global sample that `error` belongs to. Of several errors the one of the lowest sample is kept, so that
    /// the message does not depend on which thread was faster.
    var errorSample = 0
  }

  private let dataset: any PictureDataset
  private let plan: SamplePlan
  private let mirrorSeed: UInt64?
  private let range: @Sendable (Int) -> Range<Int>
  // Not a `Mutex`: both sides wait for each other, and Synchronization has no condition variable.
  private let condition = NSCondition()
  /// The most samples that any batch of the plan has for this rank.
  private let capacity: Int

  // The following are read and written under the lock. The pixels of a slot are written without it, each
  // picture by the thread that took it.
  private var slots: [Slot] = []
  /// The draw that `next` gives out next; the slot of the draw before it is still in use.
  private var wanted: Int
  /// The draw whose pictures the threads are taking, and the next sample of it to take.
  private var front: Int
  private var frontSample = 0
  /// Whether the slot of `front` has been set up for it.
  private var isBegun = false
  private var isClosed = false
  private var waited = 0.0

  /// The lane that records when the training thread waits, and the names of the events of this thread and of the
  /// loader threads; nil without a timeline.
  private let recording: (waits: Timeline.Lane, wait: Timeline.Name, picture: Timeline.Name)?

  init(
    dataset: any PictureDataset, plan: SamplePlan, mirrorSeed: UInt64?, slots count: Int, firstDraw: Int,
    timeline: Timeline? = nil, range: @escaping @Sendable (Int) -> Range<Int>
  ) {
    recording = timeline.map { ($0.lane("compute"), $0.name("wait for pictures"), $0.name("picture")) }
    self.dataset = dataset
    self.plan = plan
    self.mirrorSeed = mirrorSeed
    self.range = range
    wanted = firstDraw
    front = firstDraw
    // If the number of ranks divides neither batch size, an epoch's short last batch may give a rank more samples
    // than a full batch does.
    capacity = plan.batchSizes.map { range($0).count }.max() ?? 0
    let most = max(1, capacity)
    for _ in 0..<count {
      slots.append(
        Slot(
          pixels: .allocate(capacity: most * dataset.bytesPerPicture), dataIndices: .allocate(capacity: most))
      )
    }
  }

  deinit {
    for slot in slots {
      slot.pixels.deallocate()
      slot.dataIndices.deallocate()
    }
  }

  var secondsWaited: Double { condition.withLock { waited } }

  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  func next() throws -> PictureBatch {
    condition.lock()
    defer { condition.unlock() }
    let place = wanted % slots.count
    func isReady() -> Bool { front > wanted && slots[place].missing == 0 }
    if !isReady() && !isClosed {
      let start = ContinuousClock.now
      while !isReady() && !isClosed { condition.wait() }
      let passed = ContinuousClock.now - start
      waited += passed / .seconds(1)
      if let recording {
        let end = Timeline.now
        let length = UInt64(passed / .nanoseconds(1))
        recording.waits.record(recording.wait, .wait, from: end - min(end, length), to: end)
      }
    }
    guard !isClosed else { throw DatasetError.loaderClosed }
    let slot = slots[place]
    // A slot with an error is never freed, so every later call throws the same error and the threads wait.
    if let error = slot.error { throw error }
    let count = slot.samples.count
    let batch = PictureBatch(
      draw: wanted, epoch: slot.batch.epoch, batchSize: slot.batch.size, samples: slot.samples,
      size: dataset.size,
      channels: dataset.channels,
      pixels: UnsafeBufferPointer(start: slot.pixels, count: count * dataset.bytesPerPicture),
      dataIndices: UnsafeBufferPointer(start: slot.dataIndices, count: count), labels: dataset.labels,
      owner: self)
    wanted += 1
    condition.broadcast()
    return batch
  }

  /// Draws pictures until the loader is closed; the body of each loader thread.
  /// - Parameter lane: the thread's own lane of the timeline, if there is one.
  func run(_ lane: Timeline.Lane?) {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed {
      guard let (draw, sample) = takePicture() else {
        condition.wait()
        continue
      }
      let place = draw % slots.count
      let offset = sample - slots[place].samples.lowerBound
      let pixels = slots[place].pixels + offset * dataset.bytesPerPicture
      let dataIndex = slots[place].dataIndices + offset
      condition.unlock()
      let start = lane == nil ? 0 : Timeline.now
      let result = Result { try drawPicture(draw: draw, sample: sample, into: pixels) }
      if let lane, let recording {
        lane.record(recording.picture, .decode, from: start, .sample(sample))
      }
      condition.lock()
      switch result {
      case .success(let index):
        dataIndex.pointee = index
      case .failure(let error):
        if slots[place].error == nil || sample < slots[place].errorSample {
          slots[place].error = error
          slots[place].errorSample = sample
        }
      }
      slots[place].missing -= 1
      if slots[place].missing == 0 { condition.broadcast() }
    }
  }

  /// Takes the next picture to draw; nil while all slots are full or in use. Called under the lock.
  private func takePicture() -> (draw: Int, sample: Int)? {
    // The batch that was given out last, wanted - 1, still uses its slot.
    while front < wanted + slots.count - 1 {
      if !isBegun { begin(draw: front) }
      let end = slots[front % slots.count].samples.upperBound
      guard frontSample < end else {
        // This rank has no picture in this batch.
        advance()
        condition.broadcast()
        continue
      }
      let taken = (draw: front, sample: frontSample)
      frontSample += 1
      if frontSample == end { advance() }
      return taken
    }
    return nil
  }

  private func advance() {
    front += 1
    isBegun = false
  }

  private func begin(draw: Int) {
    let place = draw % slots.count
    let batch = plan.batch(draw: draw)
    let samples = range(batch.size)
    precondition(
      samples.lowerBound >= 0 && samples.upperBound <= batch.size && samples.count <= capacity,
      "a rank's samples lie within the batch")
    slots[place].batch = batch
    slots[place].samples = samples
    slots[place].missing = samples.count
    slots[place].error = nil
    frontSample = samples.lowerBound
    isBegun = true
  }

  private func drawPicture(draw: Int, sample: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    let index = try dataset.draw(plan.dataIndex(draw: draw, sample: sample), into: pixels)
    if let mirrorSeed {
      var number: Float = 0
      RandomStream(seed: mirrorSeed, purpose: .mirror, step: draw, sample: sample).fillUniform(
        &number, count: 1)
      if number < 0.5 { mirror(pixels, size: dataset.size, channels: dataset.channels) }
    }
    return index
  }
}

/// Turns a size x size x channels picture left to right, in place.
func mirror(_ pixels: UnsafeMutablePointer<UInt8>, size: Int, channels: Int) {
  for row in 0..<size {
    var left = pixels + row * size * channels
    var right = left + (size - 1) * channels
    while left < right {
      for channel in 0..<channels {
        (left[channel], right[channel]) = (right[channel], left[channel])
      }
      left += channels
      right -= channels
    }
  }
}
