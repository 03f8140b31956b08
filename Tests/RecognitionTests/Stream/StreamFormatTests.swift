import Recognition
import Signal
import Testing

@Suite struct StreamFormatTests {
  private func text(_ format: StreamFormat, _ run: Run) throws -> String {
    var formatter = StreamFormatter(format)
    return try run.events().events.compactMap { formatter.text(for: $0) }.joined()
  }

  @Test func jsonLinesAreOneAnEvent() throws {
    let lines = try text(.jsonl, Run(ScriptedSource(seconds: 3))).split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.hasPrefix(#"{"type":""#) && $0.hasSuffix("}") })
  }

  @Test func csvHasARowAWindow() throws {
    var run = Run(ScriptedSource(seconds: 3))
    run.model.labels[2] = "calm, \"cool\""
    let lines = try text(.csv, run).split(separator: "\n")
    #expect(lines[0] == "seq,start,end,face_id,success,confidence,top,zest,anger,\"calm, \"\"cool\"\"\"")
    #expect(lines.count == 3 && lines[1].hasPrefix("0,0.0,2.56,0,1,") && lines[2].hasPrefix("1,0.32,2.88,0,1,"))
  }

  @Test func csvLeavesMissingValuesEmpty() throws {
    let lines = try text(.csv, Run(ScriptedSource(seconds: 3, video: false))).split(separator: "\n")
    #expect(lines[1] == "0,0.0,2.56,,0,,,,,")
  }

  @Test func cuesFollowEachOtherWithoutOverlap() throws {
    let vtt = try text(.vtt, Run(ScriptedSource(seconds: 3.3)))
    #expect(vtt.hasPrefix("WEBVTT\n\nNOTE mien.stream/1.3, model three, untrained, the numbers mean nothing\n\n"))
    let cues = vtt.split(separator: "\n").filter { $0.contains("-->") }
    #expect(
      cues == [
        "00:00:00.000 --> 00:00:02.560", "00:00:02.560 --> 00:00:02.880", "00:00:02.880 --> 00:00:03.200",
      ])
    let srt = try text(.srt, Run(ScriptedSource(seconds: 3)))
    #expect(srt.hasPrefix("1\n00:00:00,000 --> 00:00:02,560\n") && srt.contains(" %\n\n2\n"))
  }

  @Test func windowsWithoutAnAnswerHaveNoCue() throws {
    #expect(try text(.srt, Run(ScriptedSource(seconds: 5, audio: false))) == "")
  }
}
