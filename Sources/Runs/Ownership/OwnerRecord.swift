import Cluster
import Foundation

/// Who owns a run's folder: what stands in its file `owner-00000001.json`.
package struct OwnerRecord: Codable, Equatable, Sendable {
  /// Tells this ownership from every other one.
  package var token: String
  /// Rank 0's process.
  package var owner: ProcessIdentity
  /// The batch job that it belongs to; nil outside of one.
  package var job: BatchJob?
  /// When it took the folder.
  package var since: Date
  /// Seconds without a sign of life after which it counts as dead, where its death cannot be seen.
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
    /// Whose: `Slurm`, `PBS`, `LSF`.
    package var scheduler: String
    /// Its number; of an array, the task's.
    package var id: String
    /// How often it was started again before.
    package var restarts: Int

    /// A job from its parts.
    package init(scheduler: String, id: String, restarts: Int) {
      self.scheduler = scheduler
      self.id = id
      self.restarts = restarts
    }

    /// The job that `environment` tells of; nil: none.
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

  /// Whether this owner is the same job as `other`, and was started before it: a scheduler starts a job again only
  /// when it takes what was there for dead.
  package func isFormerSelf(of other: OwnerRecord) -> Bool {
    guard let job, let later = other.job else { return false }
    return job.scheduler == later.scheduler && job.id == later.id && job.restarts < later.restarts
  }

  /// Who it is, for a sentence: `process 4711 on node7 (Slurm job 12), since 14:02:11`.
  package var who: String {
    let job = job.map { " (\($0.scheduler) job \($0.id))" } ?? ""
    return "process \(owner.process) on \(owner.host)\(job), since \(Self.clock(since))"
  }

  /// The time of day, with the date where that is another one.
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
    // Strings and numbers of its own making: nothing that could not be written.
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
