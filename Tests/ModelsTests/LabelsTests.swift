import Testing

@testable import Models

@Suite struct LabelsTests {
  /// The orders in which the published heads were trained; a mistake here swaps emotions.
  @Test func namedOrders() throws {
    #expect(
      try Labels(parsing: "crema-d").names == ["anger", "disgust", "fear", "happiness", "neutral", "sadness"])
    #expect(
      try Labels(parsing: "MAFW").names == [
        "anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise", "contempt", "anxiety",
        "helplessness", "disappointment",
      ])
  }

  @Test func listsKeepTheirOrder() throws {
    #expect(try Labels(parsing: "b, a c ,é").names == ["b", "a c", "é"])
    #expect(try Labels(parsing: "valence").names == ["valence"])
  }

  @Test(arguments: ["", "a,,b", "a,b,", " ,a", "a,b, a", "a,b\u{1b}[0m", "a,\n"])
  func refuses(text: String) {
    #expect(throws: Labels.Problem.self) { try Labels(parsing: text) }
  }
}
