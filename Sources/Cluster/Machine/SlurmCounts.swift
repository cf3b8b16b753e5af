/// What Slurm's variables tell of each node of a job.
package enum SlurmCounts {
  /// The numbers of a list such as `2(x3),1`, one for each node; nil where the text is no such list.
  package static func list(_ text: String) -> [Int]? {
    var counts: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false)
      guard let count = Int(words[0]), 0 < count, count < 1 << 20 else { return nil }
      guard words.count == 2 else {
        counts.append(count)
        continue
      }
      guard words[1].hasPrefix("x"), words[1].hasSuffix(")"),
        let nodes = Int(words[1].dropFirst().dropLast()),
        0 < nodes, nodes < 1 << 20
      else { return nil }
      counts += Array(repeating: count, count: nodes)
    }
    return counts
  }

  /// How many tasks a job has, which are mpirun's slots; nil outside of Slurm.
  package static func tasks(_ environment: [String: String]) -> Int? {
    guard environment["SLURM_JOB_ID"] != nil else { return nil }
    return environment["SLURM_TASKS_PER_NODE"].flatMap(list)?.reduce(0, +)
  }

  /// How many processors Slurm gave the job, or the job step that srun started, on this node; nil outside of
  /// Slurm. Without cgroups only the environment tells. Under salloc the variable lists all nodes; the
  /// largest count is taken.
  package static func processors(_ environment: [String: String]) -> Int? {
    guard environment["SLURM_JOB_ID"] != nil else { return nil }
    return (environment["SLURM_CPUS_ON_NODE"] ?? environment["SLURM_JOB_CPUS_PER_NODE"]).flatMap(list)?.max()
  }
}
