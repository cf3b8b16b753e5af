import Communication
import Datasets
import Foundation
import Networks
import Synchronization
import Tensors

/// Makes a fault happen on purpose, so that anybody can try on a cluster how a run reacts.
///
/// It exists only where rank 0's environment has `DCGAN_FAULT`, and only on the rank that the variable names;
/// no other rank pays for it in a step.
final class FaultInjection: Sendable {
  private let fault: Fault
  /// Whether the fault of the loader's threads is due.
  private let strikesLoader = Atomic(false)
  private let isDone = Atomic(false)

  private init(_ fault: Fault) { self.fault = fault }

  /// The fault that rank 0's variable asks of this rank; nil: none. Collective.
  /// - Throws: `RunError` for a text that names no fault, `CommunicationError`.
  static func asked(_ communicator: any Communicator) throws -> FaultInjection? {
    let text = try communicator.broadcast(ProcessInfo.processInfo.environment[Fault.variable] ?? "")
    guard !text.isEmpty else { return nil }
    let fault = try Fault(text, ranks: communicator.size)
    return fault.rank == communicator.rank ? FaultInjection(fault) : nil
  }

  /// Makes the fault happen if it is due in step `step`, counted from 1, before the step begins to compute.
  /// - Throws: `InjectedFault`.
  func strike(step: Int) throws {
    guard step == fault.step else { return }
    switch fault.kind {
    case .throw: throw InjectedFault(description: "\(Fault.variable) asked for an error in step \(step)")
    case .throwLoader, .hangLoader: strikesLoader.store(true, ordering: .relaxed)
    case .exit: exit(0)
    case .hang: while true { sleep(3600) }
    case .abort: Foundation.abort()
    case .memory: Self.exhaustMemory()
    case .flip: break
    }
  }

  /// Flips one bit of `gradient`, if that is the fault and it is due for `role` in step `step`.
  func strike(_ gradient: FloatBuffer, of role: NetworkRole, step: Int) {
    guard fault.kind == .flip, step == fault.step, (role == .generator) == fault.isGenerator,
      !isDone.exchange(true, ordering: .relaxed)
    else { return }
    // The bit of a zero might be lost in the optimizer.
    let middle = gradient.count / 2
    let place = (0..<gradient.count).first { gradient.data[(middle + $0) % gradient.count] != 0 } ?? 0
    let element = gradient.data + (middle + place) % gradient.count
    element.pointee = Float(bitPattern: element.pointee.bitPattern ^ (1 << UInt32(fault.bit)))
  }

  /// `dataset`, wrapped so that it fails when the fault is due, if the fault is the loader's.
  func suffering(_ dataset: any PictureDataset) -> any PictureDataset {
    guard fault.kind == .throwLoader || fault.kind == .hangLoader else { return dataset }
    return FaultyDataset(base: dataset, fault: self)
  }

  /// Makes the loader's fault happen if it is due. Called on a thread of the loader.
  fileprivate func strikeLoader() throws {
    guard strikesLoader.load(ordering: .relaxed) else { return }
    if fault.kind == .hangLoader { while true { sleep(3600) } }
    throw InjectedFault(
      description: "\(Fault.variable) asked for an error of the picture loader from step \(fault.step) on")
  }

  /// Asks for memory until the system gives none, as it happens where a job reaches its limit.
  private static func exhaustMemory() -> Never {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    var kept: [FloatBuffer] = []
    while true { kept.append(FloatBuffer(count: 64 << 20)) }
  }
}

/// An error that was asked for.
struct InjectedFault: Error, CustomStringConvertible {
  let description: String
}

/// A data set that fails on demand.
private struct FaultyDataset: PictureDataset {
  let base: any PictureDataset
  let fault: FaultInjection

  var count: Int { base.count }
  var size: Int { base.size }
  var channels: Int { base.channels }
  var describe: String { base.describe }
  var fingerprint: UInt64 { base.fingerprint }
  var labels: LabelTable? { base.labels }
  func identity(of index: Int) -> String? { base.identity(of: index) }

  func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    try fault.strikeLoader()
    return try base.draw(index, into: pixels)
  }
}
