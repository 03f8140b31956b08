internal import Files
internal import Signal

extension ModelSummary {
  /// With how much of a modality it comes into use, and with how much it stays in use, as the stream's first line has it:
  /// slots of 16, and shares of the samples and of the time.
  var limits: JSON {
    func limits(_ entering: JSON, _ remaining: JSON) -> JSON { ["enters_at": entering, "leaves_below": remaining] }
    let asksForSpeech = speechGate == .auto && AnswerRule(self).dependsOnSpeech
    return [
      "video_slots": limits(.int(evidence.enteringSlots), .int(evidence.remainingSlots)),
      "audio_coverage": limits(
        .double(Double(evidence.enteringCoverage) / 100), .double(Double(evidence.remainingCoverage) / 100)),
      "speech": asksForSpeech ? limits(.double(SpeechGate.entering), .double(SpeechGate.remaining)) : .null,
    ]
  }
}
