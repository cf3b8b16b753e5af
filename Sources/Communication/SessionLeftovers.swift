import Foundation
import Wording

/// What jobs of Open MPI leave on this machine when their mpirun is killed: the shared memory of their
/// ranks, one file per rank in /dev/shm, and the folder of their session. A job that ends by itself removes
/// both.
///
/// Nothing of a living job is touched. A file or folder is removed only if it is this user's and of this
/// host, and no process maps it or a file in it: ranks and their mpirun map theirs for as long as they
/// live. Moreover, its mpirun must be known to be dead or, where that is not known, it must be so old that
/// its job's processes would have mapped it by now.
package struct SessionLeftovers {
  /// What was removed.
  package struct Removed: Equatable, Sendable {
    /// Files of shared memory.
    package var segments = 0
    /// Folders of sessions.
    package var sessions = 0

    /// Creates a count.
    package init(segments: Int = 0, sessions: Int = 0) {
      (self.segments, self.sessions) = (segments, sessions)
    }

    /// One sentence about shared memory; nil where there was none.
    package var sentence: String? {
      guard segments > 0 else { return nil }
      return
        "removed \(counted(segments, "file")) of shared memory that ranks of a killed mpirun "
        + "had left in /dev/shm"
    }
  }

  private let memory: String
  private let sessions: String
  private let host: String
  private let user = getuid()

  /// Looks at this machine.
  package init() {
    let environment = ProcessInfo.processInfo.environment
    let temporary = ["TMPDIR", "TEMP", "TMP"].lazy.compactMap { environment[$0] }.first ?? "/tmp"
    self.init(memory: "/dev/shm", temporary: temporary, host: Host.name)
  }

  /// Looks at other folders, for tests.
  /// - Parameters:
  ///   - memory: in place of /dev/shm.
  ///   - temporary: the folder of temporary files.
  ///   - host: this machine's name.
  package init(memory: String, temporary: String, host: String) {
    // Open MPI drops the domain.
    self.host = String(host.prefix { $0 != "." })
    self.memory = memory
    sessions = "\(temporary)/ompi.\(self.host).\(user)"
  }

  /// Removes what is left of any job of this user. Where this process does not see all processes of the
  /// machine, as in a container, it removes nothing, as it cannot tell what is in use.
  package func clear() -> Removed {
    guard Self.seesAllProcesses else { return Removed() }
    return clear({ _ in true }, others: true)
  }

  /// Removes what is left of the job of an mpirun that was this process's child and has ended, once its
  /// ranks are gone. Waits for that up to three seconds, as killed ranks take their time on a loaded
  /// machine.
  package func clear(afterMPIRun process: pid_t) {
    for _ in 0..<60 {
      guard knownSessions().contains(where: { $0.process == process }) else { return }
      if clear({ $0.process == process }, others: false).sessions > 0 { return }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// - Parameters:
  ///   - isMeant: whether the remains of this session are to be removed.
  ///   - others: whether files that belong to no known session are removed too.
  private func clear(_ isMeant: (Session) -> Bool, others: Bool) -> Removed {
    let all = knownSessions()
    let dead = all.filter { $0.isOver && isMeant($0) }
    let living = all.filter { !$0.isOver }
    let left = segments().filter { segment in
      if living.contains(where: { $0.family == segment.family }) { return false }
      if dead.contains(where: { $0.family == segment.family }) { return true }
      return others && segment.age > Self.safeAge && !living.contains { $0.family == nil }
    }
    var removed = Removed()
    guard !left.isEmpty || !dead.isEmpty else { return removed }
    let mapped = Self.mappedFiles(below: [memory, sessions])
    var kept: Set<UInt32> = []
    for segment in left {
      if mapped.contains(segment.path) {
        kept.insert(segment.family)
      } else if unlink(segment.path) == 0 {
        removed.segments += 1
      }
    }
    // A rank that ends while the maps are read shows only a part of its maps. While a segment of a job is
    // kept, its session is kept too: only the session tells a later search that the job is dead.
    for session in dead where !mapped.contains(where: { $0.hasPrefix(session.path + "/") }) {
      if let family = session.family, kept.contains(family) { continue }
      if (try? FileManager.default.removeItem(atPath: session.path)) != nil { removed.sessions += 1 }
    }
    // Removes the folder if no session is left in it.
    rmdir(sessions)
    return removed
  }

  /// Seconds after which a job's processes have mapped all that they map at their start.
  private static let safeAge = 60.0

  /// A file of shared memory.
  private struct Segment {
    var path: String
    /// The part of its job's number that all jobs of one mpirun share.
    var family: UInt32
    /// Seconds since it was made.
    var age: Double
  }

  /// The files of this user's ranks on this host: `vader_segment.HOST.USER.JOB.RANK`, the job in hexadecimal;
  /// `sm_segment...` from Open MPI 5 on.
  private func segments() -> [Segment] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: memory)) ?? []
    return names.compactMap { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count >= 5, ["vader_segment", "sm_segment"].contains(parts[0]), parts[1] == host,
        parts[parts.count - 3] == "\(user)", let job = UInt32(parts[parts.count - 2], radix: 16)
      else { return nil }
      let path = "\(memory)/\(name)"
      guard let status = own(path), status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Segment(path: path, family: job >> 16, age: age(status))
    }
  }

  /// The session of an mpirun, or of its daemon on another host.
  private struct Session {
    var path: String
    /// mpirun's process number; nil for a daemon's session, which does not have it.
    var process: pid_t?
    /// The same part of the job's number as a segment's `family`; nil where the session does not tell it.
    var family: UInt32?
    /// Seconds since something in it changed.
    var age: Double
    /// Whether its mpirun is dead or, where that is not known, the session is old. (A process that maps a
    /// file in it shows that it is in use; `clear` looks for that.)
    var isOver: Bool {
      process.map { kill($0, 0) != 0 && errno == ESRCH } ?? (age > SessionLeftovers.safeAge)
    }
  }

  /// This user's sessions on this host: `pid.NUMBER` of an mpirun, where `contact.txt` begins with the number of its
  /// own job, and `jf.FAMILY` of a daemon.
  private func knownSessions() -> [Session] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: sessions)) ?? []
    return names.compactMap { name in
      let path = "\(sessions)/\(name)"
      guard let status = own(path), status.st_mode & S_IFMT == S_IFDIR else { return nil }
      if name.hasPrefix("jf."), let family = UInt32(name.dropFirst(3)) {
        return Session(path: path, process: nil, family: family, age: age(status))
      }
      guard name.hasPrefix("pid."), let process = pid_t(name.dropFirst(4)), process > 0 else { return nil }
      let contact = try? String(contentsOfFile: "\(path)/contact.txt", encoding: .utf8)
      let job = contact.flatMap { UInt32($0.prefix { $0 != "." }) }
      return Session(path: path, process: process, family: job.map { $0 >> 16 }, age: age(status))
    }
  }

  private func age(_ status: stat) -> Double { Date().timeIntervalSince1970 - Double(status.st_ctim.tv_sec) }

  /// What the system says of a file of this user's; nil for others.
  private func own(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_uid == user ? status : nil
  }

  /// Whether /proc shows the processes of the whole machine: the first namespace of processes has this number on any
  /// Linux.
  private static var seesAllProcesses: Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) == "pid:[4026531836]"
  }

  /// The files below these folders that some process maps. Processes whose maps may not be read are other
  /// users'.
  private static func mappedFiles(below folders: [String]) -> Set<String> {
    var found: Set<String> = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] where pid_t(name) != nil
    {
      for line in bytes(of: "/proc/\(name)/maps").split(separator: UInt8(ascii: "\n")) {
        guard let start = line.firstIndex(of: UInt8(ascii: "/")) else { continue }
        let path = String(decoding: line[start...], as: UTF8.self)
        if folders.contains(where: { path.hasPrefix($0 + "/") }) { found.insert(path) }
      }
    }
    return found
  }

  /// The bytes of a file of /proc. Such a file has no size and is read page by page; Foundation takes the
  /// first page for all of it.
  private static func bytes(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return all }
      all += part[..<count]
    }
  }
}
