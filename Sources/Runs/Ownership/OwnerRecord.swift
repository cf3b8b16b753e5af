import Cluster
import Foundation

/// Who owns a run's folder: the contents of a file such as `owner-00000001.json`.
package struct OwnerRecord: Codable, Equatable, Sendable {
  /// A random name that tells this ownership from every other one.
  package var token: String
  /// Rank 0's process.
  package var owner: ProcessIdentity
  /// The batch job that the process belongs to; nil outside of a job.
  package var job: BatchJob?
  /// When the process took the folder.
  package var since: Date
  /// Seconds without a sign of life after which the owner counts as dead, for observers that cannot see its
  /// process.
  package var patience: Double

  /// A record from its parts.
  package init(token: String, owner: ProcessIdentity, job: BatchJob?, since: Date, patience: Double) {
    self.token = token
    self.owner = owner
    self.job = job
    self.since = since
    self.patience = patience
  }

  /// A batch job.
  package struct BatchJob: Codable, Equatable, Sendable {
    /// The scheduler's name: `Slurm`, `PBS` or `LSF`.
    package var scheduler: String
    /// The job's number; in a job array, the task's.
    package var id: String
    /// How often the scheduler has restarted the job.
    package var restarts: Int

    /// A job from its parts.
    package init(scheduler: String, id: String, restarts: Int) {
      self.scheduler = scheduler
      self.id = id
      self.restarts = restarts
    }

    /// The job that the variables of `environment` name; nil: they name none.
    package init?(_ environment: [String: String]) {
      for (scheduler, id, restarts) in [
        ("Slurm", "SLURM_JOB_ID", "SLURM_RESTART_COUNT"), ("PBS", "PBS_JOBID", ""), ("LSF", "LSB_JOBID", ""),
      ] {
        guard let number = environment[id], !number.isEmpty else { continue }
        self.init(scheduler: scheduler, id: number, restarts: environment[restarts].flatMap { Int($0) } ?? 0)
        return
      }
      return nil
    }
  }

  /// Whether this owner is of the same job as `other`, from an earlier start. A scheduler restarts a job only
  /// when it takes the earlier processes for dead.
  package func isFormerSelf(of other: OwnerRecord) -> Bool {
    guard let job, let later = other.job else { return false }
    return job.scheduler == later.scheduler && job.id == later.id && job.restarts < later.restarts
  }

  /// The owner, as part of a sentence: `process 4711 on node7 (Slurm job 12), since 14:02:11`.
  package var who: String {
    let job = job.map { " (\($0.scheduler) job \($0.id))" } ?? ""
    return "process \(owner.process) on \(owner.host)\(job), since \(Self.clock(since))"
  }

  /// The time of day, with the date where that is not today.
  private static func clock(_ time: Date) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = Calendar.current.isDateInToday(time) ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss"
    return format.string(from: time)
  }
}

extension OwnerRecord {
  /// A record of this process.
  static func own(patience: Double) -> OwnerRecord {
    OwnerRecord(
      token: UUID().uuidString, owner: .own, job: BatchJob(ProcessInfo.processInfo.environment),
      since: Date(),
      patience: patience)
  }

  /// The text of its file.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    // A record holds strings and numbers only, all of which can be encoded.
    guard let data = try? encoder.encode(self) else { preconditionFailure("a record has a text") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  /// Reads the text of a file; nil where it is no record.
  init?(json: Data) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let record = try? decoder.decode(Self.self, from: json) else { return nil }
    self = record
  }
}
