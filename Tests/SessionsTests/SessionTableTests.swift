import Files
import Foundation
import Media
import Signal
import Testing

@testable import Sessions

@Suite struct SessionTables {
  /// Reads a table from bytes, a few at a time.
  private func rows<Row: SessionRow>(_: Row.Type, _ text: String, step: Int = 7) throws -> [Row] {
    var rest = Array(text.utf8)[...]
    var table = SessionTable<Row>(path: "s/\(Row.file)") {
      defer { rest = rest.dropFirst(step) }
      return Array(rest.prefix(step))
    }
    var rows: [Row] = []
    while let row = try table.next() { rows.append(row) }
    return rows
  }

  @Test func whatIsWrittenReadsBack() throws {
    let frames = [
      SessionFrameRow(frame: 0, time: 0, sequence: .max, droppedBefore: 0),
      SessionFrameRow(frame: 7, time: 2_999_999_999_999_999_999, sequence: 0, droppedBefore: 6),
    ]
    let chunks = [
      SessionChunkRow(firstSample: 0, count: 400, time: 12, gap: false, slip: -1, seen: true),
      SessionChunkRow(firstSample: 400, count: 0, time: 9, gap: true, slip: 2, seen: false),
    ]
    let faces = [
      SessionFaceRow(frame: 1, face: nil),
      SessionFaceRow(frame: 2, face: nil, next: 3_000_000_000),
      SessionFaceRow(
        frame: 3,
        face: FollowedFace(
          id: 3, box: PixelBox(x: -0.1, y: 1.0 / 3, width: 1e-7, height: 123456.789),
          square: FaceSquare(centerX: 0.1 + 0.2, centerY: -1e-300, side: .pi, angle: -1.5e-9))),
    ]
    for step in [1, 7, 100_000] {
      func text(_ rows: [some SessionRow]) -> String { rows.map(\.line).joined() }
      #expect(try rows(SessionFrameRow.self, SessionFrameRow.header + text(frames), step: step) == frames)
      #expect(try rows(SessionChunkRow.self, SessionChunkRow.header + text(chunks), step: step) == chunks)
      #expect(try rows(SessionFaceRow.self, SessionFaceRow.header + text(faces), step: step) == faces)
    }
    #expect(SessionFaceRow(frame: 1, face: nil).line == "1" + String(repeating: "\tn/a", count: 10) + "\n")
    #expect(SessionFaceRow(frame: 1, face: nil, next: 8).line == "1" + String(repeating: "\tn/a", count: 9) + "\t8\n")
  }

  @Test func aLineThatWasNotFinishedIsPassedOver() throws {
    let text = SessionFrameRow.header + "0\t5\t0\t0\n1\t9\t1\t0\n"
    for cut in 0...text.utf8.count {
      let part = String(decoding: Array(text.utf8).prefix(cut), as: UTF8.self)
      let whole = part.utf8.filter { $0 == 10 }.count
      #expect(try rows(SessionFrameRow.self, part).count == max(whole - 1, 0))
    }
  }

  @Test(arguments: [
    ("frame\tmono_ns\n", 1, "the columns are not frame, mono_ns, sequence, dropped_before"),
    ("0\t1\t2\t3\n", 1, "the columns are not"),
    ("HEADER1\t2\t3\n", 2, "3 fields in 4 columns"),
    ("HEADER0\t1\t2\t3\n\n", 3, "1 fields in 4 columns"),
    ("HEADER0\t1\t2\tx\n", 2, "dropped_before is 'x', not a whole number from 0 to"),
    ("HEADER0\t1\t2\t+3\n", 2, "dropped_before is '+3'"),
    ("HEADER0\t1\t2\t99999999999999999999\n", 2, "dropped_before is"),
    ("HEADER0\t1\t4294967296\t0\n", 2, "sequence is '4294967296', not a whole number from 0 to 4294967295"),
    ("HEADER0\t-1\t2\t0\n", 2, "mono_ns is '-1'"),
    ("HEADER0\t9000000000000000000\t2\t0\n", 2, "mono_ns is"),
    ("HEADER3\t1\t2\t0\n3\t2\t2\t0\n", 3, "frame 3 comes after frame 3"),
    ("HEADER0\t1\t2\t0\r\n", 2, "dropped_before is"),
    ("HEADER\u{0}\n", 2, "1 fields in 4 columns"),
  ])
  func whatIsWrongIsNamedWithItsLine(_ text: String, _ line: Int, _ problem: String) {
    let text = text.replacingOccurrences(of: "HEADER", with: SessionFrameRow.header)
    let error = #expect(throws: MediaError.self) { try rows(SessionFrameRow.self, text) }
    let said = error?.description ?? ""
    #expect(said.hasPrefix("s/frames.tsv: cannot read the session: line \(line): \(problem)"), "\(said)")
    #expect(error?.kind == .badData && !said.contains("\n"))
  }

