import Cluster
import Foundation
import Testing

@Suite("Threads from where ranks run")
struct ThreadPlanTests {
  private func places(_ host: String = "a", of processors: Int, _ masks: [Int]...) -> [RankPlace] {
    masks.map { RankPlace(host: host, mask: $0, reachable: processors) }
  }

  private func mpirun(_ options: String..., arguments: [String] = ["train"]) -> LaunchCommand {
    LaunchCommand(
      arguments: ["dcgan-dist"] + arguments, environment: ["OMPI_COMM_WORLD_SIZE": "2"],
      parent: ["/usr/bin/mpirun"] + options + ["dcgan-dist"] + arguments)
  }

  private let alone = LaunchCommand(
    arguments: ["/opt/dcgan-dist", "train"], environment: [:], parent: ["bash"])
  private let sixteen = Array(0..<16)

  @Test("One process takes all that its mask has, and hears nothing of the rest")
  func one() {
    let free = ThreadPlan(places(of: 16, sixteen), asked: nil, command: alone)
    #expect(free.threads == [16] && free.warnings.isEmpty)
    #expect(free.lines == ["a: 1 rank, 16 threads, on 16 of 16 processors"])
    let bound = ThreadPlan(places(of: 16, [3, 4]), asked: nil, command: alone)
    #expect(bound.threads == [2] && bound.warnings.isEmpty)
    let asked = ThreadPlan(places(of: 16, sixteen), asked: 5, command: alone)
    #expect(asked.threads == [5] && asked.warnings.isEmpty)
  }

  @Test("Ranks that may use the same processors share them, those bound apart do not")
  func sharing() {
    let together = ThreadPlan(
      places(of: 16, sixteen, sixteen, sixteen), asked: nil, command: mpirun("-np", "3", "--bind-to", "none"))
    #expect(together.threads == [5, 5, 5] && together.warnings.isEmpty)
    let apart = ThreadPlan(
      places(of: 16, Array(0..<8), Array(8..<16)), asked: nil, command: mpirun("-np", "2"))
    #expect(apart.threads == [8, 8] && apart.warnings.isEmpty)
    #expect(apart.lines == ["a: 2 ranks, 8 threads each, on 16 of 16 processors"])
    let uneven = ThreadPlan(
      places(of: 6, Array(0..<4), Array(0..<4), [4, 5]), asked: nil, command: mpirun("-np", "3"))
    #expect(uneven.threads == [2, 2, 2] && uneven.warnings.isEmpty)
    // A mask within another: its processors are shared, the others of the wider one are not.
    let nested = ThreadPlan(places(of: 4, [0, 1], [0, 1, 2, 3]), asked: nil, command: mpirun("-np", "2"))
    #expect(nested.threads == [1, 3] && nested.warnings.isEmpty)
    #expect(nested.lines == ["a: 2 ranks, 1 to 3 threads each, on 4 of 4 processors"])
    let unknown = ThreadPlan(places(of: 8, [], []), asked: nil, command: mpirun("-np", "2"))
    #expect(unknown.threads == [4, 4])
  }

