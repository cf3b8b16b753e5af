// swift-tools-version: 6.1
import PackageDescription

// The rooms of docs/architecture.md, from the command line down to the C kernels.
// Arrows of import point down this list only.
let package = Package(
  name: "dcgan-dist",
  products: [.executable(name: "dcgan-dist", targets: ["DCGANDist"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    .executableTarget(
      name: "DCGANDist",
      dependencies: [
        "Diagnostics", "Runs", "Evaluation", "Models", "Options", "Recipes", "Cluster", "Reporting",
        "Datasets",
        "DataParallel", "Communication", "Networks", "Layers", "Configuration", "Tensors", "Wording",
        "CSignals",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Diagnostics",
      dependencies: [
        "Runs", "Options", "Training", "Recipes", "Cluster", "Reporting", "Datasets", "DataParallel",
        "Communication", "Networks", "Layers", "Configuration", "Tensors", "Wording", "CKernels",
      ]),
    .target(
      name: "Runs",
      dependencies: [
        "Evaluation", "Models", "Options", "Training", "Recipes", "Cluster", "Reporting", "Drawing",
        "Checkpoints", "Files", "Datasets", "DataParallel", "Communication", "Objectives", "Networks",
        "Layers", "Configuration", "Tensors", "Wording", "CKernels", "CSignals",
      ]),
    .target(
      name: "Evaluation",
      dependencies: [
        "Models", "Options", "Recipes", "Cluster", "Reporting", "Drawing", "Checkpoints", "Files", "Datasets",
        "DataParallel", "Communication", "Objectives", "Networks", "Layers", "Configuration", "Tensors",
        "Wording",
        "CKernels", "CLIBLINEAR",
      ]),
    .target(
      name: "Models",
      dependencies: [
        "Options", "Training", "Recipes", "Cluster", "Reporting", "Drawing", "Checkpoints", "Files",
        "Datasets",
        "Networks", "Layers", "Configuration", "Tensors", "Wording",
      ]),
    .target(
      name: "Options",
      dependencies: [
        "Recipes", "Cluster", "Files", "Datasets", "DataParallel", "Networks", "Layers", "Configuration",
        "Tensors", "Wording",
      ]),
    .target(
      name: "Training",
      dependencies: [
        "Recipes", "DataParallel", "Communication", "Networks", "Objectives", "Layers", "Tensors", "CKernels",
      ]),
    .target(
      name: "Recipes",
      dependencies: ["Datasets", "Networks", "Objectives", "Configuration", "Tensors", "Wording"]),
    .target(
      name: "Cluster", dependencies: ["Communication", "Configuration", "Tensors", "Wording", "CKernels"]),
    .target(
      name: "Reporting",
      dependencies: [
        "Drawing", "Files", "Tensors", "Wording", "CSignals", .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "Drawing", dependencies: ["Files", "CImageCodecs"]),
    .target(name: "Checkpoints", dependencies: ["Files", "Wording"]),
    .target(name: "Files", dependencies: ["CLibCrypto"]),
    .target(name: "Datasets", dependencies: ["Tensors", "Wording", "CImageCodecs", "CZlib"]),
    .target(
      name: "DataParallel", dependencies: ["Communication", "Layers", "Tensors", "Wording", "CKernels"]),
    .target(name: "Communication", dependencies: ["Wording", "CMPI"]),
    .target(name: "Networks", dependencies: ["Layers", "Configuration", "Tensors", "Wording", "CKernels"]),
    .target(name: "Objectives", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Layers", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Configuration", dependencies: ["Wording", .product(name: "Yams", package: "Yams")]),
    .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS", "CSignals"]),
    .target(name: "Wording"),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m"), .linkedLibrary("pthread")]),
    .target(name: "CSignals"),
    .target(name: "CMPI", dependencies: ["COpenMPI"]),
    .target(name: "CImageCodecs", dependencies: ["CLibJPEG", "CLibPNG"]),
    .target(name: "CLIBLINEAR", linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("pthread")]),
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // What several rooms' tests need: scratch folders, numbers and a reader of GIF files; options; small networks in
    // a step; ranks and what they promise.
    .target(
      name: "TestSupport", dependencies: ["Drawing", "Configuration"], path: "Tests/TestSupport"),
    .target(
      name: "TestOptions", dependencies: ["Options", "Recipes", "Cluster", "Configuration"],
      path: "Tests/TestOptions"),
    .target(
      name: "TestNetworks",
      dependencies: [
        "Training", "Recipes", "DataParallel", "Communication", "Networks", "Layers", "Tensors",
      ], path: "Tests/TestNetworks"),
    .target(name: "TestRanks", dependencies: ["Communication"], path: "Tests/TestRanks"),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "TestSupport", "TestOptions", "Options", "Recipes", "Reporting", "Drawing", "Checkpoints", "Networks",
        "Layers",
        "Configuration", "Tensors",
      ], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "DiagnosticsTests",
      dependencies: ["TestOptions", "TestRanks", "Diagnostics", "Cluster", "Communication"]),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "TestSupport", "TestOptions", "Runs", "Options", "Training", "Recipes", "Cluster", "Reporting",
        "Configuration",
      ]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "TestSupport", "TestRanks", "Evaluation", "Models", "Recipes", "Cluster", "Reporting", "Drawing",
        "Checkpoints", "Datasets", "Communication", "Objectives", "Networks", "Layers", "Configuration",
        "Tensors",
      ]),
    .testTarget(
      name: "ModelsTests",
      dependencies: [
        "TestSupport", "TestOptions", "TestNetworks", "Models", "Training", "Recipes", "Checkpoints",
        "Networks", "Configuration", "Tensors",
      ]),
    .testTarget(
      name: "OptionsTests",
      dependencies: [
        "TestSupport", "TestOptions", "Options", "Recipes", "Objectives", "Layers", "Configuration",
      ]),
    .testTarget(
      name: "TwinTests",
      dependencies: [
        "TestSupport", "TestNetworks", "Models", "Training", "Recipes", "Checkpoints", "Networks",
        "Objectives", "Layers", "Tensors",
      ], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "TestSupport", "TestNetworks", "TestRanks", "Training", "Recipes", "Communication", "Networks",
        "Objectives",
        "Layers",
        "Tensors",
      ]),
    .testTarget(
      name: "RecipesTests",
      dependencies: ["TestSupport", "Recipes", "Networks", "Objectives", "Configuration", "Tensors"]),
    .testTarget(name: "ClusterTests", dependencies: ["TestRanks", "Cluster", "Communication", "Tensors"]),
    .testTarget(
      name: "ReportingTests", dependencies: ["TestSupport", "Reporting", "Drawing", "Files", "Tensors"]),
    .testTarget(name: "DrawingTests", dependencies: ["TestSupport", "Drawing", "Files", "CImageCodecs"]),
    .testTarget(name: "CheckpointsTests", dependencies: ["TestSupport", "Checkpoints", "Files"]),
    .testTarget(name: "FilesTests", dependencies: ["TestSupport", "Files"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["TestSupport", "Datasets", "Tensors", "CImageCodecs", "CZlib"]),
    .testTarget(name: "DataParallelTests", dependencies: ["TestRanks", "DataParallel", "Communication"]),
    .testTarget(name: "CommunicationTests", dependencies: ["TestRanks", "Communication"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: [
        "TestSupport", "TestNetworks", "Recipes", "Networks", "Layers", "Configuration", "Tensors",
      ]),
    .testTarget(name: "ObjectivesTests", dependencies: ["Objectives", "Tensors"]),
    .testTarget(name: "LayersTests", dependencies: ["TestSupport", "Layers", "Tensors", "CKernels"]),
    .testTarget(name: "WordingTests", dependencies: ["Wording"]),
    .testTarget(name: "TensorsTests", dependencies: ["TestSupport", "Tensors", "CKernels"]),
  ]
)
