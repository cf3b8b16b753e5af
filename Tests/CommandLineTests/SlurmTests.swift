import Foundation
import Testing

/// What is said and done in the environment that Slurm gives: its variables are set, and mpirun and Open MPI behave as
/// they do there.
@Suite("In a Slurm job", .serialized, .enabled(if: Program.hasMPIRun, "needs mpirun")) struct SlurmTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = ["--width", "8", "--size", "16", "--batch-size", "16"]

  /// A job's shell, of so many tasks on this host.
  private static func job(tasks: Int) -> [String: String] {
    let host = ProcessInfo.processInfo.hostName
    return [
      "SLURM_JOB_ID": "7", "SLURM_JOBID": "7", "SLURM_NTASKS": "\(tasks)", "SLURM_NODELIST": host,
      "SLURM_JOB_NODELIST": host, "SLURM_NNODES": "1", "SLURM_TASKS_PER_NODE": "\(tasks)",
    ]
  }

  /// A task of a step that srun started.
  private static func step(tasks: Int, task: Int = 0) -> [String: String] {
    job(tasks: tasks).merging([
      "SLURM_STEP_ID": "0", "SLURM_STEPID": "0", "SLURM_STEP_NUM_TASKS": "\(tasks)",
      "SLURM_PROCID": "\(task)",
      "SLURM_LOCALID": "\(task)", "SLURM_NODEID": "0",
    ]) { $1 }
  }

  @Test("A step of one task, without PMIx: every command runs alone")
  func alone() throws {
    for words in [
      ["bench", "--steps", "1", "--json"] + Self.small, ["presets"], ["--version"],
      ["train", "--steps", "2", "--sample-every", "0", "--out", "run"] + Self.small,
      ["generate", "--checkpoint", "run", "--count", "2", "--separate"],
    ] {
      let result = try program.typed(words, environment: Self.step(tasks: 1))
      #expect(result.code == 0, "\(words): \(result.errors)")
      #expect(!(result.output + result.errors).contains("PMI"), "\(words): \(result.errors)")
    }
  }

  @Test("A step of one task may start ranks, as a machine of its own")
  func ranksInAStepOfOne() throws {
    let bench = try program.typed(
      ["bench", "--steps", "1", "--ranks", "2", "--json"] + Self.small, environment: Self.step(tasks: 1))
    #expect(bench.code == 0 && bench.output.contains(/"ranks": *2/), "\(bench.errors)")
    let verify = try program.typed(["verify", "--steps", "1"] + Self.small, environment: Self.step(tasks: 1))
    #expect(verify.code == 0 && verify.errors.contains("1 rank and 2 ranks"), "\(verify.errors)")
  }

  @Test(
    "Several tasks without PMIx: one of them says, before MPI starts, the lines that work",
    arguments: ["train", "bench", "verify"], [[:], ["PMI_SIZE": "2", "PMI_FD": "9"]])
  func tasksWithoutPMIx(command: String, offered: [String: String]) throws {
    let way = offered.isEmpty ? "no way to find each other" : "PMI"
    for task in 0..<2 {
      var environment = Self.step(tasks: 2, task: task).merging(offered) { $1 }
      if !offered.isEmpty { environment["PMI_RANK"] = "\(task)" }
      let result = try program.typed([command, "--lr-d", "1e-4"] + Self.small, environment: environment)
      #expect(result.code == 64)
      guard task == 0 else {
        #expect(result.errors.isEmpty && result.output.isEmpty)
        continue
      }
      #expect(result.sentences.count == 1)
      let sentence = try #require(result.sentences.first)
      #expect(sentence.hasPrefix("error: srun started 2 tasks with \(way), and Open MPI v"))
      let typed = "dcgan-dist \(command) --lr-d 1e-4 --width 8 --size 16 --batch-size 16"
      #expect(sentence.contains("start it with: srun --mpi=pmix --ntasks=2 \(typed) (if srun"))
      #expect(sentence.hasSuffix("(sbatch, salloc) with: mpirun -np 2 \(typed)"))
      #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/runs"))
    }
  }

  @Test("What one process does, the first of several tasks does, and the others end quietly")
  func oneOfSeveral() throws {
    for task in 0..<2 {
      let environment = Self.step(tasks: 2, task: task)
      let faces = try program.typed(
        ["data", "faces", "--count", "3", "--size", "16", "--out", "faces-\(task)"], environment: environment)
      #expect(faces.code == 0, "\(faces.errors)")
      #expect(FileManager.default.fileExists(atPath: program.folder.path + "/faces-\(task)") == (task == 0))
      let presets = try program.typed(["presets", "--json"], environment: environment)
      #expect(presets.code == 0 && presets.output.isEmpty == (task == 1))
    }
  }

  @Test("More ranks than the job has tasks: the sentence names the tasks, and its line works")
  func tooFewSlots() throws {
    let result = try program.typed(
      ["bench", "--steps", "1", "--ranks", "2"] + Self.small, environment: Self.job(tasks: 1))
    #expect(result.code == 64)
    #expect(result.sentences.count == 1)
    let sentence = try #require(result.sentences.first)
    #expect(
      sentence.hasPrefix(
        "error: the Slurm job has 1 task, so mpirun starts no more than 1 of the 2 ranks: start it in a job of "
          + "--ntasks=2 (salloc, sbatch), or, slower where ranks then share processors, with: mpirun -np 2 "
          + "--oversubscribe --bind-to none /"), "\(sentence)")
    let line = try #require(sentence.components(separatedBy: " with: ").last)
    let again = try program.shell(line, environment: Self.job(tasks: 1))
    #expect(again.code == 0, "\(again.errors)")
    // And where there are enough, nothing is in the way.
    let enough = try program.typed(
      ["bench", "--steps", "1", "--ranks", "2"] + Self.small, environment: Self.job(tasks: 2))
    #expect(enough.code == 0, "\(enough.errors)")
  }
}