  @Test("A rank bound to one processor while others idle is told the line that frees it")
  func pinned() {
    let plan = ThreadPlan(
      places(of: 16, [0], [1]), asked: nil,
      command: mpirun("-np", "2", arguments: ["train", "--data", "my faces"]))
    #expect(plan.threads == [1, 1])
    #expect(
      plan.warnings == [
        "a: 2 ranks are bound to 2 of its 16 processors, and the others idle; start it with: mpirun -np 2 --bind-to "
          + "none dcgan-dist train --data 'my faces'"
      ])
    let one = ThreadPlan(
      places(of: 2, [0]), asked: nil,
      command: mpirun("-np", "1", "--bind-to", "core", "--map-by", "slot:PE=1"))
    #expect(
      one.warnings == [
        "a: 1 rank is bound to 1 of its 2 processors, and the others idle; start it with: mpirun -np 1 --bind-to none "
          + "dcgan-dist train"
      ])
    // What was asked for outright fits, so nothing is wrong.
    #expect(ThreadPlan(places(of: 16, [0], [1]), asked: 1, command: mpirun("-np", "2")).warnings.isEmpty)
    let piled = ThreadPlan(places(of: 16, [0], [1]), asked: 8, command: mpirun("-np", "2"))
    #expect(
      piled.warnings == [
        "a: 16 threads of 2 ranks are bound to 2 of its 16 processors, where they wait for each other; start it with: "
          + "mpirun -np 2 --bind-to none dcgan-dist train"
      ])
    let same = ThreadPlan(places(of: 4, [0], [0]), asked: 1, command: mpirun("-np", "2"))
    #expect(
      same.warnings.count == 1 && same.warnings[0].contains("2 threads of 2 ranks are bound to 1 of its 4"))
  }

  @Test("More threads than processors are told what fits")
  func crowded() {
    let both = [0, 1]
    let eight = places(of: 2, both, both, both, both, both, both, both, both)
    let crowd = ThreadPlan(eight, asked: nil, command: mpirun("-np", "8", "--oversubscribe"))
    #expect(crowd.threads == Array(repeating: 1, count: 8))
    #expect(
      crowd.warnings == [
        "a: 8 threads of 8 ranks share 2 processors, and wait for each other; start it with: mpirun -np 2 dcgan-dist "
          + "train"
      ])
    let words = ["train", "--threads", "2"]
    let many = ThreadPlan(eight, asked: 2, command: mpirun("-np", "8", "--oversubscribe", arguments: words))
    #expect(many.warnings[0].hasSuffix("start it with: mpirun -np 1 dcgan-dist train --threads 2"))
    let two = ThreadPlan(
      places(of: 2, both, both), asked: 2, command: mpirun("-np", "2", "--bind-to", "none", arguments: words))
    #expect(
      two.warnings[0].hasSuffix("start it with: mpirun -np 2 --bind-to none dcgan-dist train --threads 1"))
    let own = ThreadPlan(places(of: 2, both), asked: 4, command: alone)
    #expect(own.warnings[0].hasSuffix("start it with: dcgan-dist train --threads 2"))
    // Under --ranks the program itself was typed.
    let child = LaunchCommand(
      arguments: ["/opt/dcgan-dist", "train", "--ranks", "8"],
      environment: ["OMPI_COMM_WORLD_SIZE": "8", "DCGAN_PARENT": "77"], parent: ["mpirun", "-np", "8"])
    let ranks = ThreadPlan(eight, asked: nil, command: child)
    #expect(ranks.warnings[0].hasSuffix("start it with: dcgan-dist train --ranks 2"))
  }

  @Test("What was typed several times is mended once, so that the mended value counts")
  func twice() {
    func own(_ words: String...) -> LaunchCommand {
      LaunchCommand(arguments: ["dcgan-dist", "train"] + words, environment: [:], parent: ["bash"])
    }
    let one = places(of: 2, [0])
    for (words, mended) in [
      (["--threads", "1", "--threads", "4"], "--threads 1"),
      (["--threads", "1", "--seed", "3", "--threads=4"], "--threads 1 --seed 3"),
      (["--threads=2", "--threads", "2", "--threads", "4", "--seed", "3"], "--threads=1 --seed 3"),
    ] {
      let command = LaunchCommand(
        arguments: ["dcgan-dist", "train"] + words, environment: [:], parent: ["bash"])
      #expect(
        ThreadPlan(one, asked: 4, command: command).warnings == [
          "a: 4 threads of 1 rank share 1 processor, and wait for each other; start it with: dcgan-dist train \(mended)"
        ])
    }
    #expect(own("--ranks", "2", "--ranks=8").with(ranks: 1) == "dcgan-dist train --ranks 1")
    // The script that gives threads first passes on what a person gives after.
    let script = mpirun(
      "-np", "8", "-n", "4", arguments: ["train", "--threads", "1", "--out", "x", "--threads", "9"])
    #expect(script.with(ranks: 2, threads: 1) == "mpirun -np 2 dcgan-dist train --threads 1 --out x")
    #expect(
      mpirun("--bind-to", "core", "-np", "2", "--bind-to", "socket").unbound(threads: 1)
        == "mpirun -np 2 --bind-to none dcgan-dist train")
  }

  @Test("A cgroup's quota counts once for the ranks of the group")
  func quota() {
    func limited(_ count: Int, _ group: (Int) -> String, _ processors: Double) -> [RankPlace] {
      (0..<count).map {
        RankPlace(
          host: "a", mask: sixteen, reachable: 16, quota: .init(processors: processors, group: group($0)))
      }
    }
    let one = ThreadPlan(limited(1, { _ in "g" }, 2.5), asked: nil, command: alone)
    #expect(one.threads == [3])
    #expect(
      one.lines == ["a: 1 rank, 3 threads, on 16 of 16 processors; a cgroup grants the time of 2.5"])
    let shared = ThreadPlan(
      limited(2, { _ in "g" }, 4), asked: nil, command: mpirun("-np", "2", "--bind-to", "none"))
    #expect(shared.threads == [2, 2] && shared.warnings.isEmpty)
    // Slurm may give each task a group of its own.
    let apart = ThreadPlan(
      limited(2, { "task\($0)" }, 4), asked: nil, command: mpirun("-np", "2", "--bind-to", "none"))
    #expect(apart.threads == [4, 4] && apart.warnings.isEmpty)
    let over = ThreadPlan(limited(4, { _ in "g" }, 2), asked: nil, command: mpirun("-np", "4"))
    #expect(over.threads == [1, 1, 1, 1])
    #expect(
      over.warnings == [
        "a: 4 threads of 4 ranks share 2 processors of time that its cgroup grants, and wait for each other; start it "
          + "with: mpirun -np 2 dcgan-dist train"
      ])
    // Two processors idle beside the quota, but it is used up.
    let bound = (0..<2).map {
      RankPlace(host: "a", mask: [$0], reachable: 4, quota: .init(processors: 2, group: "g"))
    }
    #expect(ThreadPlan(bound, asked: nil, command: mpirun("-np", "2")).warnings.isEmpty)
  }

  @Test("Each node has its line, and a warning that several share is said once")
  func nodes() {
    let all = places("a", of: 16, [0], [1]) + places("b", of: 16, [0], [1]) + places("c", of: 2, [0], [1])
    let plan = ThreadPlan(all, asked: nil, command: mpirun("-np", "6"))
    #expect(plan.lines.count == 3 && plan.lines[2] == "c: 2 ranks, 1 thread each, on 2 of 2 processors")
    #expect(plan.warnings.count == 1)
    #expect(plan.warnings[0].hasPrefix("a and 1 other node: 2 ranks are bound to 2 of its 16"))
  }

  @Test("Where another launcher or node hides the command, one like it is shown")
  func launchers() {
    let slurm = LaunchCommand(
      arguments: ["./dcgan-dist", "train"],
      environment: [
        "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0", "PMIX_RANK": "0",
      ],
      parent: ["slurmstepd: [7.0]"])
    #expect(slurm.unbound(threads: 4) == "srun --mpi=pmix --ntasks=4 --cpus-per-task=4 dcgan-dist train")
    #expect(slurm.with(ranks: 2) == "srun --mpi=pmix --ntasks=2 dcgan-dist train")
    #expect(slurm.byMPIRun(ranks: 4) == "mpirun -np 4 dcgan-dist train")
    #expect(slurm.bySrun(tasks: 4) == "srun --mpi=pmix --ntasks=4 dcgan-dist train")
    // Alone in its step, it is bound by what it was given and told nothing of the rest.
    let shell = LaunchCommand(
      arguments: ["./dcgan-dist", "train"],
      environment: [
        "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0", "PMIX_RANK": "0",
      ],
      parent: ["slurmstepd: [7.0]"])
    #expect(shell.form == .program)
    #expect(ThreadPlan(places(of: 2, [0]), asked: nil, command: shell).warnings.isEmpty)
    let daemon = LaunchCommand(
      arguments: ["./dcgan-dist", "train"], environment: ["OMPI_COMM_WORLD_SIZE": "4"],
      parent: ["orted", "-mca"])
    #expect(daemon.unbound(threads: 4) == "mpirun -np 4 --bind-to none dcgan-dist train")
    #expect(daemon.with(threads: 3) == "mpirun -np 4 dcgan-dist train --threads 3")
    let several = LaunchCommand(
      arguments: ["./dcgan-dist", "train"], environment: ["OMPI_COMM_WORLD_SIZE": "2"],
      parent: ["mpirun", "-np", "1", "./dcgan-dist", "train", ":", "-np", "1", "./dcgan-dist", "train"])
    #expect(several.with(ranks: 1) == "mpirun -np 1 dcgan-dist train")
  }
}

