import Cluster
import Foundation
import Testing

@Suite("What limits memory")
struct MemoryBoundTests {
  @Test("The second version's groups: each that sets a bound, less what its processes hold, files left out")
  func second() throws {
    let root = MadeUpRoot()
    try root.file("job/memory.max", "1000000\n")
    try root.file("job/memory.high", "max\n")
    try root.file("job/memory.current", "400000\n")
    try root.file(
      "job/memory.stat", "anon 300000\nfile 90000\ninactive_file 70000\nactive_file 10000\nshmem 10000\n")
    try root.file("job/step/memory.max", "max\n")
    try root.file("job/step/memory.current", "1\n")
    try root.file("job/step/task/memory.max", "900000\n")
    try root.file("job/step/task/memory.high", "500000\n")
    try root.file("job/step/task/memory.current", "600000\n")
    let found = MemoryBounds.groups(membership: "0::/job/step/task\n", root: root.path)
    #expect(found == [root.bound("job/step/task", 500_000, -100_000), root.bound("job", 1_000_000, 680_000)])
    // In a container the name may be the host's, and its own group is the root.
    try root.file("memory.max", "700000")
    try root.file("memory.current", "100000")
    let inside = MemoryBounds.groups(membership: "0::/docker/0123", root: root.path)
    #expect(inside.map(\.limit) == [700_000] && inside.map(\.left) == [600_000])
  }

  @Test("The first version's groups; its largest number is no bound, and a container sees one around it")
  func first() throws {
    let root = MadeUpRoot()
    try root.file("memory/job/step/memory.limit_in_bytes", "9223372036854771712\n")
    try root.file("memory/job/step/memory.usage_in_bytes", "5000\n")
    try root.file("memory/job/memory.limit_in_bytes", "125829120\n")
    try root.file("memory/job/memory.usage_in_bytes", "65000000\n")
    try root.file(
      "memory/job/memory.stat", "cache 7\ntotal_inactive_file 3000000\ntotal_active_file 2000000\n")
    try root.file("memory/memory.limit_in_bytes", "9223372036854771712\n")
    let text = "4:memory:/job/step\n1:cpu,cpuacct:/job\n0::/\n"
    #expect(
      MemoryBounds.groups(membership: text, root: root.path)
        == [root.bound("memory/job", 125_829_120, 65_829_120)])
    try root.file("memory/job/step/memory.stat", "hierarchical_memory_limit 100000000\n")
    #expect(
      MemoryBounds.groups(membership: text, root: root.path).first
        == root.bound("memory/job/step", 100_000_000, 99_995_000))
  }

  @Test("Files that say nothing set no bound")
  func nothing() throws {
    let root = MadeUpRoot()
    try root.file("a/memory.max", "nonsense")
    for text in ["", "nonsense", "0::/", "0::/a", "0::/a\n9:memory:/b"] {
      #expect(MemoryBounds.groups(membership: text, root: root.path).isEmpty)
    }
  }

  @Test("What a job asked Slurm for, by node or by processor")
  func slurm() {
    func limits(_ environment: [String: String]) -> [Int] {
      MemoryBounds.slurm(environment.merging(["SLURM_JOB_ID": "7"]) { own, _ in own }).map(\.limit)
    }
    #expect(
      MemoryBounds.slurm(["SLURM_JOB_ID": "7", "SLURM_MEM_PER_NODE": "120"])
        == [MemoryBound(.slurm, "SLURM_MEM_PER_NODE", holder: "job 7", limit: 120 << 20)])
    #expect(limits(["SLURM_MEM_PER_CPU": "500", "SLURM_CPUS_ON_NODE": "4"]) == [2000 << 20])
    #expect(limits(["SLURM_MEM_PER_CPU": "500", "SLURM_JOB_CPUS_PER_NODE": "8(x2),4"]) == [4000 << 20])
    // 0 is all that a node has.
    #expect(limits(["SLURM_MEM_PER_NODE": "0"]).isEmpty && limits(["SLURM_MEM_PER_NODE": "x"]).isEmpty)
    #expect(limits(["SLURM_MEM_PER_NODE": "9223372036854775807"]).isEmpty && limits([:]).isEmpty)
    #expect(MemoryBounds.slurm(["SLURM_MEM_PER_NODE": "120"]).isEmpty, "there is no job")
  }

  @Test("What the machine has")
  func machine() {
    let found = MemoryBounds.machine(["MemTotal": 1000, "MemAvailable": 700, "MemFree": 10])
    #expect(found.map(\.limit) == [1_024_000] && found.map(\.left) == [716_800])
    #expect(MemoryBounds.machine(["MemTotal": 1000, "MemFree": 10, "Cached": 5]).map(\.left) == [15 * 1024])
    #expect(MemoryBounds.machine([:]).isEmpty)
  }
}

