// swift-tools-version: 6.2
// libFuzzer programs for the parsers that read files from strangers. A package of its own, so that a plain build of
// Mien never needs the fuzzer's runtime. See README.md.
import PackageDescription

let fuzzer: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
let runtime: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer"])]

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "mien", path: "..")],
  targets: [
    .executableTarget(
      name: "FuzzTorch", dependencies: [.product(name: "Checkpoint", package: "mien")],
      swiftSettings: fuzzer, linkerSettings: runtime),
    .executableTarget(
      name: "FuzzSafetensors", dependencies: [.product(name: "Checkpoint", package: "mien")],
      swiftSettings: fuzzer, linkerSettings: runtime),
    // Annotation lists join here once their reader stands.
  ],
  swiftLanguageModes: [.v6]
)
