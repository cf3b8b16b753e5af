import Communication
import Foundation
import Testing

/// Made-up leftovers of Open MPI in folders of the test's own; processes and what they map are real.
@Suite("What killed jobs of MPI leave, and what living ones need")
struct SessionLeftoversTests {
  /// A machine's two folders, gone when the test is.
  private final class Machine {
    let path = NSTemporaryDirectory() + "dcgan-leftovers-" + UUID().uuidString
    var memory: String { path + "/shm" }
    var temporary: String { path + "/tmp" }
    var sessions: String { temporary + "/ompi.node7.\(getuid())" }
    var leftovers: SessionLeftovers {
      SessionLeftovers(memory: memory, temporary: temporary, host: "node7.example.org")
    }

    init() throws {
      for folder in [memory, sessions] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The session of an mpirun whose own job has the number `family` x 65536; nil: not told yet.
    func session(_ process: pid_t, family: Int?) throws {
      let folder = sessions + "/pid.\(process)"
      try FileManager.default.createDirectory(atPath: folder + "/0/0", withIntermediateDirectories: true)
      try "x".write(toFile: folder + "/hwloc.sm", atomically: false, encoding: .utf8)
      guard let family else { return }
      try "\(family << 16).0;tcp://192.0.2.2:60905\n".write(
        toFile: folder + "/contact.txt", atomically: false, encoding: .utf8)
    }

    /// The shared memory of two ranks of the first job of `family`.
    func segments(family: Int, kind: String = "vader_segment", host: String = "node7", user: uid_t = getuid())
      throws
    {
      for rank in 0..<2 {
        let name = "\(kind).\(host).\(user).\(String(family << 16 | 1, radix: 16)).\(rank)"
        try "segment".write(toFile: memory + "/" + name, atomically: false, encoding: .utf8)
      }
    }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: memory)) ?? []).sorted() }
    func hasSession(_ process: pid_t) -> Bool {
      FileManager.default.fileExists(atPath: sessions + "/pid.\(process)")
    }
  }

  /// The number of a process that has ended.
  private func dead() throws -> pid_t {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/true")
    try process.run()
    process.waitUntilExit()
    return process.processIdentifier
  }

  @Test("Memory and folder of a dead mpirun go, those of a living one stay")
  func deadAndLiving() throws {
    let machine = try Machine()
    let gone = try dead()
    try machine.session(gone, family: 0x415a)
    try machine.segments(family: 0x415a)
    try machine.session(getpid(), family: 0x791b)
    try machine.segments(family: 0x791b)
    // Other hosts' and users', what is no segment, and what is too new to be known.
    try machine.segments(family: 0x415a, host: "node8")
    try machine.segments(family: 0x415a, user: getuid() + 1)
    try machine.segments(family: 0x415a, kind: "something")
    try machine.segments(family: 0x1234)
    let before = machine.files.count
    #expect(machine.leftovers.clear() == .init(segments: 2, sessions: 1))
    #expect(machine.files.count == before - 2)
    #expect(
      !machine.files.contains { $0.contains(".\(getuid()).415a0001.") && $0.hasPrefix("vader_segment.node7") }
    )
    #expect(!machine.hasSession(gone) && machine.hasSession(getpid()))
    #expect(machine.leftovers.clear() == .init())
  }

  @Test("What a process maps stays, though its mpirun is dead")
  func mapped() throws {
    let machine = try Machine()
    let gone = try dead()
    try machine.session(gone, family: 0x415a)
    try machine.segments(family: 0x415a)
    func map(_ path: String) throws -> UnsafeMutableRawPointer {
      let file = open(path, O_RDWR)
      defer { close(file) }
      return try #require(mmap(nil, 7, PROT_READ, MAP_SHARED, file, 0))
    }
    let rank = try map(machine.memory + "/" + machine.files[1])
    let server = try map(machine.sessions + "/pid.\(gone)/hwloc.sm")
    let kept = machine.files[1]
    #expect(machine.leftovers.clear() == .init(segments: 1, sessions: 0))
    #expect(machine.files == [kept] && machine.hasSession(gone))
    munmap(rank, 7)
    munmap(server, 7)
    #expect(machine.leftovers.clear() == .init(segments: 1, sessions: 1))
  }

  @Test("A session stays as long as a process maps its job's memory, so that a later look removes that too")
  func mappedMemoryAlone() throws {
    let machine = try Machine()
    let gone = try dead()
    try machine.session(gone, family: 0x415a)
    try machine.segments(family: 0x415a)
    let file = open(machine.memory + "/" + machine.files[1], O_RDWR)
    defer { close(file) }
    let kept = machine.files[1]
    // It is 7 bytes long: "segment".
    nonisolated(unsafe) let rank = try #require(mmap(nil, 7, PROT_READ, MAP_SHARED, file, 0))
    #expect(machine.leftovers.clear() == .init(segments: 1, sessions: 0))
    #expect(machine.files == [kept] && machine.hasSession(gone))
    // The parent of a killed mpirun waits for its last rank.
    let ended = Thread {
      Thread.sleep(forTimeInterval: 0.3)
      munmap(rank, 7)
    }
    ended.start()
    machine.leftovers.clear(afterMPIRun: gone)
    #expect(machine.files.isEmpty && !machine.hasSession(gone))
  }

  @Test("While a living mpirun does not tell its jobs, only what is known to be dead goes")
  func untold() throws {
    let machine = try Machine()
    let gone = try dead()
    try machine.session(gone, family: 0x415a)
    try machine.segments(family: 0x415a)
    try machine.session(getpid(), family: nil)
    try machine.segments(family: 0x791b, kind: "sm_segment")
    #expect(machine.leftovers.clear() == .init(segments: 2, sessions: 1))
    #expect(machine.files.count == 2)
  }

  @Test("Of one's own mpirun that was killed all goes, and nothing else")
  func own() throws {
    let machine = try Machine()
    let (own, other) = (try dead(), try dead())
    try machine.session(own, family: 0x415a)
    try machine.segments(family: 0x415a)
    try machine.session(other, family: 0x791b)
    try machine.segments(family: 0x791b)
    machine.leftovers.clear(afterMPIRun: own)
    #expect(!machine.hasSession(own) && machine.hasSession(other))
    #expect(machine.files.count == 2 && machine.files.allSatisfy { $0.contains(".791b0001.") })
    let began = Date()
    machine.leftovers.clear(afterMPIRun: own)
    #expect(Date().timeIntervalSince(began) < 0.5)
  }

  @Test("What was removed is a sentence, where there was memory")
  func sentence() {
    #expect(SessionLeftovers.Removed(segments: 0, sessions: 3).sentence == nil)
    #expect(
      SessionLeftovers.Removed(segments: 2).sentence
        == "removed 2 files of shared memory that ranks of a killed mpirun had left in /dev/shm")
    #expect(SessionLeftovers.Removed(segments: 1).sentence?.hasPrefix("removed 1 file of") == true)
  }
}