extension MadeUpRoot {
  fileprivate func bound(_ group: String, _ limit: Int, _ left: Int) -> MemoryBound {
    MemoryBound(
      .cgroup, "the cgroup \(path)/\(group)", holder: "\(path)/\(group)", limit: limit, left: left)
  }
}

@Suite("Memory for decoded pictures")
struct DataMemoryPlanTests {
  private static let mib = 1 << 20
  private let pictures = DataMemoryPlan.Pictures(count: 20_000, bytes: 12_293)

  private func machine(_ gib: Int, left: Int, need: Int = 100) -> MemoryBound {
    MemoryBound(
      .machine, "the machine", holder: "machine", limit: gib << 30, left: left * Self.mib,
      need: need * Self.mib)
  }
  private func slurm(_ limit: Int, need: Int) -> MemoryBound {
    MemoryBound(.slurm, "SLURM_MEM_PER_NODE", holder: "job 7", limit: limit * Self.mib, need: need * Self.mib)
  }
  private func group(_ name: String, _ limit: Int, left: Int, need: Int) -> MemoryBound {
    MemoryBound(
      .cgroup, "the cgroup /\(name)", holder: "/\(name)", limit: limit * Self.mib, left: left * Self.mib,
      need: need * Self.mib)
  }
  private func rank(on host: String = "a", resident: Int = 60, _ bounds: MemoryBound...) -> RankMemory {
    RankMemory(host: host, resident: resident * Self.mib, bounds: bounds)
  }
  private func plan(_ ranks: [RankMemory], asked: Int? = nil) -> DataMemoryPlan {
    DataMemoryPlan(ranks, pictures: pictures, asked: asked)
  }