@Suite("What control groups allow")
struct CgroupTests {
  @Test("The tightest of a group and those around it holds")
  func second() throws {
    let root = MadeUpRoot()
    try root.file("job/cpu.max", "400000 100000\n")
    try root.file("job/step/cpu.max", "max 100000\n")
    try root.file("job/step/cpuset.cpus.effective", "0-3,8\n")
    let limits = CgroupLimits(membership: "0::/job/step/task\n", root: root.path)
    #expect(limits.quota == .init(processors: 4, group: root.path + "/job"))
    #expect(limits.processors == [0, 1, 2, 3, 8])
    // In a container the name may be the host's.
    try root.file("cpu.max", "150000 100000")
    let inside = CgroupLimits(membership: "0::/docker/0123", root: root.path)
    #expect(inside.quota?.processors == 1.5 && inside.processors == nil)
  }

  @Test("The first version's groups, and files that say nothing")
  func first() throws {
    let root = MadeUpRoot()
    try root.file("cpu/job/cpu.cfs_quota_us", "250000")
    try root.file("cpu/job/cpu.cfs_period_us", "100000")
    try root.file("cpu/cpu.cfs_quota_us", "-1")
    try root.file("cpu/cpu.cfs_period_us", "100000")
    try root.file("cpuset/job/cpuset.cpus", "2-3")
    let limits = CgroupLimits(membership: "4:cpu,cpuacct:/job\n3:cpuset:/job\n", root: root.path)
    #expect(limits.quota?.processors == 2.5 && limits.processors == [2, 3])
    for text in ["", "nonsense", "0::/", "0::/a\n1:cpu:/a"] {
      #expect(
        CgroupLimits(membership: text, root: root.path + "/none") == CgroupLimits(membership: "", root: ""))
    }
  }

  @Test("What Slurm tells of a job's nodes")
  func slurm() {
    #expect(SlurmCounts.list("2(x3),1") == [2, 2, 2, 1])
    #expect(SlurmCounts.list("16") == [16])
    for text in ["", "x", "2(x3", "2(3)", "2,", "0", "-1(x2)", "2(x0)", "2(x9999999999)"] {
      #expect(SlurmCounts.list(text) == nil, "\(text)")
    }
    func job(_ more: [String: String]) -> [String: String] { more.merging(["SLURM_JOB_ID": "7"]) { $1 } }
    #expect(SlurmCounts.tasks(job(["SLURM_TASKS_PER_NODE": "2(x3),1"])) == 7)
    #expect(SlurmCounts.tasks(["SLURM_TASKS_PER_NODE": "2"]) == nil)
    // A step or a batch script knows its node; salloc's shell knows the job.
    #expect(
      SlurmCounts.processors(job(["SLURM_CPUS_ON_NODE": "1", "SLURM_JOB_CPUS_PER_NODE": "64(x2)"])) == 1)
    #expect(SlurmCounts.processors(job(["SLURM_JOB_CPUS_PER_NODE": "4(x2),8"])) == 8)
    #expect(SlurmCounts.processors(job([:])) == nil)
    #expect(SlurmCounts.processors(["SLURM_CPUS_ON_NODE": "2"]) == nil)
  }

  @Test("The kernel's lists of processors")
  func lists() {
    #expect(ProcessorCount.list("0-3,8\n") == [0, 1, 2, 3, 8])
    #expect(ProcessorCount.list("\t5") == [5])
    #expect(ProcessorCount.list("").isEmpty && ProcessorCount.list("3-1,x,1-2-3,0-99999999999").isEmpty)
  }
}
