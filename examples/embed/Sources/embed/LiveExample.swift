import MienKit

/// The camera and the microphone, for some seconds. Files may play them.
func readLive(seconds: Double, camera: String = "auto", microphone: String = "auto") async throws {
  var request = LiveRequest()
  request.duration = seconds
  (request.capture.video, request.capture.audio) = (camera, microphone)
  let reader = try EmotionReader()
  for try await answer in reader.live(request) { show(answer.end.seconds, answer.top, answer.confidence) }
}