  @Test("Where there is enough, a node takes 2 GiB, shared by its ranks")
  func enough() {
    let many = DataMemoryPlan.Pictures(count: 1_000_000, bytes: 12_293)
    let one = DataMemoryPlan([rank(machine(24, left: 20_000))], pictures: many, asked: nil)
    #expect(one.bytes == [2 << 30] && one.warnings.isEmpty)
    #expect(
      one.line
        == "decoded pictures are kept in memory, up to 2 GiB a node (the default; 19.4 GiB of the 24 GiB of the machine are left beside the networks)"
    )
    let four = plan((0..<4).map { _ in rank(machine(24, left: 20_000)) })
    #expect(four.bytes == [Int](repeating: 1 << 29, count: 4))
    #expect(
      four.line.hasPrefix(
        "decoded pictures are kept in memory, all of them: 937 MiB a node, of at most 2 GiB (the default; "))
    // Nothing is known of the machine.
    #expect(plan([rank()]).bytes == [2 << 30] && plan([rank()]).line.hasSuffix("(the default)"))
  }

  @Test("Under a bound it is half of what the networks leave")
  func bounded() {
    let job = plan([rank(machine(24, left: 20_000), slurm(120, need: 20))])
    #expect(job.bytes == [20 * Self.mib] && job.warnings.isEmpty)
    #expect(
      job.line
        == "decoded pictures are kept in memory, up to 20 MiB a node (half of what is left of the 120 MiB of SLURM_MEM_PER_NODE beside the networks)"
    )
    // Two ranks hold 120 MiB of it and need 40.
    let two = plan([rank(slurm(300, need: 20)), rank(slurm(300, need: 20))])
    #expect(two.bytes == [35 * Self.mib, 35 * Self.mib] && two.line.contains("up to 70 MiB a node"))
    // And mpirun, once, however many ranks it started.
    let launched = (0..<2).map { _ in
      RankMemory(
        host: "a", resident: 60 * Self.mib, launchers: 30 * Self.mib,
        bounds: [slurm(300, need: 20), machine(24, left: 20_000)])
    }
    #expect(plan(launched).bytes == [27 * Self.mib + Self.mib / 2, 27 * Self.mib + Self.mib / 2])
    // A group of each task within the job's: the tighter one counts.
    let tasks = plan([
      rank(group("job/0", 400, left: 300, need: 100), group("job", 500, left: 300, need: 100)),
      rank(group("job/1", 400, left: 300, need: 100), group("job", 500, left: 300, need: 100)),
    ])
    #expect(tasks.bytes == [25 * Self.mib, 25 * Self.mib])
    #expect(tasks.line.contains("of the 500 MiB of the cgroup /job beside"))
    let apart = plan([
      rank(group("job/0", 400, left: 300, need: 100), group("job", 5000, left: 3000, need: 100)),
      rank(group("job/1", 400, left: 200, need: 100), group("job", 5000, left: 3000, need: 100)),
    ])
    #expect(apart.bytes == [100 * Self.mib, 50 * Self.mib] && apart.line.contains("up to 150 MiB a node"))
  }

  @Test("Nodes need not be alike, and the least is told")
  func nodes() {
    let plan = plan([
      rank(on: "a", machine(24, left: 20_000)), rank(on: "b", machine(1, left: 500)),
      rank(on: "c", machine(1, left: 500)),
    ])
    #expect(plan.bytes == [2 << 30, 200 * Self.mib, 200 * Self.mib])
    #expect(
      plan.line.contains("up to 200 MiB a node (half of")
        && plan.line.hasSuffix("; this is b, the least of 3 nodes"))
  }

  @Test("What was asked for is taken, and told where it is too much")
  func asked() {
    let none = plan([rank(machine(24, left: 20_000))], asked: 0)
    #expect(
      none.bytes == [0] && none.line == "no decoded pictures are kept in memory (--data-memory 0 bytes)"
        && none.warnings.isEmpty)
    let some = plan([rank(slurm(200, need: 40)), rank(slurm(200, need: 40))], asked: 30 * Self.mib)
    #expect(some.bytes == [15 * Self.mib, 15 * Self.mib])
    #expect(some.line.contains("up to 30 MiB a node (--data-memory 30 MiB)"))
    let much = plan([rank(slurm(200, need: 40))], asked: 4 << 30)
    #expect(much.bytes == [4 << 30])
    #expect(
      much.warnings == [
        "a: --data-memory 4 GiB is more than the 100 MiB of the 200 MiB of SLURM_MEM_PER_NODE that are left beside the networks, so the run may be killed as pictures come: give at most 50 MiB"
      ])
    // All pictures together are fewer.
    #expect(plan([rank(slurm(500, need: 40))], asked: 4 << 30).warnings.isEmpty)
    #expect(plan([rank(slurm(500, need: 40))], asked: 100).line.hasPrefix("no decoded pictures are kept"))
  }

  @Test("A bound that is too tight for the networks is told, once for nodes alike")
  func tooTight() {
    let job = plan([rank(slurm(120, need: 200))])
    #expect(job.bytes == [0])
    #expect(
      job.line
        == "no decoded pictures are kept in memory (nothing is left for them of the 120 MiB of SLURM_MEM_PER_NODE)"
    )
    #expect(
      job.warnings == [
        "a: the run needs about 200 MiB more, and 60 MiB of the 120 MiB of SLURM_MEM_PER_NODE are left, so it may be killed: ask Slurm for more, such as --mem=350M, or take a smaller --batch-size or --width"
      ])
    let process = MemoryBound(
      .process, "ulimit -v", holder: "process 9", limit: 400 * Self.mib, left: 100 * Self.mib,
      need: 320 * Self.mib)
    #expect(
      plan([rank(process)]).warnings == [
        "a: the run needs about 320 MiB more, and 100 MiB of the 400 MiB of ulimit -v are left, so it may stand still or fail: raise it, or take a smaller --batch-size or --width"
      ])
    let both = plan([
      rank(on: "a", group("g", 100, left: -5, need: 20)), rank(on: "b", group("g", 100, left: -5, need: 20)),
    ])
    #expect(
      both.warnings == [
        "a and 1 other node: the run needs about 20 MiB more, and 0 bytes of the 100 MiB of the cgroup /g are left, so it may be killed: raise the group's limit, or take a smaller --batch-size or --width"
      ])
  }
}
