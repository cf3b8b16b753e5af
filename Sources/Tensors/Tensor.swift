/// A batch of samples of one shape in NHWC order, float32, in memory of its own.
///
/// The memory is allocated once, for `capacity` samples; a pass uses the first n of them. Elements are
/// undefined until written. Loops over elements live in C.
public final class Tensor: @unchecked Sendable {
  /// The shape of one sample.
  public let shape: PictureShape
  /// How many samples fit.
  public let capacity: Int
  /// `capacity * shape.count` floats, aligned to 64 bytes.
  public let data: UnsafeMutablePointer<Float>

  /// Allocates room for `capacity` samples, zeroed.
  public init(capacity: Int, shape: PictureShape) {
    precondition(capacity >= 0 && shape.count > 0, "a tensor has a size")
    self.shape = shape
    self.capacity = capacity
    data = AlignedMemory.allocate(floats: capacity * shape.count)
  }

  deinit { AlignedMemory.free(data) }

  /// Where sample `index` begins.
  public func sample(_ index: Int) -> UnsafeMutablePointer<Float> { data + index * shape.count }
}

/// Memory aligned for vector loads.
public enum AlignedMemory {
  /// Allocates `floats` zeroed floats, aligned to 64 bytes. Freed by `free`.
  public static func allocate(floats: Int) -> UnsafeMutablePointer<Float> {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(floats, 16) * 4, alignment: 64)
    let pointer = raw.bindMemory(to: Float.self, capacity: max(floats, 16))
    pointer.initialize(repeating: 0, count: max(floats, 16))
    return pointer
  }

  /// Frees what `allocate` gave.
  public static func free(_ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).deallocate()
  }
}

/// A fixed buffer of floats with an owner.
public final class FloatBuffer: @unchecked Sendable {
  /// How many floats.
  public let count: Int
  /// The first one; aligned to 64 bytes.
  public let data: UnsafeMutablePointer<Float>

  /// Allocates `count` zeroed floats.
  public init(count: Int) {
    self.count = count
    data = AlignedMemory.allocate(floats: count)
  }

  deinit { AlignedMemory.free(data) }

  /// The buffer's bytes.
  public var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: data, count: count * 4)
  }
}
