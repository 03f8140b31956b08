import CDlibTrainer
import CFFmpeg
import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

@Suite struct Faces {
  private func clip(_ path: String, width: Int, height: Int, face: @escaping (Int) -> DrawnFace, frames: Int = 25)
    throws
  {
    try TestClip(
      picture: .init(
        width: width, height: height, times: (0..<frames).map { Int64($0 * 40) },
        draw: { face($0).draw(width, height) })
    ).write(to: path)
  }

  @Test func findsAFaceOfAnEighthOfTheWidth() throws {
    let scratch = try Scratch()
    let path = scratch.file("far.mkv")
    try clip(path, width: 960, height: 540) { DrawnFace(width: 120, x: 300 + Double($0), y: 200) }
    let taken = try Taken(.file(path)) { $0.faces = .largest }
    let found = taken.frames.compactMap(\.face)
    #expect(found.count == 25 && Set(found.map(\.id)) == [0])
    let last = try #require(found.last)
    #expect(abs(last.box.x + last.box.width / 2 - 323) < 25, "\(last.box)")
  }

  @Test func twoRunsAndAnyThreadsGiveTheSameBits() throws {
    let scratch = try Scratch()
    let path = scratch.file("near.mkv")
    try clip(path, width: 480, height: 360) { DrawnFace(width: 150 + Double($0), x: 200 + 3 * Double($0), y: 160) }
    let runs = try [1, 1, 4].map { threads in
      try Taken(.file(path)) { ($0.faces, $0.decodeThreads) = (.largest, threads) }
    }
    #expect(runs[0].frames.compactMap(\.crop).count > 4)
    for run in runs.dropFirst() {
      #expect(run.frames.map(\.crop) == runs[0].frames.map(\.crop))
      #expect(run.frames.map(\.face) == runs[0].frames.map(\.face))
    }
  }

  @Test func landmarksPutTheEyesWhereTheFramingSays() throws {
    let scratch = try Scratch()
    // What box the detector gives for such a face, in widths of the head.
    let known = DrawnFace(width: 150, x: 240, y: 150)
    try clip(scratch.file("known.mkv"), width: 480, height: 360, face: { _ in known }, frames: 1)
    let found = try Taken(.file(scratch.file("known.mkv"))) { $0.faces = .largest }
    let box = try #require(found.frames.first?.face?.box)
    let (left, top, size) = ((box.x - 240) / 150, (box.y - 150) / 150, box.width / 150)
    // Train on faces of several sizes and places.
    let side = 220
    var (pictures, boxes, points): ([UInt8], [Double], [Double]) = ([], [], [])
    for i in 0..<40 {
      let face = DrawnFace(
        width: 112 + Double(i % 8) * 4, x: 96 + Double(i % 5) * 7, y: 88 + Double(i % 6) * 4)
      pictures += face.draw(side, side)
      let width = face.width * size
      boxes += [
        face.x + left * face.width + Double(i % 3) * 3 - 3, face.y + top * face.width + Double(i % 4) * 2 - 3, width,
        width,
      ]
      let (l, r, u) = (face.eyes.left, face.eyes.right, face.width / 148)
      points += [r.x + 14 * u, r.y, r.x - 14 * u, r.y, l.x - 14 * u, l.y, l.x + 14 * u, l.y, face.x, face.y + 42 * u]
    }
    let model = scratch.file("tiny.dat")
    try #require(cdlt_train(pictures, 40, Int32(side), boxes, points, model) == 0)

    let refused = #expect(throws: MediaError.self) { try LandmarkModel(path: model) }
    #expect(refused?.description.contains("sha256") == true)

    let face = DrawnFace(width: 130, x: 210, y: 140)
    try clip(scratch.file("face.mkv"), width: 480, height: 360, face: { _ in face }, frames: 6)
    let landmarks = try LandmarkModel(path: model, allowAny: true)
    let taken = try Taken(.file(scratch.file("face.mkv"))) { ($0.faces, $0.landmarks) = (.largest, landmarks) }
    let square = try #require(taken.frames.last?.face?.square)
    // Where the drawn eyes land in the square.
    func place(_ p: (x: Double, y: Double)) -> (x: Double, y: Double) {
      let (dx, dy) = (p.x - square.centerX, p.y - square.centerY)
      let (c, s) = (cos(square.angle), sin(square.angle))
      return ((dx * c + dy * s) / square.side + 0.5, (-dx * s + dy * c) / square.side + 0.5)
    }
    let eyes = (left: place(face.eyes.left), right: place(face.eyes.right))
    let worst = [eyes.left.x - 0.294, eyes.left.y - 0.26, eyes.right.x - 0.705, eyes.right.y - 0.26].map(abs).max()!
    #expect(worst < 0.04, "eyes at \(eyes)")
  }

  @Test func brokenLandmarkFilesAreRefused() throws {
    let scratch = try Scratch()
    let path = scratch.file("junk.dat")
    try Data((0..<5000).map { UInt8(($0 * 37) & 255) }).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: MediaError.self) { try LandmarkModel(path: path, allowAny: true) }
    #expect(error?.library == "dlib" && error?.kind == .badData)
    #expect(throws: MediaError.self) { try LandmarkModel(path: scratch.file("absent.dat"), allowAny: true) }
  }

  @Test func savesCropsThatReadBack() throws {
    let scratch = try Scratch()
    let path = scratch.file("near.mkv")
    try clip(path, width: 480, height: 360, face: { _ in DrawnFace(width: 150, x: 200, y: 160) })
    let taken = try Taken(.file(path)) { ($0.faces, $0.saveCrops) = (.largest, scratch.file("crops")) }
    let saved = try FileManager.default.contentsOfDirectory(atPath: scratch.file("crops")).sorted()
    let crops = taken.frames.compactMap(\.crop)
    #expect(saved.count == crops.count)
    #expect(try ClipFaces.read(scratch.file("crops")) { Array(0..<$0) } == crops)
  }

  @Test func clipsOfListsGiveTheFramesThatAreAskedFor() throws {
    let scratch = try Scratch()
    let path = scratch.file("near.mkv")
    try clip(path, width: 480, height: 360, face: { DrawnFace(width: 150, x: 200 + Double($0), y: 160) })
    var total = 0
    let found = try ClipFaces.read(path) { count in
      total = count
      return [0, 8, 24, 24]
    }
    let crops = try #require(found)
    #expect(total == 25 && crops.count == 4 && crops[2] == crops[3] && crops[0].side == 160)
  }
}
