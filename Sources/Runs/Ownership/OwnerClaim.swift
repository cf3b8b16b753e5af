import Cluster
import Files
import Foundation

/// Takes a run's folder for this process, or finds out who has it. See Note [Owner of a folder].
struct OwnerClaim {
  let files: OwnerFiles
  /// What this process writes about itself if it takes the folder.
  let record: OwnerRecord
  /// Called at once with a sentence for a person, as waiting may take a minute.
  let notify: (String) -> Void

  /// Seconds between two looks at an owner whose process cannot be seen.
  private static let pause = 0.5

  /// What was found out about the owner that has the folder.
  private enum Judgement {
    /// It is at work.
    case alive
    /// It has ended; the phrase says how that is known.
    case dead(String)
    /// It belongs to the same job, which the scheduler started again because it took this owner for dead. It
    /// may still be alive.
    case formerSelf
    /// Its file is gone.
    case gone
  }

  /// Takes the folder, which must exist.
  /// - Parameter folderIsMade: whether the folder was made for this claim, and is removed on release if it is
  ///   empty.
  /// - Returns: the owner that holds the folder from now on.
  /// - Throws: `RunError` where another process has it, or a signal asked for the end meanwhile; `FileError`.
  func take(folderIsMade: Bool) throws -> RunOwner {
    let draft = try OwnerDraft(record, in: files.folder)
    var told: Set<Int> = []
    while true {
      try endIfAsked()
      let last = try files.numbers().last
      var mayLive: OwnerFiles.Found?
      if let last {
        guard let found = try files.read(last) else { continue }
        switch try judge(found, draft) {
        case .gone: continue
        case .alive: throw RunError(refusal(found))
        case .formerSelf: mayLive = found
        case .dead(let sentence):
          if told.insert(last).inserted {
            notify("note: \(sentence); its folder \(files.folder) is taken over")
          }
        }
      }
      let number = (last ?? 0) + 1
      guard let file = try draft.publish(as: files.path(number)) else { continue }
      // Another process may have published a higher number while this one slept between listing the numbers
      // and publishing its own.
      guard try files.numbers().last == number else {
        unlink(files.path(number))
        close(file)
        continue
      }
      let owner = RunOwner(files, number: number, record: record, file: file, folderIsMade: folderIsMade)
      do {
        if let mayLive { try waitForEnd(of: mayLive, draft) }
        try files.removeBelow(number)
        try removeDrafts(draft)
        try AtomicFile.flushFolder(files.folder)
      } catch {
        owner.release()
        throw error
      }
      return owner
    }
  }

  /// The sentence for a person who asked for a folder that another run has.
  private func refusal(_ found: OwnerFiles.Found) -> String {
    guard let other = found.record else {
      return "\(files.folder) has an owner that goes on, but \(files.path(found.number)) does not say which: "
        + "remove that file if no run uses the folder"
    }
    return "\(files.folder) belongs to a run that goes on: \(other.who); end that one first (kill -USR1 "
      + "\(other.owner.process) on \(other.owner.host) saves it), or give another --out"
  }

  /// Finds out whether an owner is at work. Where its process cannot be seen from here, this waits for a sign
  /// of life.
  private func judge(_ found: OwnerFiles.Found, _ draft: OwnerDraft) throws -> Judgement {
    if let other = found.record {
      if hasEnded(other) { return .dead("\(other.who), has ended") }
      if other.isFormerSelf(of: record) { return .formerSelf }
      if other.owner.isVisible(to: record.owner) { return .alive }
    }
    let who = found.record?.who ?? "an unknown process"
    let patience = found.record?.patience ?? record.patience
    notify(
      "note: \(files.folder) belongs to \(who), which cannot be seen from here; waiting up to "
        + "\(Int(patience.rounded(.up))) s for a sign of its life")
    return try watch(found, draft)
  }

  /// Waits until an owner that its scheduler took for dead has left, or has given no sign of life for its
  /// patience.
  private func waitForEnd(of former: OwnerFiles.Found, _ draft: OwnerDraft) throws {
    guard let other = former.record else { return }
    notify(
      "note: this job was started again; its former self (\(other.who)) is asked to leave \(files.folder), for up to "
        + "\(Int(other.patience.rounded(.up))) s")
    var seen = former
    // After each sign of life the watch begins anew, as the owner may die later.
    while case .alive = try watch(seen, draft) {
      guard let now = try files.read(former.number) else { return }
      seen = now
    }
  }

  /// Looks at the time of an owner's file twice a second, until the file is touched or removed, or the owner
  /// counts as dead.
  ///
  /// The file system's own clock tells at once how old the last sign of life is. But not every file system
  /// keeps such a clock. So an owner counts as dead only after its whole patience by one of the two clocks,
  /// and never before two signs are missed by this process's clock.
  private func watch(_ found: OwnerFiles.Found, _ draft: OwnerDraft) throws -> Judgement {
    let patience = found.record?.patience ?? record.patience
    let began = ContinuousClock.now
    while true {
      Thread.sleep(forTimeInterval: Self.pause)
      try endIfAsked()
      guard let now = try files.read(found.number) else { return .gone }
      if let record = now.record, let former = found.record, record.token != former.token { return .gone }
      if let other = now.record, hasEnded(other) { return .dead("\(other.who), has ended") }
      if now.touched != found.touched { return .alive }
      OwnerFiles.touch(draft.file)
      let waited = (ContinuousClock.now - began) / .seconds(1)
      let age = OwnerFiles.touched(draft.file) - found.touched
      guard waited >= patience || (age >= patience && waited >= 2.5 * RunOwner.beat(patience)) else {
        continue
      }
      let who = found.record?.who ?? "an unknown process"
      return .dead("\(who), has given no sign of life for \(Int(max(age, waited))) s")
    }
  }

  /// Whether an owner's process could be seen from here and has ended.
  private func hasEnded(_ other: OwnerRecord) -> Bool {
    other.owner.isVisible(to: record.owner) && !other.owner.isAlive
  }

  private func endIfAsked() throws {
    guard let reason = StopSignals.reason else { return }
    throw RunError("ended by a signal while it waited for \(files.folder)", code: reason.exitCode)
  }

  /// Removes the drafts that killed processes left: those not touched for 30 seconds. A process that waits
  /// touches its own draft twice a second.
  private func removeDrafts(_ own: OwnerDraft) throws {
    OwnerFiles.touch(own.file)
    let now = OwnerFiles.touched(own.file)
    for name in try Folder.list(files.folder) where name.hasPrefix(".owner-") && name.hasSuffix(".tmp") {
      var status = stat()
      let path = "\(files.folder)/\(name)"
      guard lstat(path, &status) == 0, now - Double(status.st_mtim.tv_sec) > 30 else {
        continue
      }
      unlink(path)
    }
  }
}