  @Test(arguments: [
    ("0\t960001\t0\t0\t0\t1", "n is '960001'"),
    ("1\t5\t0\t0\t0\t1", "first_sample is 1, but the samples before end at 0"),
    ("0\t5\t0\t2\t0\t1", "gap is '2'"), ("0\t5\t0\t0\t-960001\t1", "slip is"), ("0\t5\t0\t0\t0\tn/a", "seen is 'n/a'"),
    ("0\t-5\t0\t0\t0\t1", "n is '-5'"),
  ])
  func chunksAreBounded(_ row: String, _ problem: String) {
    let error = #expect(throws: MediaError.self) {
      try rows(SessionChunkRow.self, SessionChunkRow.header + row + "\n")
    }
    #expect(error?.description.contains("s/chunks.tsv: cannot read the session: line 2: \(problem)") == true)
  }

  @Test(arguments: ["nan", "inf", "0x1p3", "1e7", "", "n/a", "1,5", "--1"])
  func facesAreNumbers(_ text: String) {
    let row = "0\t1\t\(text)\t0\t1\t1\t0\t0\t1\t0\tn/a\n"
    let error = #expect(throws: MediaError.self) { try rows(SessionFaceRow.self, SessionFaceRow.header + row) }
    #expect(error?.description.contains("line 2: x is '\(text)', not a number") == true)
    #expect(throws: MediaError.self) {
      try rows(SessionFaceRow.self, SessionFaceRow.header + "0\t1\t0\t0\t1\t1\t0\t0\t0\t0\tn/a\n")
    }
  }

  /// A frame has a row a face, or one row without a face; what is wrong is said when its frame's turn comes.
  @Test func facesComeFrameByFrame() throws {
    func face(_ id: Int) -> FollowedFace {
      FollowedFace(
        id: id, box: PixelBox(x: 1, y: 2, width: 3, height: 4), square: FaceSquare(centerX: 2, centerY: 3, side: 5))
    }
    func frames(_ rows: [SessionFaceRow]) throws -> (read: [[Int]], problem: String?) {
      var text = Array((SessionFaceRow.header + rows.map(\.line).joined()).utf8)
      var faces = SessionFaces(
        SessionTable(path: "s/faces.tsv") {
          defer { text = [] }
          return text
        })
      var read: [[Int]] = []
      do {
        while let frame = try faces.next() { read.append([frame.index] + frame.faces.map(\.id)) }
      } catch { return (read, (error as? MediaError)?.message) }
      return (read, nil)
    }
    let one = SessionFaceRow.rows(frame: 1, faces: [face(7)], next: 9)
    #expect(one == [SessionFaceRow(frame: 1, face: face(7), next: 9)])
    let none = SessionFaceRow.rows(frame: 2, faces: [], next: nil)
    #expect(none == [SessionFaceRow(frame: 2, face: nil)])
    let three = SessionFaceRow.rows(frame: 4, faces: [face(8), face(7), face(9)], next: nil)
    let all = try frames(one + none + three)
    #expect(all.read == [[1, 7], [2], [4, 8, 7, 9]] && all.problem == nil)
    for (wrong, problem) in [
      (three[0], "face 8 stands twice in frame 4"), (none[0], "line 7: frame 2 comes after frame 4"),
      (SessionFaceRow(frame: 4, face: nil), "line 7: frame 4 comes after frame 4"),
      (
        SessionFaceRow(frame: 4, face: face(1), next: 3),
        "line 7: next_ns is not what it is in the row of frame 4 before"
      ),
    ] {
      let (read, said) = try frames(one + none + three + [wrong])
      #expect(said == problem && read.prefix(2) == [[1, 7], [2]])
    }
    let crowd = (0...SessionFaces.mostFaces).map { SessionFaceRow(frame: 1, face: face($0)) }
    #expect(try frames(crowd).problem == "frame 1 has more than 256 faces")
  }

  @Test func aLineWithoutEndIsNotKept() {
    var given = 0
    var table = SessionTable<SessionFrameRow>(path: "endless") {
      given += 1000
      return [UInt8](repeating: 48, count: 1000)
    }
    #expect(throws: MediaError.self) { try table.next() }
    #expect(given < 10_000)
  }

  @Test func aTableThatIsNoTextIsRefused() {
    var bytes: [UInt8] = Array(SessionFrameRow.header.utf8) + [0xFF, 0xFE, 10]
    var table = SessionTable<SessionFrameRow>(path: "x") {
      defer { bytes = [] }
      return bytes
    }
    let error = #expect(throws: MediaError.self) { try table.next() }
    #expect(error?.message == "line 2: it is not text")
  }
}
