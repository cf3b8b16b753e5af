import Communication
import Testing

@Suite("What the environment tells of the launcher")
struct LaunchEnvironmentTests {
  @Test("A process that was started by hand")
  func byHand() {
    #expect(LaunchEnvironment([:]) == nil)
    #expect(LaunchEnvironment(["PATH": "/bin", "SLURM_JOB_ID": "7", "SLURM_NTASKS": "4"]) == nil)
  }

  @Test("The shell of a Slurm job is no rank")
  func jobShell() {
    for step in ["4294967290", "4294967291"] {
      #expect(LaunchEnvironment(["SLURM_STEP_ID": step, "SLURM_STEP_NUM_TASKS": "1"]) == nil)
    }
  }

  @Test("mpirun")
  func mpirun() {
    let launch = LaunchEnvironment([
      "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "PMIX_RANK": "3", "SLURM_STEP_ID": "0",
    ])
    #expect(launch?.launcher == .openMPI)
    #expect(launch?.worldSize == 4)
    #expect(launch?.rank == 3)
  }

  @Test("srun, with PMIx and without")
  func srun() {
    var environment = ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "5"]
    for _ in 0..<2 {
      let launch = LaunchEnvironment(environment)
      #expect(launch?.launcher == .slurm)
      #expect(launch?.worldSize == 8)
      #expect(launch?.rank == 5)
      environment["PMIX_RANK"] = "5"
    }
  }

  @Test(
    "A step of one task is alone, whatever srun offers it",
    arguments: [
      [:], ["PMIX_RANK": "0", "PMIX_NAMESPACE": "slurm.pmix.7.0"], ["PMI_RANK": "0", "PMI_SIZE": "1"],
    ])
  func stepOfOne(offered: [String: String]) {
    let step = ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"]
      .merging(offered) { $1 }
    #expect(LaunchEnvironment(step) == nil)
    #expect(LaunchEnvironment.isStepOfOne(step))
  }

  @Test(
    "What another launcher starts in a step of one task is not alone",
    arguments: [
      ["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1", "PMIX_RANK": "1"],
      ["PMIX_RANK": "1", "PMIX_NAMESPACE": "prterun-node7-5@1"],
      ["PMI_SIZE": "2", "PMI_RANK": "1"],
      // Of a step of several parts each tells its own tasks.
      ["PMIX_RANK": "1", "PMIX_NAMESPACE": "slurm.pmix.7.0", "SLURM_HET_SIZE": "2"],
    ])
  func inAStepOfOne(started: [String: String]) {
    let step = ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"]
      .merging(started) { $1 }
    let launch = LaunchEnvironment(step)
    #expect(launch?.rank == 1)
    #expect(launch?.worldSize == (started["PMIX_NAMESPACE"] == nil ? 2 : nil))
    #expect(launch?.isOutOfReach(whereMPINeedsPMIx: true) == false)
    #expect(!LaunchEnvironment.isStepOfOne(step))
  }

  @Test("Neither a job's shell nor a process by hand is a step of one")
  func noStep() {
    for environment in [
      [:], ["SLURM_JOB_ID": "7"], ["SLURM_STEP_ID": "4294967291", "SLURM_STEP_NUM_TASKS": "1"],
      ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"],
    ] { #expect(!LaunchEnvironment.isStepOfOne(environment)) }
  }

  @Test("Tasks of srun without PMIx are out of reach of an MPI that needs it, and of no other")
  func outOfReach() {
    let plain = ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"]
    let pmi = plain.merging(["PMI_SIZE": "2", "PMI_RANK": "1"]) { $1 }
    let pmix = plain.merging(["PMIX_RANK": "1"]) { $1 }
    for (environment, meeting) in [(plain, LaunchEnvironment.Meeting.none), (pmi, .pmi), (pmix, .pmix)] {
      let launch = LaunchEnvironment(environment)
      #expect(launch?.launcher == .slurm && launch?.worldSize == 2 && launch?.rank == 1)
      #expect(launch?.meeting == meeting)
      #expect(launch?.isOutOfReach(whereMPINeedsPMIx: true) == (meeting != .pmix))
      #expect(launch?.isOutOfReach(whereMPINeedsPMIx: false) == false)
    }
  }

  @Test("Another MPI's mpirun, and a PMIx launcher that does not tell its size")
  func others() {
    let pmi = LaunchEnvironment(["PMI_SIZE": "2", "PMI_RANK": "1"])
    #expect(pmi?.launcher == .pmi)
    #expect(pmi?.worldSize == 2)
    let pmix = LaunchEnvironment(["PMIX_RANK": "1"])
    #expect(pmix?.launcher == .pmix)
    #expect(pmix?.worldSize == nil)
    #expect(pmix?.rank == 1)
  }

  @Test("Ranks that MPI does not see are told, with the way to start them")
  func disagreement() {
    let slurm = LaunchEnvironment(["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "5"])
    #expect(slurm?.disagreement(withWorldSize: 8) == nil)
    let reason = slurm?.disagreement(withWorldSize: 1) ?? ""
    #expect(reason.contains("srun started 8 ranks but MPI sees 1"))
    #expect(reason.contains("--mpi=pmix"))
  }
}
