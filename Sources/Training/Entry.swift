import Communication

/// What the command line calls. (The lead's file; this is the least that compiles.)
public enum TrainingEntry {
  /// Trains. Collective; gives the exit code.
  public static func train(_ request: TrainRequest, communicator: any Communicator) throws -> Int32 {
    throw RunError("training is not part of this build")
  }
  /// Makes pictures.
  public static func generate(_ request: GenerateRequest) throws {
    throw RunError("generate is not part of this build")
  }
  /// Measures steps. Collective; every rank gets the result.
  public static func bench(_ request: BenchRequest, communicator: any Communicator) throws -> BenchResult {
    throw RunError("bench is not part of this build")
  }
}
