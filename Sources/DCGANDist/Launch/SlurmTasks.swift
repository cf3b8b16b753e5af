/// How many tasks a Slurm job has, which are mpirun's slots.
enum SlurmTasks {
  /// The variable that tells the tasks of each node, `2(x3),1`.
  static let variable = "SLURM_TASKS_PER_NODE"

  /// The tasks of all nodes; nil outside of Slurm, and where the variable is no such list.
  static func total(_ environment: [String: String]) -> Int? {
    guard environment["SLURM_JOB_ID"] != nil, let text = environment[variable] else { return nil }
    var sum = 0
    for part in text.split(separator: ",") {
      let words = part.split(separator: "(", maxSplits: 1)
      guard let tasks = words.first.flatMap({ Int($0) }), 0 < tasks, tasks < 1 << 20 else { return nil }
      guard words.count == 2 else {
        sum += tasks
        continue
      }
      guard words[1].hasPrefix("x"), words[1].hasSuffix(")"),
        let nodes = Int(words[1].dropFirst().dropLast()),
        0 < nodes, nodes < 1 << 20
      else { return nil }
      sum += tasks * nodes
    }
    return sum > 0 ? sum : nil
  }
}
