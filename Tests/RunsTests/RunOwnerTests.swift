import Cluster
import Foundation
import Runs
import Synchronization
import Testing

/// Who owns a run's folder, tried with records of other machines and jobs.
@Suite("The owner of a run's folder") struct RunOwnerTests {
  private let folder = NSTemporaryDirectory() + "dcgan-dist-owner-" + UUID().uuidString

  /// A record of this process, or of one that cannot be seen from here.
  private func record(
    host: String? = nil, job: String? = nil, restarts: Int = 0, patience: Double = 2, process: Int32? = nil
  ) -> OwnerRecord {
    var owner = ProcessIdentity.own
    if let host { owner.host = host }
    if let process { owner.process = process }
    return OwnerRecord(
      token: UUID().uuidString, owner: owner,
      job: job.map { OwnerRecord.BatchJob(scheduler: "Slurm", id: $0, restarts: restarts) }, since: Date(),
      patience: patience)
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func refusal(_ record: OwnerRecord) -> String? {
    do {
      try RunOwner.claim(folder, as: record) { _ in }.release()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "A folder that an owner at work has is refused with its process, host and job, and free once it is released"
  )
  func refused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let owner = try RunOwner.claim(folder, as: record(job: "12")) { _ in }
    #expect(try files() == ["owner-00000001.json"])
    let sentence = try #require(refusal(record()))
    #expect(sentence.hasPrefix("\(folder) belongs to a run that goes on: process \(getpid()) on "))
    #expect(sentence.contains("(Slurm job 12), since ") && sentence.contains("kill -USR1 \(getpid())"))
    // A refused start leaves nothing and takes nothing.
    #expect(try files() == ["owner-00000001.json"])
    #expect(try owner.check())
    owner.release()
    // Made for the owner, and nothing was written into it.
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(refusal(record()) == nil)
  }

  @Test("What an ended process left is taken over at once, and said")
  func dead() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // No process has this number: it is above the system's limit.
    let left = try RunOwner.claim(folder, as: record(patience: 600, process: 1 << 23)) { _ in }
    var notes: [String] = []
    let began = Date()
    let owner = try RunOwner.claim(folder, as: record()) { notes.append($0) }
    #expect(Date().timeIntervalSince(began) < 1)
    #expect(notes.count == 1 && notes[0].contains("has ended; its folder \(folder) is taken over"))
    #expect(try files() == ["owner-00000002.json"])
    #expect(throws: LostFolder.self) { try left.check() }
    #expect(throws: LostFolder.self) { try left.inHeldFolder { Issue.record("it is another's") } }
    // What the one that lost it does on its way out harms nobody.
    left.release()
    #expect(try owner.check())
    #expect(try files() == ["owner-00000002.json"])
    owner.release()
  }

