import Recognition
import Signal
import Testing

extension ReplaySessionTests {
  /// A session whose process was killed: no window is made of what is not there.
  @Test func aSourceThatBreaksOffGivesOnlyWholeWindows() throws {
    let whole = try Run(ScriptedSource(seconds: 6)).events().events.results
    let source = ScriptedSource(seconds: 6)
    (source.frames, source.breaksOff) = (source.frames - 10, (true, true))
    let (events, outcome) = try Run(source).events()
    // 140 frames: the last is at 5.56 s, and the last slot of a window 0.16 s before its end must be before it.
    #expect(events.results == Array(whole.prefix(events.results.count)) && events.results.count == 10)
    #expect(outcome.closed.reason == .endOfInput && outcome.damage == [])
    // The picture had ended, the sound breaks off: the rest of the sound has its windows.
    let lost = ScriptedSource(seconds: 6)
    (lost.frames, lost.breaksOff) = (40, (false, true))
    #expect(try Run(lost).events().events.results.count == 11)
  }
}
