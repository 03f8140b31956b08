import Glibc
import Signal
import Testing

/// Windows say which frames their crops are of, and which rows other windows have too: the same mark, the same values.
@Suite struct WindowStepTests {
  @Test func sameMarksHaveTheSameValues() throws {
    var assembler = WindowAssembler<Int>(schedule: WindowSchedule(), video: true, audio: true)
    var windows: [Window<Int>] = []
    func take() { while let window = assembler.next() { windows.append(window) } }
    // A pitch that rises, so that no two rows are the same.
    let samples = (0..<16_000 * 6).map { Float(sin(0.02 * Double($0) + 1e-6 * Double($0) * Double($0)) / 2) }
    for frame in 0..<150 {
      let time = Instant(seconds: Double(frame) / 25)
      let face = FollowedFace(
        id: 7, box: PixelBox(x: 10, y: 20, width: 100, height: 100),
        square: FaceSquare(centerX: 60, centerY: 70, side: 104))
      _ = assembler.receive(
        FaceFrame(
          index: frame, time: time, duration: Instant(seconds: 0.04), faces: [.init(face, crop: 1000 + frame)]))
      let chunk = Array(samples[frame * 640..<(frame + 1) * 640])
      _ = assembler.receive(AudioChunk(start: time, samples: chunk))
      take()
    }
    assembler.endVideo()
    assembler.endAudio()
    take()
    #expect(windows.count > 8)
    var crops: [FrameMark: Int] = [:]
    var rows: [Int: [Float]] = [:]
    var shared = (frames: 0, rows: 0)
    for window in windows {
      let person = try #require(window.people.first)
      #expect(person.frames.count == 16 && person.frames.map { 1000 + $0.index } == person.crops)
      for (mark, crop) in zip(person.frames, person.crops ?? []) {
        if let known = crops[mark] {
          #expect(known == crop)
          shared.frames += 1
        }
        crops[mark] = crop
      }
      let spectrogram = try #require(window.audio.spectrogram)
      #expect(window.audio.finalRows == 256)
      for row in 0..<window.audio.finalRows {
        let (place, values) = (window.audio.firstSample + 160 * row, Array(spectrogram[row * 128..<(row + 1) * 128]))
        if let known = rows[place] {
          #expect(known == values)
          shared.rows += 1
        }
        rows[place] = values
      }
    }
    #expect(shared.frames >= 14 * (windows.count - 1) && shared.rows == 224 * (windows.count - 1))
  }
}
