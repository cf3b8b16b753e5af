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
        "Diagnostics", "Runs", "Models", "Options", "Recipes", "Cluster", "Reporting", "Datasets",
        "DataParallel", "Communication", "Networks", "Layers", "Configuration", "Tensors", "CSignals",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Diagnostics",
      dependencies: [
        "Runs", "Options", "Training", "Recipes", "Cluster", "Reporting", "Datasets", "DataParallel",
        "Communication", "Networks", "Layers", "Configuration", "Tensors", "CKernels",
      ]),
    .target(
      name: "Runs",
      dependencies: [
        "Evaluation", "Models", "Options", "Training", "Recipes", "Cluster", "Reporting", "Drawing",
        "Checkpoints", "Files", "Datasets", "DataParallel", "Communication", "Networks", "Layers",
        "Configuration", "Tensors", "CKernels", "CSignals",
      ]),
    .target(name: "Evaluation", dependencies: ["Drawing", "Networks", "Objectives"]),
    .target(
      name: "Models",
      dependencies: [
        "Options", "Training", "Recipes", "Cluster", "Reporting", "Drawing", "Checkpoints", "Files",
        "Networks", "Layers", "Configuration", "Tensors",
      ]),
    .target(
      name: "Options",
      dependencies: [
        "Recipes", "Cluster", "Files", "Datasets", "DataParallel", "Networks", "Layers", "Configuration",
      ]),
    .target(
      name: "Training",
      dependencies: [
        "Recipes", "DataParallel", "Communication", "Networks", "Objectives", "Layers", "Tensors", "CKernels",
      ]),
    .target(name: "Recipes", dependencies: ["Datasets", "Networks", "Objectives", "Configuration"]),
    .target(name: "Cluster", dependencies: ["Communication", "Configuration", "Tensors", "CKernels"]),
    .target(
      name: "Reporting",
      dependencies: [
        "Drawing", "Files", "Tensors", "CSignals", .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "Drawing", dependencies: ["Files", "CImageCodecs"]),
    .target(name: "Checkpoints", dependencies: ["Files"]),
    .target(name: "Files", dependencies: ["CLibCrypto"]),
    .target(name: "Datasets", dependencies: ["Tensors", "CImageCodecs", "CZlib"]),
    .target(name: "DataParallel", dependencies: ["Communication", "Layers", "Tensors", "CKernels"]),
    .target(name: "Communication", dependencies: ["CMPI"]),
    .target(name: "Networks", dependencies: ["Layers", "Configuration", "Tensors", "CKernels"]),
    .target(name: "Objectives", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Layers", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")]),
    .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS", "CSignals"]),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m"), .linkedLibrary("pthread")]),
    .target(name: "CSignals"),
    .target(name: "CMPI", dependencies: ["COpenMPI"]),
    .target(name: "CImageCodecs", dependencies: ["CLibJPEG", "CLibPNG"]),
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    .target(name: "TestNumbers", dependencies: [], path: "Tests/TestNumbers"),
    .target(name: "ThreadRanks", dependencies: ["Communication"], path: "Tests/ThreadRanks"),
    .testTarget(name: "TensorsTests", dependencies: ["CKernels", "Tensors", "TestNumbers"]),
    .testTarget(name: "LayersTests", dependencies: ["CKernels", "Layers", "Tensors", "TestNumbers"]),
    .testTarget(name: "ObjectivesTests", dependencies: ["Objectives", "Tensors"]),
    .testTarget(name: "NetworksTests", dependencies: ["Configuration", "Layers", "Networks", "Recipes"]),
    .testTarget(
      name: "CommunicationTests", dependencies: ["Cluster", "Communication", "DataParallel", "ThreadRanks"]),
    .testTarget(name: "DatasetsTests", dependencies: ["CImageCodecs", "CZlib", "Datasets"]),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Files", "Models", "Recipes"]),
    .testTarget(name: "ReportingTests", dependencies: ["CImageCodecs", "Drawing", "Files", "Reporting"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Checkpoints", "Cluster", "Communication", "DataParallel", "Diagnostics", "Drawing", "Evaluation",
        "Layers", "Models", "Networks", "Objectives", "Recipes", "Reporting", "Runs", "Tensors",
        "TestNumbers", "ThreadRanks", "Training",
      ], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "Checkpoints", "Cluster", "Configuration", "Diagnostics", "Drawing", "Layers", "Models", "Networks",
        "Objectives", "Options", "Recipes", "Runs", "Tensors",
      ]),
  ]
)
