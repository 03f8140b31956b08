internal import Files
internal import Signal

extension WindowEvidence {
  /// As the stream's first line has it: slots of 16, and shares of the samples.
  var json: JSON {
    [
      "video_slots": ["enters_at": .int(enteringSlots), "leaves_below": .int(remainingSlots)],
      "audio_coverage": [
        "enters_at": .double(Double(enteringCoverage) / 100), "leaves_below": .double(Double(remainingCoverage) / 100),
      ],
    ]
  }
}
