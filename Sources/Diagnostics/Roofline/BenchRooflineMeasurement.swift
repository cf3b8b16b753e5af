import CKernels
import Cluster
import Communication
import Foundation
import Reporting
import Tensors

extension Roofline {
  /// Measures on the threads of `pool`, which takes a second or two. BLAS must be open. Collective: all ranks
  /// measure at the same time.
  /// - Throws: errors of the message layer.
  static func measure(
    on pool: ThreadPool, _ program: ProgramRecord, communicator: any Communicator
  ) throws -> Roofline {
    let meter = RooflineMeter(pool: pool)
    func together<Value>(_ body: () -> Value) throws -> Value {
      try communicator.barrier()
      return body()
    }
    let core = try together { meter.multiplyAdd(threads: 1) }
    let all = try together { meter.multiplyAdd(threads: pool.threads) }
    let square = try together { meter.sgemm(m: 1536, n: 1536, k: 1536, callsPerThread: 2) }
    let tile = try together { meter.sgemm(m: 256, n: 128, k: 1024, callsPerThread: 100) }
    let memory = try together { meter.memory() }
    return Roofline(
      ranks: communicator.size, threads: pool.threads, blasCore: program.blasCore,
      instructionSet: program.instructionSet, coreGigaflops: core * 1e-9, gigaflops: all * 1e-9,
      sgemmSquareGigaflops: square * 1e-9, sgemmTileGigaflops: tile * 1e-9, copyGigabytes: memory.copy * 1e-9,
      triadGigabytes: memory.triad * 1e-9)
  }
}

/// Measures rates on the threads of a pool. Each rate is the best of several repetitions, as other processes
/// can only slow a repetition down.
private struct RooflineMeter {
  let pool: ThreadPool

  /// The best rate of `body` in units of `work` a second, over at least three repetitions and at least a
  /// quarter of a second.
  private func rate(of work: Double, _ body: () -> Void) -> Double {
    var best = 0.0
    var repetitions = 0
    let begin = Pace.now()
    while repetitions < 3 || Pace.now() - begin < 0.25 {
      let start = Pace.now()
      body()
      best = max(best, work / max(1e-9, Pace.now() - start))
      repetitions += 1
    }
    return best
  }

  /// Operations a second of multiply-adds in registers.
  func multiplyAdd(threads: Int) -> Double {
    // Several pieces for each thread, so that a thread that starts late takes fewer.
    let items = 4 * threads
    let rounds = 50_000
    var operations = 0.0
    var sink: Float = 0
    ck_fma_peak(rounds, &operations, &sink)
    return rate(of: operations * Double(items)) {
      func item() {
        var operations = 0.0
        var sink: Float = 0
        ck_fma_peak(rounds, &operations, &sink)
      }
      if threads == 1 {
        for _ in 0..<items { item() }
      } else {
        pool.run(items) { _, _ in item() }
      }
    }
  }

  /// Operations a second of C [m x n] = A [m x k] B [k x n], each thread with an A and a C of its own.
  func sgemm(m: Int, n: Int, k: Int, callsPerThread: Int) -> Double {
    let b = FloatBuffer(count: k * n)
    b.data.update(repeating: 0.5, count: b.count)
    let own = (0..<pool.threads).map { _ in (a: FloatBuffer(count: m * k), c: FloatBuffer(count: m * n)) }
    for pair in own { pair.a.data.update(repeating: 0.25, count: pair.a.count) }
    let calls = callsPerThread * pool.threads
    return rate(of: 2 * Double(m) * Double(n) * Double(k) * Double(calls)) {
      pool.run(calls) { _, worker in
        matrixProduct(
          MatrixView(own[worker].a.data, rowStride: k), MatrixView(b.data, rowStride: n),
          into: MatrixTarget(own[worker].c.data, rowStride: n), m: m, n: n, k: k)
      }
    }
  }

  /// Bytes a second of a copy and of a triad, over arrays that are each twice as large as the last-level
  /// caches.
  func memory() -> (copy: Double, triad: Double) {
    let bytes = min(max(2 * CacheSize.lastLevel, 64 << 20), 256 << 20)
    let count = bytes / 4
    let chunk = 1 << 18
    let arrays = (0..<3).map { _ in UnsafeMutablePointer<Float>.allocate(capacity: count) }
    defer { arrays.forEach { $0.deallocate() } }
    // The threads write first, so that on a NUMA machine each node's memory holds a part.
    pool.runChunks(count, chunk: chunk) { range in
      for array in arrays { (array + range.lowerBound).initialize(repeating: 1, count: range.count) }
    }
    let (x, y, z) = (arrays[0], arrays[1], arrays[2])
    let copy = rate(of: 2 * Double(bytes)) {
      pool.runChunks(count, chunk: chunk) { ck_copy(x + $0.lowerBound, y + $0.lowerBound, $0.count) }
    }
    let triad = rate(of: 3 * Double(bytes)) {
      pool.runChunks(count, chunk: chunk) {
        ck_triad(x + $0.lowerBound, y + $0.lowerBound, 0.5, z + $0.lowerBound, $0.count)
      }
    }
    return (copy, triad)
  }
}

/// The sizes of the processors' caches, as Linux reports them.
enum CacheSize {
  /// Bytes of all caches of the last level before memory, each counted once; 0 where the system does not tell.
  static var lastLevel: Int {
    let files = FileManager.default
    let root = "/sys/devices/system/cpu"
    func text(_ path: String) -> String? {
      (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    var level = 0
    var sizes: [String: Int] = [:]
    for processor in (try? files.contentsOfDirectory(atPath: root)) ?? []
    where processor.hasPrefix("cpu") && Int(processor.dropFirst(3)) != nil {
      for index in 0..<8 {
        let cache = "\(root)/\(processor)/cache/index\(index)"
        guard let found = text(cache + "/level").flatMap({ Int($0) }), found >= level,
          let size = text(cache + "/size"), size.hasSuffix("K"), let kilobytes = Int(size.dropLast())
        else { continue }
        if found > level { sizes.removeAll() }
        level = found
        sizes[text(cache + "/shared_cpu_list") ?? processor] = kilobytes << 10
      }
    }
    return sizes.values.reduce(0, +)
  }
}
