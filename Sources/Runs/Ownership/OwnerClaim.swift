import Cluster
import Files
import Foundation

/// Takes a run's folder for this process, or finds out who has it. See Note [Owner of a folder].
struct OwnerClaim {
  let files: OwnerFiles
  /// What this process would write.
  let record: OwnerRecord
  /// Told at once, as waiting may take a minute.
  let notify: (String) -> Void

  /// Seconds between two looks at an owner whose process cannot be seen.
  private static let pause = 0.5

  /// What was found out about an owner.
  private enum Judgement {
    /// It is at work.
    case alive
    /// It has ended; the sentence says how that is known.
    case dead(String)
    /// It is the same job, which was started again and takes it for dead. It may live on.
    case formerSelf
    /// Its file is gone.
    case gone
  }

  /// Takes the folder, which exists.
  /// - Parameter folderIsMade: whether it was made for this, and may go if nothing is written into it.
  /// - Returns: what holds it.
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
      // Another may have gone on to higher numbers while this process slept between its look and its link.
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

  /// What is said to a person who wants a folder that is taken.
  private func refusal(_ found: OwnerFiles.Found) -> String {
    guard let other = found.record else {
      return "\(files.folder) has an owner that goes on, but \(files.path(found.number)) does not say which: "
        + "remove that file if no run uses the folder"
    }
    return "\(files.folder) belongs to a run that goes on: \(other.who); end that one first (kill -USR1 "
      + "\(other.owner.process) on \(other.owner.host) saves it), or give another --out"
  }

  /// Finds out whether an owner is at work; where only time can tell, waits for it.
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

  /// Waits for an owner that was given up by its scheduler to leave, or to be silent for long enough.
  private func waitForEnd(of former: OwnerFiles.Found, _ draft: OwnerDraft) throws {
    guard let other = former.record else { return }
    notify(
      "note: this job was started again; its former self (\(other.who)) is asked to leave \(files.folder), for up to "
        + "\(Int(other.patience.rounded(.up))) s")
    var seen = former
    // Each sign of life is where the next watch begins: it may die after one.
    while case .alive = try watch(seen, draft) {
      guard let now = try files.read(former.number) else { return }
      seen = now
    }
  }

  /// Looks again and again at the time of an owner's file.
  ///
  /// The file system's own clock says at once how old the last sign of life is; but as not every file system keeps
  /// one, nobody counts as dead before two signs are missed by this process's clock, and its whole patience by
  /// either.
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

  /// Whether an owner's process can be seen from here, and has ended.
  private func hasEnded(_ other: OwnerRecord) -> Bool {
    other.owner.isVisible(to: record.owner) && !other.owner.isAlive
  }

  private func endIfAsked() throws {
    guard let reason = StopSignals.reason else { return }
    throw RunError("ended by a signal while it waited for \(files.folder)", code: reason.exitCode)
  }

  /// Removes the drafts that killed processes left. Whoever waits touches its own twice a second.
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
