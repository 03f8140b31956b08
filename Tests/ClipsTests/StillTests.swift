import Clips
import Files
import Foundation
import Lists
import Media
import Signal
import Testing

/// Sheets of 4×4 cells of 40 pixels; each cell is grey but for a white eye, a black eye and a mark of its place.
@Suite struct StillTests {
  private let toy: Toy

  init() throws {
    toy = try Toy()
    var pixels = [UInt8](repeating: 128, count: 160 * 160 * 3)
    func paint(_ x: Int, _ y: Int, _ value: UInt8) {
      for v in y - 1...y + 1 { for u in x - 1...x + 1 { for c in 0..<3 { pixels[(v * 160 + u) * 3 + c] = value } } }
    }
    for cell in 0..<16 {
      let (left, top) = (cell % 4 * 40, cell / 4 * 40)
      paint(left + 12, top + 14, 255)
      paint(left + 28, top + 14, 0)
      paint(left + 20, top + 30, UInt8(128 + cell * 4))
    }
    try PNGFile.write(FaceCrop(side: 160, pixels: pixels), to: toy / "sheet.png")
  }

  private func sheets(_ rows: String, assumed: StillCutter.Points? = nil, side: Int = 40) throws -> StillSheets {
    let header =
      "sheet\trow\tcolumn\tright_eye_x\tright_eye_y\tleft_eye_x\tleft_eye_y\tright_mouth_x\tright_mouth_y\t"
      + "left_mouth_x\tleft_mouth_y\tanger\tfear\tjawOpen\n"
    return try StillSheets(
      try ColumnTable(path: toy / "t.tsv", bytes: Array((header + rows).utf8)), side: side, assumed: assumed)
  }

  private let known = "sheet.png\t1\t2\t12.5\t14.5\t28.5\t14.5\t17\t30\t24\t30\t3\t0\t0.25\n"
  private let unknown = "sheet.png\t3\t3\t\t\t\t\t\t\t\t\t0\t2\t\n"

  /// The brightest and the darkest place, in shares of the side.
  private func extremes(_ face: FaceCrop) -> (bright: [Double], dark: [Double]) {
    func place(_ index: Int) -> [Double] {
      [Double(index % face.side) / Double(face.side), Double(index / face.side) / Double(face.side)]
    }
    let values = (0..<face.side * face.side / 2).map { face.pixels[$0 * 3] }
    func middle(_ value: UInt8) -> [Double] {
      let found = values.indices.filter { abs(Int(values[$0]) - Int(value)) < 30 }.map(place)
      return [0, 1].map { axis in found.reduce(0) { $0 + $1[axis] } / Double(found.count) }
    }
    return (middle(255), middle(0))
  }

  @Test func eyesComeToLieWhereTheFramingWantsThem() throws {
    let framing = FaceFraming()
    let face = try #require(try sheets(known).face(row: 0, by: StillCutter(framing: framing)))
    #expect(face.side == 160)
    let found = extremes(face)
    for (place, wanted) in [(found.bright, framing.leftEye), (found.dark, framing.rightEye)] {
      #expect(zip(place, wanted).allSatisfy { abs($0 - $1) < 0.02 }, "\(place) for \(wanted)")
    }
  }

  @Test func theCellsBorderGoesOnWhereItHasEnded() throws {
    let face = try #require(try sheets(known).face(row: 0, by: StillCutter(framing: FaceFraming())))
    // The framing shows more below the mouth than the cell has, and its neighbours are not looked at.
    let last = face.pixels.suffix(face.side * 3)
    #expect(last.allSatisfy { abs(Int($0) - 128) <= 1 })
  }

