import Files
import Models
import Networks
import Recognition
import RecognitionFixtures
import Signal
import Tensor
import TestSupport
import Testing

/// A face always does the same, whichever head is asked.
private final class ActingClassifier: WindowClassifier {
  let outputs = 7

  func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer
  ) throws {
    let values: [Float] = [1, 0, 2, 0.4, -0.25, 1.5, 0.05]
    outputs.base.update(from: values, count: values.count)
  }
}

/// What a face does stands on the line where the window's newest slot shows the face, and nowhere else.
@Suite struct ActionsTests {
  /// A face in the first 3 s, and sound throughout.
  private func events(_ change: (inout ModelSummary) -> Void = { _ in }) throws -> [StreamEvent] {
    let source = ScriptedSource(seconds: 8)
    source.face = { $0 < 75 ? 0 : nil }
    var run = Run(source)
    run.model = .acting
    change(&run.model)
    let classifier = ActingClassifier()
    return try run.events(classifier).events
  }

  @Test func theModelSaysThatItsAttributesAreActions() {
    #expect(ModelSummary.acting.answersActions && !ModelSummary.versatile.answersActions)
    #expect(ModelSummary.acting.headModalities == ModelSummary.versatile.headModalities)
    var values = ModelSummary.acting
    values.heads[3].isMomentary = false
    #expect(!values.answersActions)
    // A model of attributes alone answers them as it always has.
    values.heads = [Head(name: "values", modalities: .video, task: .regression, outputs: 3, isMomentary: true)]
    #expect(!values.answersActions)
  }

  /// An answer that rests on sound alone has none, also where an earlier answer has left some.
  @Test func anAnswerFromSoundAloneHasNone() throws {
    let recognizer = try Recognizer(classifier: ActingClassifier(), model: .acting)
    let crop = FaceCrop(side: 160, pixels: [UInt8](repeating: 9, count: 160 * 160 * 3))
    let (crops, sound) = (Array(repeating: crop, count: 16), [Float](repeating: 0, count: 32_768))
    for (seen, heard, count) in [(crops, sound, 4), (nil, sound, nil), (crops, nil, 4), (nil, sound, nil)]
      as [([FaceCrop]?, [Float]?, Int?)]
    {
      let estimate = try #require(try recognizer.estimate(crops: seen, spectrogram: heard))
      #expect(estimate.attributes?.count == count && estimate.values.count == 3)
    }
  }

  @Test func linesHaveThemWhileTheFaceIsThere() throws {
    let schema = try streamSchema()
    var seen: [String] = []
    for event in try events() {
      let line = try JSONValue(parsing: event.json.text)
      #expect(schema.problems(line) == [], "\(event.json.text)")
      if case .created = event {
        #expect(line["model"]?["actions"]?.elements?.map(\.string) == ModelSummary.acting.attributes)
        #expect(line["model"]?["attributes"] == nil)
      }
      guard case .result(let result) = event else { continue }
      let newest = 0.32 * Double(result.sequence) + 2.4
      let actions = try #require(line["actions"])
      #expect(line["attributes"] == nil && actions.isNull == (newest >= 3), "\(event.json.text)")
      seen.append((line["head"]?.string ?? "-") + (actions.isNull ? "" : "+"))
      guard !actions.isNull else { continue }
      #expect(actions.keys == ModelSummary.acting.attributes)
      // From 0 to 1, whatever the regression says.
      #expect(actions["jawOpen"]?.double == 0.4 && actions["cheekPuff"]?.double == 1)
      #expect(actions["browInnerUp"]?.double == 0 && actions["eyeWide"]?.double == 0.05)
      #expect(result.strongestActions(9)?.map(\.name) == ["cheekPuff", "jawOpen"])
      #expect(result.strongestActions(1)?.map(\.value) == [1])
    }
    // The classes still rest on the picture of the last seconds, from which nobody knows what the face does now.
    #expect(seen.first == "av+" && seen.contains("av") && seen.last == "a", "\(seen)")
  }

  /// A held picture is an earlier one, so nothing is known of now.
  @Test func heldPicturesHaveNone() throws {
    let results = try events { $0.economy = SpeedSettings(pictureEvery: Instant(seconds: 0.5)) }.compactMap {
      event -> EmotionResult? in
      guard case .result(let result) = event else { return nil }
      return result
    }
    #expect(results[0].estimate?.attributes?.count == 4 && results[1].reusedFrom == 0)
    #expect(results[1].head == .audioVideo && results[1].estimate?.attributes == nil)
  }

  @Test func otherFormats() throws {
    let events = try events()
    func lines(_ format: StreamFormat) -> [Substring] {
      var formatter = StreamFormatter(format)
      return events.compactMap { formatter.text(for: $0) }.joined().split(separator: "\n")
    }
    let rows = lines(.csv)
    #expect(rows[0].hasSuffix(",head,zest,anger,calm,jawOpen,browInnerUp,cheekPuff,eyeWide"))
    #expect(rows[1].hasSuffix(",0.4,0.0,1.0,0.05") && rows.last?.hasSuffix(",,,,") == true)
    #expect(Set(rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }) == [15])
    let cues = lines(.srt).filter { $0.contains("%") }
    #expect(cues.first == "calm 67 %, cheekPuff 1.0, jawOpen 0.4" && cues.last == "calm 67 %")
    let table = lines(.text)
    #expect(table[1].hasSuffix("  cheekPuff 1.0  jawOpen 0.4") && table.last?.contains("cheekPuff") == false)
  }
}
