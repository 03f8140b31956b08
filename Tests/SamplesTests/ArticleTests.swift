import Foundation
import Testing

/// Every library room has an article that begins with a sample, and the compiler sees the same sample.
@Suite struct ArticleTests {
  @Test func everyProductHasAnArticleAndNoOtherRoomHasOne() throws {
    #expect(try Sample.articles().keys.sorted() == Sample.products().sorted())
  }

  @Test(arguments: try Sample.products()) func theArticleShowsWhatTheCompilerSees(product: String) throws {
    let folder = try #require(try Sample.articles()[product], "there is no article on \(product)")
    let sample = try Sample(of: product, article: folder)
    #expect(sample.introduction.first == "# ``\(product)``")
    #expect(sample.introduction.count == 2, "one sentence stands between the title and the sample")
    #expect(sample.shown == sample.imports + [""] + sample.compiled)
    #expect((5...24).contains(sample.shown.count), "a sample is short")
  }

  @Test func theReadmeShowsTheSameSample() throws {
    let folder = try #require(try Sample.articles()["MienKit"])
    let sample = try Sample(of: "MienKit", article: folder)
    let readme = try String(contentsOf: Sample.root.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains("```swift\n" + sample.shown.joined(separator: "\n") + "\n```"))
  }
}
