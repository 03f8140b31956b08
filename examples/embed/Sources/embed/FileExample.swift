import MienKit

/// A media file, a recorded session, or a folder of face images.
func readFile(_ path: String) async throws {
  let reader = try EmotionReader()
  for try await answer in reader.answers(in: path) { show(answer.end.seconds, answer.top, answer.confidence) }
}
