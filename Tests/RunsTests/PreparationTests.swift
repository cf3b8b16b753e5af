import Configuration
import Foundation
import Options
import Recipes
import Reporting
import Runs
import TestOptions
import TestSupport
import Testing

@Suite("What train does before it trains")
struct PreparationTests {
  /// A folder with a run of 16 x 16 faces in it, that has written one checkpoint.
  private func run(in scratch: Scratch) throws -> (path: String, options: RunOptions) {
    let options = try OptionsResolution.newRun(
      given {
        $0.size = 16
        $0.width = 8
        $0.length = .init(steps: 10)
        $0.threads = 2
      }, ranks: 2, out: scratch.path + "/run", relativeTo: scratch.path)
    _ = try scratch.file("run/options.json", options.recordedText)
    _ = try scratch.file("run/checkpoints/step-00000010/manifest.json", "{}")
    return (scratch.path + "/run", options)
  }

  private func prepared(
    _ scratch: Scratch, ranks: Int = 1, _ change: (inout TrainArguments) -> Void
  ) throws -> TrainRequest {
    var arguments = TrainArguments()
    change(&arguments)
    return try TrainRequest.prepare(arguments, ranks: ranks, in: scratch.path)
  }

  @Test("A folder that holds another run is refused, or replaced on request")
  func occupied() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    expectRunError(
      "\(run.path) holds another run: go on with it by --resume \(run.path), replace it by --overwrite, or give "
        + "another --out", code: 1
    ) { try prepared(scratch) { $0.flags.out = run.path } }
    let request = try prepared(scratch) {
      $0.flags.out = run.path
      $0.overwrite = true
    }
    #expect(request.overwrite)
    #expect(request.resume == nil)
    // Nothing is removed before training starts.
    #expect(RunFolder(run.path).holdsRun)
  }

  @Test("What replaces a run removes all that a run may write, and nothing else")
  func cleared() throws {
    let scratch = try Scratch()
    let written = RunFolder.Entry.allCases.map(\.name)
    for name in written { _ = try scratch.file("run/\(name)", "") }
    _ = try EventFile(folder: scratch.path + "/run", host: "node")
    let others = [
      "checkpoints.damaged-1", "events.out.tfevents.1.theirs", "owner-00000001.json", "notes.txt",
    ]
    for name in others { _ = try scratch.file("run/\(name)", "") }
    try RunFolder(scratch.path + "/run").clear()
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: scratch.path + "/run")) == Set(others))
  }

  @Test("A folder that holds something else is no run")
  func otherFiles() throws {
    let scratch = try Scratch()
    _ = try scratch.file("out/notes.txt", "mine")
    let request = try prepared(scratch) { $0.flags.out = scratch.path + "/out" }
    #expect(request.options.out == scratch.path + "/out")
  }

  @Test("A resume takes the run's options, and lets length, intervals, threads, ranks and keep change")
  func resume() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    let request = try prepared(scratch, ranks: 1) {
      $0.resume = run.path
      $0.flags.length = .init(epochs: 2)
      $0.flags.intervals.log = .steps(1)
      $0.flags.keep = 0
      $0.flags.seed = 1
      $0.flags.size = 16
    }
    #expect(request.resume == ResumeRequest(run: run.path, checkpoint: nil, isRequired: true))
    #expect(request.options.architecture == run.options.architecture)
    #expect(request.options.length == RunLength(epochs: 2))
    #expect(request.options.intervals.log == .steps(1))
    #expect(request.options.intervals.sample == .steps(200))
    #expect(request.options.keep == 0)
    #expect(request.options.ranks == 1)
    #expect(request.options.threads == 2)
    #expect(request.options.out == run.path)
    #expect(request.options.slices == run.options.slices)
  }

  @Test("A checkpoint is found by its own folder")
  func checkpoint() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    let path = run.path + "/checkpoints/step-00000010"
    let request = try prepared(scratch) {
      $0.resume = path + "/"
      $0.flags.out = scratch.path + "/elsewhere"
    }
    #expect(request.resume == ResumeRequest(run: run.path, checkpoint: path, isRequired: true))
    #expect(request.options.out == scratch.path + "/elsewhere")
    #expect(request.options.length == RunLength(steps: 10))
  }

  @Test("auto goes on where there is a checkpoint, and starts where there is none")
  func auto() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    let going = try prepared(scratch) {
      $0.resume = "auto"
      $0.flags.out = run.path
    }
    #expect(going.resume == ResumeRequest(run: run.path, checkpoint: nil, isRequired: false))
    let starting = try prepared(scratch) {
      $0.resume = "auto"
      $0.flags.out = scratch.path + "/new"
    }
    #expect(starting.resume == nil)
    expectRunError("--resume auto looks for checkpoints in --out, so give --out too") {
      try prepared(scratch) { $0.resume = "auto" }
    }
  }

  @Test("Data and labels may have moved: whether they are the same is told when they are opened")
  func movedData() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    let request = try prepared(scratch) {
      $0.resume = run.path
      $0.flags.data = "pictures"
      $0.flags.labels = "labels.csv"
    }
    #expect(request.options.data == scratch.path + "/pictures")
    #expect(request.options.labels == scratch.path + "/labels.csv")
  }

  @Test("The folder is claimed before anything in it is looked at, and by no dry run")
  func claim() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    func claimed(_ change: (inout TrainArguments) -> Void) -> [String] {
      var arguments = TrainArguments()
      arguments.flags.out = run.path
      change(&arguments)
      var folders: [String] = []
      // Whatever comes of it: here the folder holds another run.
      _ = try? TrainRequest.prepare(arguments, ranks: 1, in: scratch.path) { folders.append($0) }
      return folders
    }
    #expect(claimed { _ in } == [run.path])
    #expect(claimed { $0.overwrite = true } == [run.path])
    #expect(claimed { $0.resume = "auto" } == [run.path])
    #expect(claimed { $0.resume = run.path } == [run.path])
    #expect(
      claimed {
        $0.resume = run.path
        $0.flags.out = nil
      } == [run.path])
    #expect(claimed { $0.dryRun = true } == [])
  }

  @Test("Each option that would change numbers is refused on a resume, with both values")
  func conflicts() throws {
    let cases: [((inout TrainArguments) -> Void, String, String, String)] =
      [
        ({ $0.flags.seed = 2 }, "--seed", "1", "2"),
        ({ $0.flags.size = 32 }, "--size", "16", "32"),
        ({ $0.flags.width = 16 }, "--width", "8", "16"),
        ({ $0.flags.channels = 1 }, "--channels", "3", "1"),
        ({ $0.flags.mirror = true }, "--mirror", "false", "true"),
        ({ $0.flags.batchNorm = .local }, "--bn", "sync", "local"),
        ({ $0.flags.slices = 4 }, "--slices", "8", "4"),
        ({ $0.flags.reduction = .fast }, "--reduction", "ordered", "fast"),
        (
          { $0.flags.giveRecipe(batchSize: 64) },
          "batch_size (--batch-size)", "128", "64"
        ),
        (
          { $0.flags.overrides = ["discriminator.learning_rate=4e-4"] },
          "discriminator.learning_rate (--lr-d)", "0.0002", "0.0004"
        ),
        (
          { _ = try? $0.flags.give("preprocessing", .string("cropOrPad")) },
          "preprocessing (--preprocessing)", "\"stretch\"", "\"cropOrPad\""
        ),
        ({ $0.flags.overrides = ["loss.real_target=0.9"] }, "loss.real_target", "1", "0.9"),
        (
          { $0.flags.overrides = ["architecture.discriminator.1.slope=0.1"] },
          "architecture.discriminator.1.slope", "0.2", "0.1"
        ),
      ]
    for (change, option, own, asked) in cases {
      let scratch = try Scratch()
      let run = try run(in: scratch)
      // Of the recipe's values that may change within a run the sentence names the way.
      let flag = [
        "discriminator.learning_rate (--lr-d)": "lr-d", "loss.real_target": "loss.real_target",
        "batch_size (--batch-size)": "batch-size",
      ][
        option]
      let way = flag.map { "; to change it from here on, give --change \($0)=\(asked) instead" } ?? ""
      expectRunError(
        "\(option) cannot change on a resume, as it changes numbers: the run has \(own), and \(asked) was given\(way)"
      ) {
        try prepared(scratch) {
          $0.resume = run.path
          change(&$0)
        }
      }
    }
  }

  @Test("What cannot be resumed is said to be neither run nor checkpoint")
  func notARun() throws {
    let scratch = try Scratch()
    expectRunError("--resume: there is no folder \(scratch.path)/none", code: 1) {
      try prepared(scratch) { $0.resume = scratch.path + "/none" }
    }
    expectRunError(
      "--resume: \(scratch.path) is neither a run's folder (it has no options.json) nor a checkpoint (it has no "
        + "manifest.json); name runs/NAME or runs/NAME/checkpoints/step-NNNNNNNN", code: 1
    ) { try prepared(scratch) { $0.resume = scratch.path } }
    let run = try run(in: scratch)
    expectRunError(
      "--resume and --overwrite were both given: the one goes on with a run, the other throws it away"
    ) {
      try prepared(scratch) {
        $0.resume = run.path
        $0.overwrite = true
      }
    }
    _ = try scratch.file("run/options.json", "{}")
    expectRunError("\(run.path)/options.json: the outermost object lacks \"architecture\"", code: 1) {
      try prepared(scratch) { $0.resume = run.path }
    }
  }

  @Test("Runs are numbered, and no two get the same number")
  func numbers() throws {
    let scratch = try Scratch()
    let root = scratch.path + "/runs"
    #expect(NewRunFolder.nextNumbered(in: root, name: "dcgan64") == root + "/0001-dcgan64")
    #expect(try NewRunFolder.reserveNumbered(in: root, name: "dcgan64") == root + "/0001-dcgan64")
    #expect(try NewRunFolder.reserveNumbered(in: root, name: "other") == root + "/0002-other")
    NewRunFolder.removeIfEmpty(root + "/0002-other")
    _ = try scratch.file("runs/0001-dcgan64/options.json", "{}")
    NewRunFolder.removeIfEmpty(root + "/0001-dcgan64")
    #expect(try NewRunFolder.reserveNumbered(in: root, name: "mine") == root + "/0002-mine")
    _ = try scratch.file("runs/9999-x/a", "")
    #expect(NewRunFolder.nextNumbered(in: root, name: "y") == root + "/10000-y")
    let file = try scratch.file("file", "")
    #expect(throws: ConfigurationError.self) { try NewRunFolder.reserveNumbered(in: file, name: "x") }
  }
}
