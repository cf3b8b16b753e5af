import CKernels
import CSignals
import Synchronization

/// A batch of samples of one shape in NHWC order, float32, in memory of its own.
///
/// The memory is allocated once, for `capacity` samples; a pass uses the first n of them. Elements are
/// undefined until written. Loops over elements live in C.
package final class Tensor: @unchecked Sendable {
  /// The shape of one sample.
  package let shape: PictureShape
  /// How many samples fit.
  package let capacity: Int
  /// `capacity * shape.count` floats, aligned to a page.
  package let data: UnsafeMutablePointer<Float>

  /// Allocates room for `capacity` samples, zeroed.
  package init(capacity: Int, shape: PictureShape) {
    precondition(capacity >= 0 && shape.count > 0, "a tensor has a size")
    self.shape = shape
    self.capacity = capacity
    data = AlignedMemory.allocate(floats: capacity * shape.count)
  }

  deinit { AlignedMemory.free(data, floats: capacity * shape.count) }

  /// Where sample `index` begins.
  package func sample(_ index: Int) -> UnsafeMutablePointer<Float> { data + index * shape.count }
}

/// Memory for floats, mapped from the system.
package enum AlignedMemory {
  private static let held = Atomic(0)
  /// Bytes that are allocated now. They take as much of the machine's memory once all of them were written
  /// to.
  package static var bytes: Int { held.load(ordering: .relaxed) }

  /// Allocates `floats` zeroed floats, aligned to a page, to be freed by `free`. Pages that are never
  /// touched take no memory. Where the system has no memory left, the process ends with a message that says
  /// so.
  package static func allocate(floats: Int) -> UnsafeMutablePointer<Float> {
    guard let memory = ck_memory_map(max(floats, 16) * 4) else {
      // A caller could do nothing without this memory, and has none to handle an error with.
      let megabytes = max(1, floats >> 18)
      csignals_give_up(
        "out of memory: the system gives no further \(megabytes) MB; take fewer ranks on this machine, a smaller "
          + "--batch-size or --width, or raise the limit (ulimit -v, the job's --mem)", 1)
    }
    held.add(max(floats, 16) * 4, ordering: .relaxed)
    return memory.bindMemory(to: Float.self, capacity: max(floats, 16))
  }

  /// Frees the memory that `allocate(floats:)` returned for the same `floats`.
  package static func free(_ pointer: UnsafeMutablePointer<Float>, floats: Int) {
    ck_memory_unmap(pointer, max(floats, 16) * 4)
    held.subtract(max(floats, 16) * 4, ordering: .relaxed)
  }
}

/// A fixed buffer of floats with an owner.
package final class FloatBuffer: @unchecked Sendable {
  /// How many floats.
  package let count: Int
  /// The first one; aligned to a page.
  package let data: UnsafeMutablePointer<Float>

  /// Allocates `count` zeroed floats.
  package init(count: Int) {
    self.count = count
    data = AlignedMemory.allocate(floats: count)
  }

  deinit { AlignedMemory.free(data, floats: count) }

  /// The buffer's bytes.
  package var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: data, count: count * 4)
  }
}
