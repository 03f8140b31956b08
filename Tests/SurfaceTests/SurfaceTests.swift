import Foundation
import Testing

/// The public surface of every library product is written down, so that no change of it goes unseen.
///
/// `scripts/renew-surface` writes the files anew; the difference then stands in the commit.
@Suite struct SurfaceTests {
  private static let isRenewed = ProcessInfo.processInfo.environment["MIEN_RENEW_SURFACE"] == "1"

  @Test func everyProductHasAFileAndNoOtherHasOne() throws {
    if Self.isRenewed { return }
    let folder = Surface.file("").deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(try files == Surface.products().map { $0 + ".txt" }.sorted())
  }

  @Test(arguments: try Surface.products()) func theSurfaceIsAsWrittenDown(product: String) throws {
    let found = try Surface.lines(of: product)
    #expect(!found.isEmpty)
    let file = Surface.file(product)
    if Self.isRenewed {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data((found.joined(separator: "\n") + "\n").utf8).write(to: file)
      return
    }
    let written = Set(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init))
    let (gone, new) = (written.subtracting(found).sorted(), Set(found).subtracting(written).sorted())
    #expect(gone == [], "no longer public in \(product); scripts/renew-surface writes it down")
    #expect(new == [], "newly public in \(product); scripts/renew-surface writes it down")
  }
}
