// swift-tools-version: 6.2
// The map of the house, lowest room first. An arrow may only point up this file.
import PackageDescription

/// Every room of ours: Swift 6 mode, warnings are errors, imports say what they re-export.
let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Rooms that loop over numbers: an unoptimised loop is 100 times slower, so debug builds optimise them too.
let numeric: [SwiftSetting] = house + [.unsafeFlags(["-O"], .when(configuration: .debug))]
let numericC: [CSetting] = [.unsafeFlags(["-O3", "-Wall", "-Werror"])]

let package = Package(
  name: "mien",
  products: [
    .library(name: "Tensor", targets: ["Tensor"]),
    .library(name: "Checkpoint", targets: ["Checkpoint"]),
    .library(name: "Layers", targets: ["Layers"]),
    .library(name: "HiCMAE", targets: ["HiCMAE"]),
    .library(name: "Signal", targets: ["Signal"]),
    .library(name: "Media", targets: ["Media"]),
    .library(name: "Recognition", targets: ["Recognition"]),
    .executable(name: "mien", targets: ["mien"]),
  ],
  dependencies: [
    // Arguments, help and shell completion of the command.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The log interface that programs which embed our rooms can redirect.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // C libraries: headers only. `make deps` installs them.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat",
      providers: [
        .apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libswresample-dev", "libavutil-dev"])
      ]),
    .systemLibrary(name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // C of our own: what BLAS does not have, dlib behind a C interface, what Glibc hides from Swift.
    .target(name: "CKernels", cSettings: numericC, linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "CDlib", cxxSettings: [.unsafeFlags(["-O3", "-DNDEBUG"])],
      linkerSettings: [.linkedLibrary("dlib"), .linkedLibrary("stdc++"), .linkedLibrary("m")]),
    .target(name: "CSystem"),

    // Numbers: matrices, the worker pool, products, and nothing about media or models.
    .target(name: "Tensor", dependencies: ["CKernels", "COpenBLAS", "CSystem"], swiftSettings: numeric),
    // Files of weights: safetensors, and PyTorch archives read without Python.
    .target(name: "Checkpoint", dependencies: ["Tensor", "CZip", "CCrypto"], swiftSettings: numeric),
    // Blocks of transformers; each reads its weights' names once.
    .target(name: "Layers", dependencies: ["Tensor"], swiftSettings: numeric),
    // The paper.
    .target(name: "HiCMAE", dependencies: ["Layers", "Tensor"], swiftSettings: numeric),
    // Time: instants, windows, filter bank (its FFT is libavutil's), following of faces. Pure, no devices.
    .target(name: "Signal", dependencies: ["CFFmpeg"], swiftSettings: numeric),
    // Files, decoders, detectors: the only room with C handles and capture threads.
    .target(
      name: "Media", dependencies: ["Signal", "CFFmpeg", "CSndfile", "CDlib"], swiftSettings: numeric),
    // Policy: from windows to a stream of results; model folders; evaluation.
    .target(
      name: "Recognition", dependencies: ["HiCMAE", "Layers", "Tensor", "Checkpoint", "Signal"], swiftSettings: numeric),
    // The command, where everything meets.
    .executableTarget(
      name: "mien",
      dependencies: [
        "Recognition", "HiCMAE", "Layers", "Tensor", "Checkpoint", "Media", "Signal", "CSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),

    .target(
      name: "TestSupport", dependencies: ["Tensor", "Layers"], path: "Tests/TestSupport", swiftSettings: numeric),
    .testTarget(name: "TensorTests", dependencies: ["Tensor", "CKernels", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "CheckpointTests", dependencies: ["Checkpoint", "Tensor", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: house),
    .testTarget(name: "LayersTests", dependencies: ["Layers", "Tensor", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "HiCMAETests", dependencies: ["HiCMAE", "Layers", "Tensor", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: house),
    .testTarget(
      name: "SignalTests", dependencies: ["Signal", "TestSupport"], resources: [.copy("Golden")],
      swiftSettings: numeric),
    // Trains a tiny landmark model for the tests: dlib's trainer has no place in the product.
    .target(
      name: "CDlibTrainer", path: "Tests/CDlibTrainer", cxxSettings: [.unsafeFlags(["-O3", "-DNDEBUG"])],
      linkerSettings: [.linkedLibrary("dlib"), .linkedLibrary("stdc++"), .linkedLibrary("m")]),
    .testTarget(
      name: "MediaTests", dependencies: ["Media", "Signal", "CFFmpeg", "CDlibTrainer", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "RecognitionTests",
      dependencies: ["Recognition", "HiCMAE", "Layers", "Tensor", "Checkpoint", "Signal", "TestSupport"],
      swiftSettings: house),
    // Runs the built command as a user would.
    .testTarget(
      name: "MienTests",
      dependencies: ["mien", "Recognition", "HiCMAE", "Layers", "Tensor", "Checkpoint", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
