import Communication
import DataParallel
import TestRanks
import Testing

/// The suites that need several processes. Under mpirun each rank runs them:
///
///     mpirun -n 4 .build/release/dcgan-distPackageTests.xctest --testing-library swift-testing --filter
/// MultiRank
///
/// Serialized, as the ranks must enter their collectives in one order (Note [Collective order]).
@Suite(
  "Ranks under mpirun", .serialized,
  .enabled(if: LaunchEnvironment.current != nil, "needs mpirun to start its ranks"))
struct MultiRankTests {
  @Test("The launcher and MPI agree")
  func launch() {
    onWorld { world in
      #expect(LaunchEnvironment.current?.worldSize == world.size)
      #expect(LaunchEnvironment.current?.rank == world.rank)
      #expect((MPICommunicator.threadLevel ?? .single) >= .serialized)
      let again = try MPICommunicator.initialize()
      #expect(again === world)
      #expect(!MPICommunicator.libraryVersion.isEmpty)
    }
  }

  @Test("MPI keeps every promise")
  func conformance() { onWorld { try checkConformance($0) } }

  @Test("MPI that is watched keeps every promise")
  func watched() { onWorld { try checkConformance(WatchedCommunicator($0, as: "all ranks")) } }

  @Test("Buffers longer than a message keep every promise")
  func longBuffers() {
    onWorld { world in
      guard let copy = try world.duplicate() as? MPICommunicator else {
        throw Unmet(description: "a duplicate is of the same kind")
      }
      copy.limitMessages(to: 333)
      try checkConformance(copy)
    }
  }

  @Test("An error of MPI names call, rank, host and reason")
  func errors() {
    onWorld { world in
      var bytes = [UInt8](repeating: 0, count: 16)
      let error = #expect(throws: CommunicationError.self) {
        try bytes.withUnsafeMutableBytes {
          try world.exchange(
            send: .init(rebasing: $0[..<12]), receive: .init(rebasing: $0[12...]), with: world.rank)
        }
      }
      let sentence = error?.description ?? ""
      #expect(
        sentence.hasPrefix("MPI_Sendrecv failed on rank \(world.rank) (host \(world.hostName)): MPI_ERR_"))
    }
  }

  @Test("Sums over ranks are right, and ordered ones have the tree's bits")
  func sums() {
    onWorld { world in
      let fits = world.size & (world.size - 1) == 0
      for count in sumCounts {
        if fits { try checkSums(world, mode: .ordered, slices: 8, count: count) }
        try checkSums(world, mode: .fast, slices: world.size, count: count)
      }
    }
  }

  @Test("Gradients are reduced as the tree says")
  func gradients() {
    onWorld { world in
      let plan = try ReductionPlan.resolve(batch: 128, ranks: world.size)
      for bytes in [4096, 2 << 20] {
        for overlaps in [true, false] {
          try checkReducer(
            world, mode: plan.mode, slices: plan.slices, bucketBytes: bytes, overlaps: overlaps)
        }
        guard plan.mode == .ordered else { continue }
        try checkReducer(world, mode: .ordered, slices: plan.slices, bucketBytes: bytes, wire: .bf16)
      }
    }
  }

  @Test(
    "A flipped bit is found", .enabled(if: (LaunchEnvironment.current?.worldSize ?? 1) > 1, "needs two ranks")
  )
  func replicas() { onWorld { try checkReplicaCheck($0) } }
}
