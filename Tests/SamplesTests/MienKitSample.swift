import MienKit

/// The sample of the article on `MienKit`.
func mienKitSample() async throws {
  // The sample begins.
  let reader = try EmotionReader(model: "models/crema-d")
  for try await answer in reader.answers(in: "clip.mp4") {
    print(answer.end.seconds, answer.top ?? "no answer", answer.confidence ?? 0)
  }
  // The sample ends.
}
