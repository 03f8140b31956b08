import Files
import Foundation
import Testing

/// A value that an encoder writes is the text that it writes itself.
@Suite struct JSONEncodingTests {
  @Test func theSameText() throws {
    let value: JSON = [
      "array": [1, 2.5, true, nil, ["inner_key": "é\n"]], "empty": [], "float": .float(0.1), "text": "a/b",
    ]
    let encoder = JSONEncoder()
    (encoder.outputFormatting, encoder.keyEncodingStrategy) = (
      [.sortedKeys, .withoutEscapingSlashes], .convertToSnakeCase
    )
    #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == value.text)
  }
}
