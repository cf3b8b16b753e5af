import Configuration
import Foundation
import Options
import Reporting
import Testing

/// A run whose recipe is changed on its way.
@Suite("train --change") struct ChangeTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = ["--size", "16", "--width", "8", "--batch-size", "16", "--sample-every", "0"]

  @discardableResult
  private func train(_ words: String..., code: Int32 = 0) throws -> Program.Outcome {
    let result = try program.typed(["train"] + words)
    #expect(result.code == code, "\(words): \(result.errors)")
    return result
  }

  private func begin(_ out: String) throws {
    let result = try program.typed(["train", "--out", out, "--steps", "4"] + Self.small)
    #expect(result.code == 0, "\(result.errors)")
  }

  private func state(_ run: String, step: Int) throws -> [Data] {
    try ["model.safetensors", "optimizer.safetensors"].map {
      try Data(
        contentsOf: URL(
          fileURLWithPath: program.folder.file("\(run)/checkpoints/step-0000000\(step)/\($0)")))
    }
  }

  private func options(_ run: String) throws -> RunOptions {
    try ConfigurationFile.recordedOptions(program.folder.file("\(run)/options.json"))
  }

  @Test(
    "A change holds from the checkpoint on, is recorded, and the run is exact on other ranks and through later stops",
    .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func exact() throws {
    let change = ["--change", "lr-d=5e-5", "--change", "label-smoothing=0.1"]
    try begin("whole")
    let told = try program.typed(["train", "--resume", "whole", "--steps", "8"] + change)
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.errors.contains("from step 4 on: discriminator.learning_rate from 0.0002 to 5e-05"))
    #expect(told.errors.contains("from step 4 on: loss.smoothing.amount from 0 to 0.1"))
    let recorded = try options("whole")
    #expect(
      recorded.recipe.discriminator.learningRate == 5e-5 && recorded.recipe.loss.smoothing.amount == 0.1)
    #expect(recorded.changes.map(\.step) == [4, 4])
    #expect(recorded.changes.map(\.path) == ["discriminator.learning_rate", "loss.smoothing.amount"])
    let manifest = try program.folder.text("whole/checkpoints/step-00000008/manifest.json")
    #expect(manifest.contains("\"key\" : \"discriminator.learning_rate\""))

    try begin("parts")
    let two = try program.typed(["train", "--resume", "parts", "--steps", "6", "--ranks", "2"] + change)
    #expect(two.code == 0, "\(two.errors)")
    // The same line again changes nothing more.
    let again = try program.typed(["train", "--resume", "parts", "--steps", "7"] + change)
    #expect(again.code == 0 && !again.errors.contains("from step"), "\(again.errors)")
    try train("--resume", "parts", "--steps", "8")
    #expect(try options("parts").changes == recorded.changes)
    #expect(try state("parts", step: 8) == state("whole", step: 8))
    try begin("plain")
    try train("--resume", "plain", "--steps", "8")
    #expect(try state("plain", step: 8) != state("whole", step: 8))
  }

  @Test("A history that was edited is refused, and a checkpoint before a change goes on without it")
  func history() throws {
    try begin("run")
    try train("--resume", "run", "--steps", "6", "--change", "lr-g=1e-4", "--keep", "0")
    let text = try program.folder.text("run/options.json")
    for (own, edited) in [
      ("\"old\": 0.0002, \"new\": 0.0001", "\"old\": 0.0003, \"new\": 0.0001"),
      ("{\"step\": 4,", "{\"step\": 3,"),
      ("\"key\": \"generator.learning_rate\"", "\"key\": \"generator.beta1\""),
    ] {
      #expect(text.contains(own), "\(own)")
      try program.folder.file("run/options.json", text.replacingOccurrences(of: own, with: edited))
      let refused = try train("--resume", "run", "--steps", "7", code: 1)
      #expect(refused.errors.contains("the file was edited, or is another run's"), "\(refused.errors)")
    }
    try program.folder.file("run/options.json", text)
    try train("--resume", "run", "--steps", "7")
    // From before the change: without it, as a run that had none.
    try begin("plain")
    try train("--resume", "plain", "--steps", "3", code: 64)
    let early = try train("--resume", "run/checkpoints/step-00000004", "--out", "early", "--steps", "5")
    #expect(!early.errors.contains("is dropped"))
    #expect(try options("early").changes.count == 1)
    let whole = try program.typed(
      ["train", "--out", "often", "--steps", "4", "--checkpoint-every", "2", "--keep", "0"] + Self.small)
    #expect(whole.code == 0)
    try train("--resume", "often", "--steps", "6", "--change", "lr-g=1e-4")
    let before = try train("--resume", "often/checkpoints/step-00000002", "--out", "before", "--steps", "6")
    #expect(
      before.errors.contains(
        "the change of generator.learning_rate from 0.0002 to 0.0001 at step 4 is later than this checkpoint, and is "
          + "dropped; --change lr-g=0.0001 makes it again"), "\(before.errors)")
    #expect(try options("before").changes.isEmpty)
    try train("--resume", "plain", "--steps", "6")
    #expect(try state("before", step: 6) == state("plain", step: 6))
  }

  @Test("What may not change within a run is a sentence, and without --change the line with it is given")
  func refused() throws {
    try begin("run")
    let text = try program.folder.text("run/options.json")
    for (words, sentence) in [
      (["--lr-d", "5e-5"], "to change it from here on, give --change lr-d=5e-05 instead"),
      (["--set", "loss.smoothing.amount=0.2"], "give --change label-smoothing=0.2 instead"),
      (["--set", "generator.beta2=0.9"], "give --change generator.beta2=0.9 instead"),
      (
        ["--change", "preprocessing=centreCrop"],
        "--change preprocessing: within a run only data and discriminator, generator, loss"
      ),
      (["--batch-size", "8"], "give --change batch-size=8 instead"),
      (["--change", "batch-size=0"], "must be a whole number from 1"),
      (["--change", "batch-size=8.5"], "must be a whole number"),
      (["--change", "data="], "--change data names no folder or file"),
      (["--change", "latent=uniform"], "Begin a new run with these weights by --from"),
      (["--change", "generator-average=0.9"], "an average of G cannot begin or end within a run"),
      (["--change", "lr-d=0"], "discriminator.learning_rate must be a number above 0, and is 0"),
      (["--change", "schedule.0.fakes=new"], "a list changes as a whole"),
      (["--change", "augmentation.0=cutout"], "has no \"0\""),
      (["--change", "lrd=1e-4"], "--change lrd: there is no such value; did you mean lr-d"),
      (["--change", "width=32"], "Begin a new run with these weights by --from"),
      (["--change", "lr-d"], "--change takes key=value, for example lr-d=5e-5"),
      (["--change", "discriminator.rate=1"], "discriminator has no value \"rate\""),
    ] {
      let result = try program.typed(["train", "--resume", "run", "--steps", "6"] + words)
      #expect(result.code == 64 && result.errors.contains(sentence), "\(words): \(result.errors)")
    }
    #expect(try program.folder.text("run/options.json") == text)
    // A change of a run that is at its end would be kept, and nothing trained.
    let ended = try train("--resume", "run", "--change", "lr-d=5e-5", code: 64)
    #expect(
      ended.errors.contains(
        "the run of run ended at step 4, so --change lr-d=5e-05 would change nothing: add --more-steps"),
      "\(ended.errors)")
    #expect(try program.folder.text("run/options.json") == text)
    let new = try program.typed(["train", "--out", "new", "--change", "lr-d=1e-4"] + Self.small)
    #expect(new.code == 64 && new.errors.contains("a new run takes the option itself, or --set"))
    // A flag for both networks.
    try train("--resume", "run", "--steps", "5", "--change", "beta1=0.4")
    #expect(try options("run").changes.map(\.path) == ["discriminator.beta1", "generator.beta1"])
  }

  @Test(
    "A change of the batch begins a new pass, counts epochs and pictures on, and is exact on other ranks and later stops",
    .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func batchSize() throws {
    let change = ["--change", "batch-size=8"]
    func metrics(_ run: String) throws -> [MetricsRecord] {
      try MetricsFile.read(program.folder.file("\(run)/metrics.jsonl"))
    }
    try begin("whole")
    let told = try train("--resume", "whole", "--steps", "8", "--log-every", "1", "--change", "batch-size=8")
    #expect(
      told.errors.contains(
        "from step 4 on: batch_size from 16 to 8 (0.0064 epochs are done; a new pass over the data begins)"),
      "\(told.errors)")
    let changed = try #require(try options("whole").changes.first)
    #expect(changed.reached == .init(epochs: 0.0064, images: 64, draws: 4, passes: 1))
    let last = try #require(try metrics("whole").last)
    #expect(last.images == 64 + 4 * 8)
    #expect(abs(last.epoch - (0.0064 + 4 / 1_250)) < 1e-12)

    try begin("parts")
    let two = try program.typed(
      ["train", "--resume", "parts", "--steps", "6", "--ranks", "2", "--log-every", "1"] + change)
    #expect(two.code == 0, "\(two.errors)")
    let again = try program.typed(["train", "--resume", "parts", "--steps", "7"] + change)
    #expect(again.code == 0 && !again.errors.contains("from step"), "\(again.errors)")
    try train("--resume", "parts", "--steps", "8")
    #expect(try options("parts").changes == options("whole").changes)
    #expect(try state("parts", step: 8) == state("whole", step: 8))
    // A second change: the pictures of both parts are counted.
    try train("--resume", "parts", "--steps", "9", "--change", "batch-size=32")
    #expect(try options("parts").changes.map(\.reached?.images) == [64, 96])
    #expect(try metrics("parts").last?.images == 128)
    let tooFew = try program.typed([
      "train", "--resume", "parts", "--steps", "10", "--change", "batch-size=100000",
    ])
    #expect(tooFew.code == 1 && tooFew.errors.contains("a batch takes 100000"), "\(tooFew.errors)")
  }

  @Test(
    "A change of the data is recorded, begins a new pass, and is undone before it; other data without it is refused"
  )
  func data() throws {
    let pictures = try program.typed(["data", "faces", "--count", "40", "--size", "16", "--out", "pictures"])
    #expect(pictures.code == 0, "\(pictures.errors)")
    try begin("run")
    let refused = try train("--resume", "run", "--steps", "6", "--data", "pictures", code: 1)
    #expect(refused.errors.contains("go on with these by --change data=/"), "\(refused.errors)")
    #expect(refused.errors.contains("it had 10000 pictures and now has 40"), "\(refused.errors)")
    let absent = try train("--resume", "run", "--steps", "6", "--change", "data=nowhere", code: 1)
    #expect(absent.errors.contains("nowhere") && !absent.errors.contains("was at"), "\(absent.errors)")
    #expect(try options("run").changes.isEmpty)

    let told = try train("--resume", "run", "--steps", "6", "--keep", "0", "--change", "data=pictures")
    #expect(
      told.errors.contains("from step 4 on: data from faces to /")
        && told.errors.contains("(0.0064 epochs are done; a new pass over the data begins)"), "\(told.errors)"
    )
    #expect(try options("run").data.hasSuffix("/pictures"))
    #expect(try program.folder.text("run/data.tsv").split(separator: "\n").count == 41)
    try train("--resume", "run", "--steps", "8")
    // The same in one piece.
    try begin("whole")
    try train("--resume", "whole", "--steps", "8", "--change", "data=pictures")
    #expect(try state("run", step: 8) == state("whole", step: 8))
    let records = try MetricsFile.read(program.folder.file("whole/metrics.jsonl"))
    #expect(records.last?.images == 128 && abs((records.last?.epoch ?? 0) - 2.0064) < 1e-9)
    // Back: it is one more change.
    try train("--resume", "whole", "--steps", "9", "--change", "data=faces")
    #expect(try options("whole").changes.map(\.step) == [4, 8])
    // From before the change the run goes on with the old data.
    let often = try program.typed(
      ["train", "--out", "often", "--steps", "4", "--checkpoint-every", "2", "--keep", "0"] + Self.small)
    #expect(often.code == 0)
    try train("--resume", "often", "--steps", "6", "--change", "data=pictures")
    try train("--resume", "often/checkpoints/step-00000002", "--out", "before", "--steps", "6")
    #expect(try options("before").data == "faces")
    try begin("plain")
    try train("--resume", "plain", "--steps", "6")
    #expect(try state("before", step: 6) == state("plain", step: 6))
  }

  @Test("A job script's line, typed again, goes on with the changes that were made since")
  func typedAgain() throws {
    let pictures = try program.typed(["data", "faces", "--count", "40", "--size", "16", "--out", "pictures"])
    #expect(pictures.code == 0, "\(pictures.errors)")
    let line =
      ["train", "--out", "run", "--resume", "auto", "--lr-d", "2e-4", "--data", "faces"] + Self.small
    for (steps, changes) in [
      ("4", []), ("6", ["--change", "lr-d=5e-5", "--change", "data=pictures"]), ("8", []),
      ("9", ["--change", "lr-d=5e-5", "--change", "data=pictures"]),
    ] {
      let result = try program.typed(line + ["--steps", steps] + changes)
      #expect(result.code == 0, "\(steps): \(result.errors)")
    }
    let recorded = try options("run")
    #expect(recorded.recipe.discriminator.learningRate == 5e-5 && recorded.data.hasSuffix("/pictures"))
    #expect(recorded.changes.map(\.step) == [4, 4])
    let other = try program.typed(line + ["--lr-g", "1e-3", "--steps", "10"])
    #expect(other.code == 64 && other.errors.contains("give --change lr-g=0.001 instead"), "\(other.errors)")
  }

  @Test("A recorded change of the batch without its place in the data is refused")
  func placeOfAChange() throws {
    try begin("run")
    try train("--resume", "run", "--steps", "6", "--change", "batch-size=8")
    let text = try program.folder.text("run/options.json")
    for (own, edited, sentence) in [
      (", \"epochs\": 0.0064", "", "changes.0 lacks \"epochs\""),
      ("\"images\": 64", "\"images\": 65", "the file was edited, or is another run's"),
      ("\"images\": 64", "\"images\": 9223372036854775807", "changes.0.images must be"),
      ("\"passes\": 1", "\"passes\": 2", "the file was edited, or is another run's"),
      ("\"epochs\": 0.0064", "\"epochs\": -1", "must be a number from 0 to 1e9"),
      ("\"key\": \"batch_size\"", "\"key\": \"loss.kind\"", "changes.0.epochs means nothing"),
      ("\"new\": 8", "\"new\": 9", "sets batch_size to 9, and it is 8"),
    ] {
      #expect(text.contains(own), "\(own): \(text)")
      try program.folder.file("run/options.json", text.replacingOccurrences(of: own, with: edited))
      let refused = try program.typed(["train", "--resume", "run", "--steps", "7"])
      #expect(refused.code == 1 && refused.errors.contains(sentence), "\(refused.errors)")
    }
    try program.folder.file(
      "run/options.json", text.replacing(/"changes": \[[^\]]*\]/, with: "\"changes\": {}"))
    let noList = try program.typed(["train", "--resume", "run", "--steps", "7"])
    #expect(noList.code == 1 && noList.errors.contains("changes must be a list"), "\(noList.errors)")
  }

  @Test("What was edited in a change at the checkpoint's own step is found before a step is made")
  func editedAtItsStep() throws {
    try begin("run")
    // Its first own step cannot be made, so no checkpoint has the change.
    let late = try program.typed(
      ["train", "--resume", "run", "--steps", "6", "--change", "batch-size=8", "--change", "lr-d=5e-5"],
      environment: ["DCGAN_FAULT": "throw@rank=0,step=5"])
    #expect(late.code != 0)
    let text = try program.folder.text("run/options.json")
    #expect(try options("run").changes.count == 2, "\(text)")
    for (own, edited, sentence) in [
      ("\"images\": 64", "\"images\": 65", "has another place in the data than"),
      ("\"draws\": 4", "\"draws\": 5", "has another place in the data than"),
      (
        "\"learning_rate\": 5e-05", "\"learning_rate\": 1e-3",
        "sets discriminator.learning_rate to 5e-05, and it is"
      ),
      ("\"old\": 16", "\"old\": 17", "has another place in the data than"),
      (
        "{\"step\": 4, \"key\": \"disc", "{\"step\": 3, \"key\": \"disc",
        "is of an earlier step than the one before"
      ),
      ("\"key\": \"discriminator.learning_rate\"", "\"key\": \"\"", "which the recipe has not"),
    ] {
      #expect(text.contains(own), "\(own): \(text)")
      try program.folder.file("run/options.json", text.replacingOccurrences(of: own, with: edited))
      let refused = try program.typed(["train", "--resume", "run", "--steps", "7"])
      #expect(refused.code == 1 && refused.errors.contains(sentence), "\(own): \(refused.errors)")
    }
    try program.folder.file("run/options.json", text)
    try train("--resume", "run", "--steps", "6")
    try begin("whole")
    try train("--resume", "whole", "--steps", "6", "--change", "batch-size=8", "--change", "lr-d=5e-5")
    #expect(try state("run", step: 6) == state("whole", step: 6))
  }

  @Test(
    "A run whose checkpoints are all damaged begins anew without its changes, and with those that are typed")
  func damaged() throws {
    let line = ["train", "--out", "run", "--resume", "auto"] + Self.small
    #expect(try program.typed(line + ["--steps", "4"]).code == 0)
    #expect(try program.typed(line + ["--steps", "6", "--keep", "1", "--change", "batch-size=8"]).code == 0)
    let model = program.folder.file("run/checkpoints/step-00000006/model.safetensors")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: model))
    let anew = try program.typed(line + ["--steps", "4", "--change", "lr-d=5e-5"])
    #expect(anew.code == 0 && anew.errors.contains("the run starts anew"), "\(anew.errors)")
    #expect(anew.errors.contains("from step 0 on: discriminator.learning_rate from 0.0002 to 5e-05"))
    #expect(try options("run").changes.map(\.path) == ["discriminator.learning_rate"])
    #expect(try options("run").recipe.batchSize == 16)
    let again = try program.typed(line + ["--steps", "6"])
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test(
    "Going back before a change of the data takes the old data, its labels and its list of pictures again")
  func backBeforeData() throws {
    for (name, seed) in [("a", "1"), ("b", "2")] {
      let made = try program.typed(
        ["data", "faces", "--count", "40", "--size", "16", "--out", name, "--seed", seed])
      #expect(made.code == 0, "\(made.errors)")
      let labels = try program.folder.text("\(name)/labels.csv")
      try program.folder.file("\(name).csv", labels)
    }
    let started = try program.typed(
      [
        "train", "--out", "run", "--steps", "4", "--checkpoint-every", "2", "--keep", "0", "--data", "a",
        "--labels", "a.csv",
      ]
        + Self.small)
    #expect(started.code == 0, "\(started.errors)")
    let list = try program.folder.text("run/data.tsv")
    try train("--resume", "run", "--steps", "6", "--change", "data=b", "--labels", "b.csv")
    #expect(try options("run").changes.map(\.path) == ["data", "labels"])
    #expect(try options("run").labels?.hasSuffix("/b.csv") == true)
    #expect(try program.folder.text("run/data.tsv") != list)
    try train("--resume", "run", "--steps", "7")
    // The old data has moved; in the run's own folder.
    try FileManager.default.moveItem(
      atPath: program.folder.file("a"), toPath: program.folder.file("moved"))
    let lost = try train("--resume", "run/checkpoints/step-00000002", "--steps", "5", code: 1)
    #expect(lost.errors.contains("say by --data where it is now"), "\(lost.errors)")
    try train("--resume", "run/checkpoints/step-00000002", "--steps", "5", "--data", "moved")
    #expect(try options("run").changes.isEmpty && options("run").data.hasSuffix("/moved"))
    #expect(try options("run").labels?.hasSuffix("/a.csv") == true)
    #expect(try program.folder.text("run/data.tsv") == list)
  }

  @Test("A run that goes on elsewhere with a change can be changed again at the same step")
  func elsewhere() throws {
    try begin("run")
    let code = try program.typed(
      ["train", "--resume", "run", "--out", "other", "--steps", "6", "--change", "batch-size=8"],
      environment: ["DCGAN_FAULT": "throw@rank=0,step=5"]
    ).code
    #expect(code != 0)
    try train("--resume", "other", "--steps", "6", "--change", "sampling.with_replacement=true")
    let changes = try options("other").changes
    #expect(
      changes.map(\.reached?.images) == [64, 64]
        && changes.map(\.reached?.draws) == [4, changes[1].reached?.draws])
    try train("--resume", "other", "--steps", "7")
  }

  @Test(
    "A change of the sampling, of the schedule and of a batch smaller than the ranks on two ranks",
    .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func otherChanges() throws {
    let changes = [
      "--change", "sampling.with_replacement=true", "--change",
      "schedule=[{update: discriminator, reals: new, fakes: new}, {update: discriminator, reals: new, fakes: new}, {update: generator, fakes: new}]",
    ]
    try begin("one")
    try begin("two")
    let one = try program.typed(["train", "--resume", "one", "--steps", "7"] + changes)
    #expect(one.code == 0, "\(one.errors)")
    let two = try program.typed(["train", "--resume", "two", "--steps", "6", "--ranks", "2"] + changes)
    #expect(two.code == 0, "\(two.errors)")
    try train("--resume", "two", "--steps", "7")
    #expect(try state("one", step: 7) == state("two", step: 7))
    let few = try program.typed(
      ["train", "--resume", "two", "--steps", "8", "--ranks", "2", "--change", "batch-size=1"])
    #expect(
      few.code == 64 && few.errors.contains("a global batch of 1 is smaller than 2 ranks"), "\(few.errors)")
  }
}
