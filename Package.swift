// swift-tools-version: 6.2
// The rooms of the house, lowest first. A target may depend only on targets listed above it.
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

/// The rooms that programs of others can use; the facade first.
let libraries = [
  "MienKit", "Files", "Tensor", "Checkpoint", "Layers", "Networks", "Architectures", "HiCMAE", "HiCMAETraining",
  "VAVL", "VAVLTraining", "Training", "Signal", "Media", "Lists", "Models", "Recognition", "Evaluation", "Sessions",
  "Outlets", "Clips", "TrainingRuns",
]

let package = Package(
  name: "mien",
  products: libraries.map { .library(name: $0, targets: [$0]) } + [.executable(name: "mien", targets: ["mien"])],
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
    // Without pkgConfig: libpulse.pc has flags that the package manager warns about.
    .systemLibrary(name: "CPulse", providers: [.apt(["libpulse-dev"])]),
    .systemLibrary(name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // Figures with text, as PNG.
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),

    // C of our own: what BLAS does not have, dlib behind a C interface, what Glibc hides from Swift.
    .target(name: "CKernels", cSettings: numericC, linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "CDlib", cxxSettings: [.unsafeFlags(["-O3", "-DNDEBUG"])],
      linkerSettings: [.linkedLibrary("dlib"), .linkedLibrary("stdc++"), .linkedLibrary("m")]),
    .target(name: "CSystem"),

    // Queues and threads. They decide nothing.
    .target(name: "Threading", dependencies: ["CSystem"], swiftSettings: house),
    // What every room that reads or writes files needs: one error, files that appear whole or not at all, JSON, SHA-256.
    .target(name: "Files", dependencies: ["CCrypto"], swiftSettings: numeric),
    // Lists of clips: text in, entries out.
    .target(name: "Lists", dependencies: ["Files"], swiftSettings: house),
    // Numbers: matrices, the worker pool, products, and nothing about media or models.
    .target(name: "Tensor", dependencies: ["CKernels", "COpenBLAS", "CSystem"], swiftSettings: numeric),
    // Files of weights: safetensors, and PyTorch archives read without Python.
    .target(name: "Checkpoint", dependencies: ["Files", "Tensor", "CZip"], swiftSettings: numeric),
    // Blocks of transformers. Each reads its weights by name, once.
    .target(name: "Layers", dependencies: ["Tensor"], swiftSettings: numeric),
    // What every architecture has in common: modalities, heads, and the interface of a network.
    .target(name: "Networks", dependencies: ["Layers", "Tensor", "Files"], swiftSettings: numeric),
    // Training of any architecture: tape, gradients, losses, optimiser. Recognition does not import it.
    .target(name: "Training", dependencies: ["Networks", "Layers", "Tensor"], swiftSettings: numeric),
    // The HiCMAE model (arXiv 2401.05698), and how it is trained.
    .target(
      name: "HiCMAE", dependencies: ["Networks", "Layers", "Tensor", "Files"], path: "Sources/HiCMAE/Network",
      swiftSettings: numeric),
    .target(
      name: "HiCMAETraining", dependencies: ["HiCMAE", "Training", "Networks", "Layers", "Tensor"],
      path: "Sources/HiCMAE/Training", swiftSettings: numeric),
    // The VAVL model (arXiv 2305.07216), and how it is trained.
    .target(
      name: "VAVL", dependencies: ["Networks", "Layers", "Tensor", "Files"], path: "Sources/VAVL/Network",
      swiftSettings: numeric),
    .target(
      name: "VAVLTraining", dependencies: ["VAVL", "Training", "Networks", "Layers", "Tensor"],
      path: "Sources/VAVL/Training", swiftSettings: numeric),
    // The one list of architectures.
    .target(
      name: "Architectures", dependencies: ["HiCMAE", "HiCMAETraining", "VAVL", "VAVLTraining", "Networks"],
      swiftSettings: numeric),
    // Instants, windows, filter bank (with libavutil's FFT), following of faces. Pure: no devices.
    .target(name: "Signal", dependencies: ["CFFmpeg"], swiftSettings: numeric),
    // Files, decoders, detectors: the only room with C handles and capture threads.
    .target(
      name: "Media", dependencies: ["Threading", "Files", "Signal", "CFFmpeg", "CSndfile", "CDlib", "CV4L2", "CPulse"],
      swiftSettings: numeric),
    // Model folders: config.json, labels, preprocessing, calibration; import and export.
    .target(
      name: "Models", dependencies: ["Checkpoint", "Files", "Layers", "Signal", "Tensor", "Networks", "Architectures"],
      swiftSettings: numeric),
    // From windows to a stream of results: recogniser, replay, live. Knows neither microphones nor gradients.
    .target(
      name: "Recognition",
      dependencies: ["Threading", "Files", "Models", "Networks", "Signal", "Tensor"],
      swiftSettings: numeric),
    // What a model's answers on lists of clips are worth: predictions, metrics, reports, the fit of a calibration.
    .target(
      name: "Evaluation",
      dependencies: ["Files", "Lists", "Models", "Networks", "Recognition", "Signal", "Tensor", "Checkpoint"],
      swiftSettings: numeric),
    // A session folder: recorder, tables, manifest, and the recording that is replayed from it.
    .target(
      name: "Sessions", dependencies: ["Threading", "Files", "Media", "Models", "Networks", "Recognition", "Signal"],
      swiftSettings: numeric),
    // Outputs of a stream: sockets, a terminal, a writer that may stall.
    .target(
      name: "Outlets", dependencies: ["Threading", "Files", "Networks", "Recognition", "Signal"], swiftSettings: house),
    // From annotation lists to batches of clips: decoding, augmentation, order. Knows no gradients.
    .target(
      name: "Clips",
      dependencies: ["Threading", "Files", "Lists", "Media", "Models", "Signal", "Tensor", "Checkpoint", "Networks"],
      swiftSettings: numeric),
    // Figures: pixels, text and lines on one surface. Knows nothing of what they show.
    .target(name: "Drawing", dependencies: ["CCairo"], swiftSettings: numeric),
    // Synthetic data: drawn faces and synthetic voices that play emotions. Knows no models.
    .target(
      name: "SyntheticActors", dependencies: ["CCairo", "Drawing", "Files", "Tensor", "Signal", "Media"],
      swiftSettings: numeric),
    // Training runs: the loop, its folder, checkpoints, log and report; features and reconstructions of a
    // trained model. Knows no arguments and no terminal.
    .target(
      name: "TrainingRuns",
      dependencies: [
        "Clips", "Evaluation", "Lists", "Media", "Models", "Files", "Signal", "Training", "Recognition",
        "Layers", "Tensor", "Checkpoint", "Threading", "Drawing", "Networks", "Architectures",
      ],
      swiftSettings: numeric),
    // The facade for programs that embed us and for the command: finding a model and its calibration, opening recordings
    // and sessions, frames and samples in memory, running live.
    .target(
      name: "MienKit",
      dependencies: [
        "Threading", "Evaluation", "Files", "Media", "Models", "Outlets", "Recognition", "Sessions", "Signal",
        "Tensor", "Networks", "Architectures",
      ], swiftSettings: house),
    // The command, where everything meets.
    .executableTarget(
      name: "mien",
      dependencies: [
        "MienKit", "TrainingRuns", "Training", "Clips", "Sessions", "Evaluation", "Recognition", "Models", "Lists",
        "Files", "Layers", "Tensor", "Checkpoint", "Media", "Outlets", "Signal", "Threading", "CSystem", "Drawing",
        "SyntheticActors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"), "Networks", "Architectures",
      ], swiftSettings: house),

    // The program of examples/embed from its own sources, so that tests of it need no second build. Without the rooms'
    // settings: whoever embeds us has none of them.
    .executableTarget(
      name: "embed-example", dependencies: ["MienKit"], path: "examples/embed/Sources/embed",
      swiftSettings: [.treatAllWarnings(as: .error)]),

    .target(
      name: "TestSupport", dependencies: ["Tensor", "Layers"], path: "Tests/TestSupport", swiftSettings: numeric),
    .testTarget(name: "ThreadingTests", dependencies: ["Threading"], swiftSettings: house),
    .testTarget(name: "TensorTests", dependencies: ["Tensor", "CKernels", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "CheckpointTests", dependencies: ["Checkpoint", "Files", "Tensor", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: house),
    .testTarget(name: "LayersTests", dependencies: ["Layers", "Tensor", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "HiCMAETests", dependencies: ["HiCMAE", "Networks", "Layers", "Tensor", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: house),
    .testTarget(
      name: "VAVLTests",
      dependencies: [
        "VAVL", "VAVLTraining", "HiCMAE", "Training", "Networks", "Files", "Layers", "Tensor", "TestSupport",
      ],
      resources: [.copy("Golden")], swiftSettings: numeric),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "HiCMAE", "HiCMAETraining", "VAVL", "VAVLTraining", "Networks", "Layers", "Tensor", "TestSupport",
      ],
      resources: [.copy("Golden")], swiftSettings: numeric),
    .testTarget(
      name: "SignalTests", dependencies: ["Signal", "TestSupport"], resources: [.copy("Golden")],
      swiftSettings: numeric),
    // Trains a tiny landmark model for the tests: dlib's trainer has no place in the product.
    .target(
      name: "CDlibTrainer", path: "Tests/CDlibTrainer", cxxSettings: [.unsafeFlags(["-O3", "-DNDEBUG"])],
      linkerSettings: [.linkedLibrary("dlib"), .linkedLibrary("stdc++"), .linkedLibrary("m")]),
    // Drawn faces, JPEGs and scratch folders: for the tests of several rooms.
    .target(
      name: "MediaFixtures", dependencies: ["CFFmpeg", "Media", "Signal"], path: "Tests/MediaFixtures",
      swiftSettings: numeric),
    .testTarget(
      name: "MediaTests",
      dependencies: [
        "Media", "MediaFixtures", "Files", "Signal", "Threading", "CFFmpeg", "CDlibTrainer", "TestSupport",
      ],
      swiftSettings: numeric),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: house),
    .testTarget(name: "ListsTests", dependencies: ["Lists"], swiftSettings: house),
    .testTarget(
      name: "ModelsTests",
      dependencies: [
        "Models", "Checkpoint", "Files", "HiCMAE", "Layers", "Signal", "Tensor", "TestSupport", "Networks",
        "Architectures",
      ],
      swiftSettings: house),
    // A recogniser whose answers are a formula: for the tests of several rooms.
    .target(
      name: "RecognitionFixtures", dependencies: ["Recognition", "Tensor", "Networks"],
      path: "Tests/RecognitionFixtures",
      swiftSettings: house),
    .testTarget(
      name: "RecognitionTests",
      dependencies: [
        "Recognition", "RecognitionFixtures", "Models", "Files", "Networks", "Tensor", "Signal", "Threading", "CSystem",
        "TestSupport",
      ], swiftSettings: house),
    .testTarget(
      name: "SessionsTests",
      dependencies: [
        "Sessions", "Media", "MediaFixtures", "Models", "Recognition", "RecognitionFixtures", "Files", "Signal",
        "Threading", "TestSupport", "Networks",
      ], swiftSettings: numeric),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "Files", "Lists", "Models", "Recognition", "RecognitionFixtures", "Signal", "TestSupport",
        "Networks", "Tensor",
      ],
      swiftSettings: house),
    // Keeps a camera and prints its events: for the devices of Tests/Devices, not for users.
    .executableTarget(
      name: "camera-probe", dependencies: ["Media", "Threading"], path: "Tests/Devices/Probe", swiftSettings: house),
    // A model that an emulated processor can run.
    .executableTarget(
      name: "small-model", dependencies: ["Layers", "Tensor", "Checkpoint", "Architectures", "Networks"],
      path: "Tests/Devices/Model",
      swiftSettings: house),
    .testTarget(
      name: "OutletsTests", dependencies: ["Outlets", "Files", "Networks", "Recognition", "Signal"],
      swiftSettings: house),
    .testTarget(
      name: "ClipsTests",
      dependencies: [
        "Clips", "Threading", "Files", "Lists", "Media", "Models", "Signal", "Tensor", "TestSupport", "Networks",
      ],
      swiftSettings: numeric),
    .testTarget(
      name: "TrainingRunsTests",
      dependencies: [
        "TrainingRuns", "Clips", "Evaluation", "Files", "Lists", "Media", "Models", "Signal", "Training", "Recognition",
        "HiCMAE", "Layers", "Tensor", "Checkpoint", "Drawing", "TestSupport", "Networks", "HiCMAETraining",
        "Architectures", "Threading",
      ], swiftSettings: numeric),
    .testTarget(name: "DrawingTests", dependencies: ["Drawing"], swiftSettings: house),
    .testTarget(
      name: "SyntheticActorsTests", dependencies: ["SyntheticActors", "Drawing", "Files", "Media", "Signal", "Tensor"],
      swiftSettings: numeric),
    .testTarget(
      name: "MienKitTests",
      dependencies: [
        "MienKit", "SyntheticActors", "Threading", "Files", "Layers", "Media", "MediaFixtures", "Models", "Outlets",
        "Recognition", "Sessions", "Signal", "Networks", "Tensor", "TestSupport",
      ],
      swiftSettings: numeric),
    // What every room's article shows, compiled. Without the rooms' settings, as whoever embeds us.
    .testTarget(
      name: "SamplesTests",
      dependencies: [
        "MienKit", "Files", "Tensor", "Checkpoint", "Layers", "Networks", "Architectures", "HiCMAE", "HiCMAETraining",
        "VAVL", "VAVLTraining", "Training", "Signal", "Media", "Lists", "Models", "Recognition", "RecognitionFixtures",
        "Evaluation",
        "Sessions", "Outlets", "Clips", "TrainingRuns",
      ], swiftSettings: [.treatAllWarnings(as: .error)]),
    // The public surface of every library product, which is why it depends on all of them.
    .testTarget(
      name: "SurfaceTests",
      dependencies: [
        "MienKit", "Files", "Tensor", "Checkpoint", "Layers", "Networks", "HiCMAE", "Training", "Signal", "Media",
        "Lists", "Models", "Recognition", "Evaluation", "Sessions", "Outlets", "Clips", "TrainingRuns", "Architectures",
        "HiCMAETraining", "VAVL", "VAVLTraining",
      ], exclude: ["Surface"], swiftSettings: house),
    // Runs the built command as a user would, and the program of examples/embed.
    .testTarget(
      name: "MienTests",
      dependencies: [
        "mien", "embed-example", "MienKit", "SyntheticActors", "Sessions", "Recognition", "Models", "Files", "HiCMAE",
        "Layers", "Tensor", "Checkpoint", "Media", "Signal", "TestSupport", "Networks", "HiCMAETraining",
        "Architectures",
      ],
      resources: [.copy("Golden")], swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
