import Testing

extension MienTests {
  @Suite struct MemoryTests {
    /// Twelve times the recording, the same memory: decoded frames, sound, windows and lines are let go.
    @Test func memoryDoesNotGrowWithLength() throws {
      let folder = try Folder()
      let model = try Fixtures.model(in: folder)
      var peaks: [Int] = []
      for minutes in [1, 12] {
        try Fixtures.recording(folder / "long.avi", seconds: 60 * minutes)
        let run = try Command.run(
          "replay", folder / "long.avi", "--face", "none", "--model", model, "--hop", "10", "--threads", "1", "-o",
          folder / "out.jsonl")
        #expect(run.status == 0, "\(run.err)")
        peaks.append(run.peak)
      }
      print("peak of 1 and 12 minutes:", peaks, "KiB")
      #expect(peaks[0] > 10_000 && Double(peaks[1]) < 1.05 * Double(peaks[0]), "\(peaks) KiB")
    }
  }
}
