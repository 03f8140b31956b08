import Foundation

/// What a module offers to users, as the compiler says it.
enum Surface {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// Where the build puts modules and the tests.
  private static let build = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  struct Problem: Error, CustomStringConvertible { var description: String }

  /// The checked-in surface of a module.
  static func file(_ module: String) -> URL { root.appending(path: "Tests/SurfaceTests/Surface/\(module).txt") }

  /// The library products that Package.swift names, each of which is one module.
  static func products() throws -> [String] {
    let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    let list = manifest.components(separatedBy: "let libraries = [").last?.prefix { $0 != "]" } ?? ""
    return list.split(separator: "\"").map(String.init).filter { $0.contains(where: \.isLetter) }
  }

  /// One line a public symbol, sorted: its path in the module, and its declaration.
  static func lines(of module: String) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mien-surface-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try run(
      [
        "swift-symbolgraph-extract", "-module-name", module, "-minimum-access-level", "public", "-target", target,
        "-skip-synthesized-members", "-skip-inherited-docs", "-omit-extension-block-symbols", "-module-cache-path",
        build.appending(path: "ModuleCache").path, "-output-dir", folder.path,
      ] + searched.flatMap { ["-I", $0.path] } + cFlags.get())
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.flatMap { try JSONDecoder().decode(Graph.self, from: Data(contentsOf: $0)).symbols }
      .map(\.line).sorted()
  }

  /// Where the headers of C libraries lie that are not in the compiler's own places.
  private static let cFlags = Result {
    try run(["pkg-config", "--cflags-only-I", "cairo", "openblas", "libavformat", "libzip"]).split(separator: " ")
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  /// Runs a program to its end.
  /// - Returns: its output.
  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let (out, err) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (out, err)
    try process.run()
    // Neither says more than a pipe holds.
    let said = try (out.fileHandleForReading.readToEnd() ?? Data(), err.fileHandleForReading.readToEnd() ?? Data())
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Problem(description: String(decoding: said.1, as: UTF8.self)) }
    return String(decoding: said.0, as: UTF8.self)
  }

  private struct Graph: Decodable {
    struct Symbol: Decodable {
      struct Fragment: Decodable { var spelling: String }
      var pathComponents: [String]
      var declarationFragments: [Fragment]

      var line: String {
        let declaration = declarationFragments.map(\.spelling).joined()
        let words = declaration.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(pathComponents.joined(separator: "."))  \(words)"
      }
    }
    var symbols: [Symbol]
  }

  /// Modules of Swift, and the folders of C modules.
  private static var searched: [URL] {
    func folders(_ place: URL) -> [URL] {
      let all = (try? FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)) ?? []
      return all.filter { FileManager.default.fileExists(atPath: $0.appending(path: "module.modulemap").path) }
    }
    return [build.appending(path: "Modules")] + folders(build) + folders(root.appending(path: "Sources"))
  }

  #if arch(arm64)
    private static let target = "aarch64-unknown-linux-gnu"
  #else
    private static let target = "x86_64-unknown-linux-gnu"
  #endif
}