  @Test func aFaceWithoutPointsIsLeftOutOrAssumed() throws {
    let cutter = StillCutter(framing: FaceFraming())
    #expect(try sheets(unknown).face(row: 0, by: cutter) == nil)
    let assumed = StillCutter.Points(leftEye: (12.5, 14.5), rightEye: (28.5, 14.5), mouth: nil)
    let face = try #require(try sheets(unknown, assumed: assumed).face(row: 0, by: cutter))
    #expect(zip(extremes(face).bright, FaceFraming().leftEye).allSatisfy { abs($0 - $1) < 0.02 })
  }

  @Test func aTurnedHeadIsNotEnlarged() {
    let framing = FaceFraming()
    let front = framing.square(leftEye: (10, 10), rightEye: (30, 10), mouth: (20, 31))
    #expect(front == framing.square(leftEye: (10, 10), rightEye: (30, 10)))
    let turned = framing.square(leftEye: (16, 10), rightEye: (24, 10), mouth: (20, 32))
    #expect(abs(turned.side - front.side) < 1e-9 && abs(turned.centerX - front.centerX) < 1e-9)
  }

  @Test(arguments: [
    ("sheet.png\t4\t0\t", "row 4, column 0 of 40×40 pixels lies outside its 160×160"),
    ("sheet.png\t-1\t0\t", "outside"), ("sheet.png\t0.5\t0\t", "whole numbers"), ("none.png\t0\t0\t", "none.png"),
    ("t.tsv\t0\t0\t", "t.tsv"),
  ])
  func aRowThatDoesNotFitIsNamed(start: String, says: String) throws {
    try "no picture".write(toFile: toy / "t.tsv", atomically: true, encoding: .utf8)
    let sheets = try sheets(start + "12.5\t14.5\t28.5\t14.5\t17\t30\t24\t30\t3\t0\t0.25\n")
    let extraction = try StillExtraction(sheets, folder: toy / "out", framing: FaceFraming())
    guard case .broken(let reason) = extraction.extract(row: 0, name: "a", by: StillCutter(framing: FaceFraming()))
    else {
      Issue.record("it was cut")
      return
    }
    #expect(reason.contains(says), "\(reason)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: toy / "out/faces").isEmpty)
  }

  @Test func whatIsCutIsAClipOfOnePictureAndIsKept() throws {
    let sheets = try sheets(known)
    let cutter = StillCutter(framing: FaceFraming())
    let face = try #require(try sheets.face(row: 0, by: cutter))
    do {
      let extraction = try StillExtraction(sheets, folder: toy / "out", framing: FaceFraming())
      guard case .made("faces/a") = extraction.extract(row: 0, name: "a", by: cutter) else {
        Issue.record("it was not cut")
        return
      }
    }
    let read = try ClipFaces.read(toy / "out/faces/a") { _ in [0, 0] }
    #expect(read == [face, face])
    // Another way to cut would mix two kinds of faces.
    let error = #expect(throws: MediaError.self) {
      try StillExtraction(
        try self.sheets(known, side: 20), folder: toy / "out", framing: FaceFraming())
    }
    #expect(error?.kind == .exists)
  }

  @Test func labelsAreWhatAListReads() throws {
    let table = try sheets(known + unknown).table
    let labels = try StillLabels(table, label: nil, votes: "anger,fear", attributes: "jawOpen..jawOpen")
    #expect(try labels.fields(row: 0) == "anger:3 jawOpen=0.25" && labels.fields(row: 1) == "fear:2")
    #expect(try StillLabels(table, label: nil, votes: "fear", attributes: "jawOpen").fields(row: 0) == "jawOpen=0.25")
    #expect(try StillLabels(table, label: nil, votes: "anger", attributes: "jawOpen").fields(row: 1) == "")
    #expect(try StillLabels(table, label: "sheet", votes: nil, attributes: nil).fields(row: 1) == "sheet.png")
    #expect(throws: AnnotationError.self) { try StillLabels(table, label: nil, votes: "joy", attributes: nil) }
    #expect(throws: AnnotationError.self) { try StillLabels(table, label: nil, votes: nil, attributes: "fear..anger") }
  }
}