  @Test("A number that names another process by now is not taken for the owner's")
  func reusedNumber() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var old = record(patience: 600)
    old.owner.began = (old.owner.began ?? 1) &- 1
    let left = try RunOwner.claim(folder, as: old) { _ in }
    #expect(refusal(record()) == nil)
    left.release()
  }

  @Test("An owner on another host is refused while it gives signs of life, and followed when it gives none")
  func otherHost() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let owner = try RunOwner.claim(folder, as: record(host: "elsewhere")) { _ in }
    let sentence = try #require(refusal(record()))
    #expect(sentence.contains("on elsewhere"))
    // Its file stays where it was, and nobody touches it any more.
    let path = folder + "/owner-00000001.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    owner.release()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    var notes: [String] = []
    let began = Date()
    let next = try RunOwner.claim(folder, as: record()) { notes.append($0) }
    #expect(Date().timeIntervalSince(began) >= 2)
    #expect(notes.first?.contains("waiting up to 2 s for a sign of its life") == true)
    #expect(notes.last?.contains("has given no sign of life for") == true)
    next.release()
  }

  @Test("A job that was started again waits until its former self leaves, which notices at its next look")
  func sameJob() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let old = try RunOwner.claim(folder, as: record(host: "lost", job: "7")) { _ in }
    let isTaken = Mutex(false)
    let thread = Thread {
      if let owner = try? RunOwner.claim(
        self.folder, as: self.record(job: "7", restarts: 1), notify: { _ in })
      {
        isTaken.withLock { $0 = true }
        owner.release()
      }
    }
    thread.start()
    let end = Date(timeIntervalSinceNow: 20)
    var lost: LostFolder?
    while lost == nil, Date() < end {
      do { _ = try old.check() } catch let error as LostFolder { lost = error }
      Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(
      lost?.description.contains("does not belong to this run any more: process \(getpid()) on ") == true)
    #expect(!isTaken.withLock { $0 }, "the old one has not left yet")
    // Longer than its patience: it gives signs of life still.
    Thread.sleep(forTimeInterval: 3)
    #expect(!isTaken.withLock { $0 })
    old.release()
    while !isTaken.withLock({ $0 }), Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    #expect(isTaken.withLock { $0 })
  }

  @Test("A former self that gives signs of life at first, and then is killed, is followed")
  func formerSelfDies() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let old = try RunOwner.claim(folder, as: record(host: "lost", job: "7")) { _ in }
    let path = folder + "/owner-00000001.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    old.release()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    let thread = Thread {
      for _ in 0..<15 {
        utimes(path, nil)
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
    thread.start()
    let began = Date()
    let owner = try RunOwner.claim(folder, as: record(job: "7", restarts: 1)) { _ in }
    let seconds = Date().timeIntervalSince(began)
    #expect(seconds > 1.5 && seconds < 15)
    #expect(try files() == ["owner-00000002.json"])
    owner.release()
  }

  @Test("A former self on this machine is asked to leave, too, and followed at once when it has ended")
  func formerSelfHere() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sleeper = Process()
    sleeper.executableURL = URL(fileURLWithPath: "/bin/sleep")
    sleeper.arguments = ["2"]
    try sleeper.run()
    // Its patience is long: what ends the wait is that the process is seen to have ended.
    var record = record(job: "7", patience: 600, process: sleeper.processIdentifier)
    record.owner.began = nil
    let old = try RunOwner.claim(folder, as: record) { _ in }
    let began = Date()
    let owner = try RunOwner.claim(folder, as: self.record(job: "7", restarts: 1)) { _ in }
    let seconds = Date().timeIntervalSince(began)
    #expect(seconds > 0.5 && seconds < 15)
    #expect(throws: LostFolder.self) { try old.check() }
    owner.release()
    old.release()
    sleeper.waitUntilExit()
  }

  @Test("The same job started once more under the same count is another start, and refused")
  func sameCount() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let owner = try RunOwner.claim(folder, as: record(host: "elsewhere", job: "7")) { _ in }
    #expect(refusal(record(job: "7")) != nil)
    owner.release()
  }

  @Test("Of many that start at once one has the folder")
  func race() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for round in 0..<20 {
      // Every other time they find what a dead one left.
      let left =
        round % 2 == 0
        ? nil : try RunOwner.claim(folder, as: record(patience: 600, process: 1 << 23)) { _ in }
      let owners = Mutex<[RunOwner]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        if let owner = try? RunOwner.claim(folder, as: record(), notify: { _ in }) {
          owners.withLock { $0.append(owner) }
        }
      }
      let taken = owners.withLock { $0 }
      #expect(taken.count == 1)
      #expect(try taken.allSatisfy { try $0.check() })
      for owner in taken { owner.release() }
      left?.release()
    }
  }

  @Test("A folder that was removed is gone, and stays so; a file that was removed alone is made again")
  func removed() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let owner = try RunOwner.claim(folder, as: record()) { _ in }
    try FileManager.default.removeItem(atPath: folder + "/owner-00000001.json")
    #expect(try owner.check())
    #expect(try files() == ["owner-00000001.json"])
    #expect(refusal(record()) != nil)
    try FileManager.default.removeItem(atPath: folder)
    #expect(try !owner.check())
    #expect(owner.standing == .gone)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(try !owner.check())
    #expect(try owner.inFolder { 1 } == nil)
    #expect(throws: RunError("the folder \(folder) is gone")) { try owner.inHeldFolder { 1 } }
    owner.release()
  }

  @Test("A file that is no record is said to be none, and waited for like any other")
  func damaged() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "{".write(toFile: folder + "/owner-00000003.json", atomically: true, encoding: .utf8)
    var notes: [String] = []
    let owner = try RunOwner.claim(folder, as: record()) { notes.append($0) }
    #expect(notes.first?.contains("belongs to an unknown process") == true)
    #expect(try files() == ["owner-00000004.json"])
    owner.release()
  }

  @Test("A record is read back as it was written, and an older one of a job is its former self")
  func records() throws {
    let job = OwnerRecord.BatchJob(["SLURM_JOB_ID": "9", "SLURM_RESTART_COUNT": "2"])
    #expect(job == OwnerRecord.BatchJob(scheduler: "Slurm", id: "9", restarts: 2))
    #expect(OwnerRecord.BatchJob(["PBS_JOBID": "3.host"])?.id == "3.host")
    #expect(OwnerRecord.BatchJob(["HOME": "/"]) == nil)
    #expect(record(job: "9").isFormerSelf(of: record(job: "9", restarts: 1)))
    #expect(!record(job: "9", restarts: 1).isFormerSelf(of: record(job: "9", restarts: 1)))
    #expect(!record(job: "9").isFormerSelf(of: record(job: "8", restarts: 1)))
    #expect(!record().isFormerSelf(of: record(job: "9", restarts: 1)))
  }
}
