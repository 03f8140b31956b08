import Foundation
import TestSupport
import Testing

extension MienTests {
  @Suite struct DataTests {
    private let folder: Folder

    init() throws {
      folder = try Folder()
      _ = try Fixtures.pictures(6, in: folder)
      try folder.write("speech one.wav", Fixtures.sound(seconds: 1))
    }

    private func check(_ list: String, _ options: String...) throws -> Command {
      try Command.run(["data", "check", try folder.write("list.csv", list)] + options)
    }

    @Test func aListThatIsFineIsCounted() throws {
      let run = try check("faces \"speech one.wav\" 0\n- \"speech one.wav\" 1\nfaces - 1\n", "--labels", "calm,angry")
      #expect(run.status == 0 && run.err.isEmpty, "\(run.err)")
      let rows = run.lines.map { line in (line.prefix { !$0.isNumber || line.hasPrefix("class") }, line) }
      #expect(rows.count == 11 && run.lines[0].hasPrefix("clips ") && run.lines[0].hasSuffix(" 3"))
      #expect(run.out.contains("class 0 (calm)") && run.lines.last?.hasPrefix("class 1 (angry)") == true)
      #expect(run.lines.last?.hasSuffix(" 2") == true)
      // Columns end together.
      #expect(Set(run.lines.map(\.count)).count == 1)
    }

