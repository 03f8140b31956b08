// swift-tools-version: 6.2
// A program that reads emotions through mien's library. Outside this repository the dependency is
// .package(url: …, from: …) instead of a path.
import PackageDescription

let package = Package(
  name: "embed",
  dependencies: [.package(name: "mien", path: "../..")],
  targets: [
    .executableTarget(name: "embed", dependencies: [.product(name: "MienKit", package: "mien")])
  ]
)
