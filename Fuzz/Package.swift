// swift-tools-version: 6.2
// libFuzzer programs for the parsers that read files from strangers. A package of its own, so that a plain build of
// Mien never needs the fuzzer's runtime. See README.md.
import PackageDescription

/// One program a format; each has one file, named after it. libFuzzer brings the main function.
func fuzzer(_ name: String, of rooms: String...) -> Target {
  .executableTarget(name: name, dependencies: rooms.map { .product(name: $0, package: "mien") })
}

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "mien", path: "..")],
  targets: [
    fuzzer("FuzzTorch", of: "Checkpoint"),
    fuzzer("FuzzSafetensors", of: "Checkpoint"),
    fuzzer("FuzzNumpy", of: "Checkpoint"),
    fuzzer("FuzzList", of: "Lists"),
    fuzzer("FuzzSession", of: "Sessions"),
    fuzzer("FuzzPerson", of: "Models"),
    fuzzer("FuzzRun", of: "TrainingRuns"),
  ],
  swiftLanguageModes: [.v6]
)