    @Test func whatIsBrokenIsNamedWithItsLine() throws {
      let silence = [Int16](repeating: 0, count: 16_000)
      try folder.write("silence.wav", Fixtures.wav(silence))
      try folder.write("broken.avi", "RIFF and nothing that would follow it")
      try Fixtures.recording(folder / "nobody.avi", seconds: 1, side: 64)
      let run = try check(
        """
        # video audio label
        faces "speech one.wav" 0
        gone "speech one.wav" 0
        - silence.wav 1
        broken.avi - 1
        nobody.avi - 0
        faces - 2
        """, "--labels", "calm,angry", "--json")
      #expect(run.status == 65)
      let json = try JSONValue(parsing: try #require(run.lines.first))
      #expect(run.lines.count == 1 && json["clips"]?.int == 6 && json["fine"]?.int == 1 && json["broken"]?.int == 5)
      for problem in ["missing", "silent", "unreadable", "no face", "wrong label"] {
        #expect(json["problems"]?[problem]?.int == 1, "\(problem)")
      }
      let lines = json["broken_clips"]?.elements?.compactMap { $0["line"]?.int }
      #expect(lines == [3, 4, 5, 6, 7])
      #expect(json["classes"]?.elements?.compactMap { $0["clips"]?.int } == [3, 2])
      for line in 3...7 { #expect(run.err.contains("list.csv:\(line): ")) }
      #expect(run.errorLines.last?.contains("5 of 6 clips cannot be used; mend") == true)
      // Faces are not looked for where nobody wants it, and a broken file is then not seen.
      let quick = try check("nobody.avi - 0\nbroken.avi - 1\ngone.avi - 1\n", "--skip-faces")
      #expect(quick.status == 65 && quick.errorLines.count == 2 && quick.errorLines[0].contains("list.csv:3: missing"))
    }

    /// What a training of both senses cannot use, and names from a file as `mien finetune` takes them.
    @Test func sensesThatAreNeededAreMissed() throws {
      let names = try folder.write("names.txt", "calm\nangry\n")
      let list = "faces \"speech one.wav\" 0\n- \"speech one.wav\" 1\nfaces - 1\n"
      let run = try check(list, "--labels", names, "--modalities", "av")
      #expect(run.status == 65 && run.out.contains("class 1 (angry)"), "\(run)")
      // Both clips, their class, the sum.
      #expect(run.errorLines.count == 4 && run.errorLines[0].contains("list.csv:2: sense not given"), "\(run.err)")
      #expect(run.errorLines[1].contains("list.csv:3: sense not given: the list gives it no sound"), "\(run.err)")
      #expect(try check(list, "--modalities", "a").errorLines.count == 2)
      #expect(try check(list, "--labels", folder / "none.txt").status == 66)
    }

    @Test func aClassWithoutAClipIsAWarning() throws {
      let run = try check("faces - 0\n", "--labels", "calm,angry")
      #expect(run.status == 0 && run.errorLines.count == 1 && run.err.contains("no clip has class 1 (angry)"))
      let broken = try check("faces - 0\ngone - 1\n", "--labels", "calm,angry")
      #expect(broken.status == 65 && broken.err.contains("no clip of class 1 (angry) can be used"), "\(broken.err)")
    }

    @Test func aReaderWhoLeavesHidesNoBrokenClip() throws {
      let list = try folder.write("list.csv", "gone - 1\n")
      let run = try Command.run(["data", "check", list], readingOnly: 0)
      #expect(run.status == 65 && run.err.contains("1 of 1 clips cannot be used"), "\(run.err)")
    }

    /// A sense that is not asked for may be missing; what pre-training takes needs no label.
    @Test func oneSenseAloneIsLookedAt() throws {
      let list = "gone \"speech one.wav\" 0\n"
      #expect(try check(list, "--modalities", "a").status == 0)
      #expect(try check(list, "--modalities", "v").status == 65)
      let bare = try check("- \"speech one.wav\"\n", "--json")
      #expect(bare.status == 0, "\(bare.err)")
      let labelled = try check("- \"speech one.wav\"\n", "--labels", "calm,angry")
      #expect(labelled.status == 65 && labelled.err.contains("2 fields where"), "\(labelled.err)")
    }

    @Test func hostileListsAndOptionsAreRefused() throws {
      for (text, reason) in [
        ("", "no clip"), ("# nothing\n", "no clip"), ("faces\n", "1 field"), ("faces \"a 1\n", "quote"),
        ("- - 1\n", "neither"), ("a\u{0}b c 1\n", "NUL"),
      ] {
        let run = try check(text)
        #expect(run.status == 65 && run.errorLines.count == 1 && run.err.contains(reason), "\(run.err)")
        #expect(run.err.contains("list.csv") && run.out.isEmpty)
      }
      #expect(try Command.run("data", "check", folder / "none.csv").status == 66)
      #expect(try check("faces - 0\n", "--labels", "calm,calm").status == 64)
      #expect(try check("faces - 0\n", "--labels", "calm", "--values", "2").status == 64)
      #expect(try check("faces - 0\n", "--threads", "0").status == 64)
    }

    @Test func facesAreExtractedOnceAndTheRestLeftOut() throws {
      let list = try folder.write(
        "list.csv", "\(Fixtures.demo) \(Fixtures.demo) 1\ngone.mp4 - 0\nfaces \"speech one.wav\" 0\n")
      // The folder above it is made with it.
      let out = folder / "all/prepared"
      let first = try Command.run("data", "faces", list, "-o", out)
      #expect(first.status == 65 && first.err.contains("list.csv:2: ") && first.err.contains("1 of 3"), "\(first.err)")
      #expect(first.err.contains("2 clips, 0 of them there already") && first.out.isEmpty)
      let made = try String(contentsOfFile: out + "/list.csv", encoding: .utf8)
      let lines = made.split(separator: "\n").map { $0.split(separator: " ") }
      #expect(lines.count == 2 && lines.allSatisfy { $0.count == 3 } && lines.map(\.last) == ["1", "0"])
      let pictures = try FileManager.default.contentsOfDirectory(atPath: "\(out)/\(lines[0][0])")
      #expect(pictures.count > 50 && pictures.contains("000000.png"))
      // The new list is one that can be used, and a second run has nothing to do.
      let checked = try Command.run("data", "check", out + "/list.csv")
      #expect(checked.status == 0, "\(checked.err)")
      let second = try Command.run("data", "faces", list, "-o", out)
      #expect(second.status == 65 && second.err.contains("2 clips, 2 of them there already"), "\(second.err)")
      #expect(try String(contentsOfFile: out + "/list.csv", encoding: .utf8) == made)
      // Other pictures are another folder.
      let jpg = try Command.run("data", "faces", list, "-o", out, "--format", "jpg")
      #expect(jpg.status == 65 && jpg.err.contains("2 clips, 0 of them there already"), "\(jpg.err)")
      #expect(try Command.run("data", "check", out + "/list.csv").status == 0)
      // The list itself is never written over.
      #expect(try Command.run("data", "faces", out + "/list.csv", "-o", out).status == 64)
    }

    /// Names stay names beside the list, and become whole paths elsewhere.
    @Test func pairsLoseOneModality() throws {
      let list = try folder.write(
        "list.csv", "# six\n" + (0..<6).map { "faces \"speech \"\"\($0)\"\".wav\" \($0) 0.5\n" }.joined())
      let run = try Command.run("data", "unpair", list, "--share", "0.5", "--seed", "2", "-o", folder / "half.csv")
      #expect(run.status == 0 && run.err.contains("half.csv: 3 of 6 clips lost one modality"), "\(run.err)")
      let lines = try String(contentsOfFile: folder / "half.csv", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 6 && lines.count { $0.hasPrefix("- ") } == 1 && lines.count { $0.contains(" - ") } == 2)
      #expect(lines.enumerated().allSatisfy { $1.hasSuffix(" \($0) 0.5") })
      #expect(lines.count { $0.contains("faces \"speech \"\"") } == 3, "\(lines)")
      try FileManager.default.createDirectory(atPath: folder / "other", withIntermediateDirectories: true)
      let far = try Command.run("data", "unpair", list, "--share", "0", "-o", folder / "other/all.csv")
      let all = try String(contentsOfFile: folder / "other/all.csv", encoding: .utf8).split(separator: "\n")
      #expect(far.status == 0 && all.count == 6 && all.allSatisfy { $0.hasPrefix(folder / "faces") }, "\(all)")
      for options in [
        ["--share", "2", "-o", folder / "x.csv"], ["--share", "1", "-o", list], ["-o", folder / "x.csv"],
      ] {
        let refused = try Command.run(["data", "unpair", list] + options)
        #expect(refused.status == 64, "\(refused.err)")
      }
      #expect(!folder.names.contains("x.csv"))
    }

    @Test func aFolderThatCannotBeMadeIsSaid() throws {
      let list = try folder.write("list.csv", "faces - 0\n")
      let run = try Command.run("data", "faces", list, "-o", list + "/inside")
      #expect(run.status == 74 && run.errorLines.count == 1 && run.err.contains("inside"), "\(run.err)")
    }

    @Test func sheetsThatAreNotThereAreSaidOnce() throws {
      let table = folder / "stills.tsv"
      let rows = (0..<9).map { "sheet.png\t0\t\($0)\n" }.joined()
      try folder.write("stills.tsv", "sheet\trow\tcolumn\n" + rows)
      let run = try Command.run(
        "data", "stills", table, "--cell", "8", "--eyes", "2,2,6,2", "-o", folder / "cut", "--sheets", folder / "none")
      #expect(run.status == 66 && run.errorLines.count == 1, "\(run.err)")
      #expect(run.err.contains("none/sheet.png: no such file; --sheets says where") && !folder.names.contains("cut"))
    }
  }
}
