import Checkpoint
import Foundation
import HiCMAE
import Models
import Tensor
import TestSupport
import Testing

extension MienTests {
  @Suite struct BenchTests {
    private let folder: Folder
    private let model: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
    }

    /// A window as other programs write it, and its values.
    private func window(
      video count: Int = Configuration.videoGrid.values, first: Float? = nil
    ) throws -> (path: String, store: MemoryStore) {
      var store = MemoryStore()
      for (name, count) in [("video", count), ("audio", Configuration.audioGrid.values)] {
        let values = FloatBuffer(Hashed.bits(name, count: count).map { Float($0 >> 40) / Float(1 << 24) })
        if let first { values.base[0] = first }
        store.add(name, shape: [count], values: values)
      }
      let path = folder / "window.safetensors"
      try writeSafetensors(store, to: path)
      return (path, store)
    }

    @Test func aGivenWindowsLogitsArePrinted() throws {
      let (path, store) = try window()
      let run = try Command.run("bench", "--model", model, "--input", path, "--runs", "2", "--json")
      #expect(run.status == 0, "\(run)")
      let report = try #require(JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
      let logits = try #require(report["logits"] as? [NSNumber]).map(\.floatValue)
      let packed = try ModelFolder(model).load(packing: WeightPacking(.f32))
      let network = try #require(packed.network as? HiCMAEModel)
      let expected = Inference(model: network).logits(
        video: try store.values(of: "video").array, audio: try store.values(of: "audio").array)
      #expect(logits == expected)
      #expect((report["ms"] as? [NSNumber])?.count == 2)
    }

    /// Networks on encoders of another size, with other sizes of their own, and windows without one modality.
    @Test func networksOnEncodersAreTimed() throws {
      let sizes = [
        "bench", "--size", "vavl", "--encoders", "nano", "--runs", "1", "--json", "--with", "width=16",
        "attention_heads=2", "blocks=1", "shared_blocks=1", "taps=3",
      ]
      let both = try Command.run(sizes)
      #expect(both.status == 0, "\(both.err)")
      let whole = try JSONValue(parsing: both.out)
      #expect(whole["size"]?.string == "vavl on nano" && whole["gflop"]?.double ?? 0 > 0)
      let sound = try Command.run(sizes + ["--modalities", "a"])
      #expect(sound.status == 0, "\(sound.err)")
      let heard = try JSONValue(parsing: sound.out)
      #expect(heard["gflop"]?.double == nil && heard["logits"]?.elements?.count == 6)
      #expect(heard["logits"]?.elements?.map(\.double) != whole["logits"]?.elements?.map(\.double))
      let light = ["bench", "--size", "vavl-light", "--with", "width=16", "attention_heads=2", "--runs", "3", "--json"]
      let (alone, followed) = (try Command.run(light), try Command.run(light + ["--hop", "0.32"]))
      #expect(alone.status == 0 && followed.status == 0, "\(alone.err)\(followed.err)")
      let (uncached, cached) = (try JSONValue(parsing: alone.out), try JSONValue(parsing: followed.out))
      #expect(uncached["gflop"]?.double ?? 0 > 0 && cached["gflop"]?.double == nil)
      #expect(cached["logits"]?.elements?.map(\.double) == uncached["logits"]?.elements?.map(\.double))
      for (arguments, words) in [
        (["--hop", "0"], "--hop is for windows"), (["--kernels", "--hop", "0.32"], "--hop is for windows"),
        (["--size", "nano", "--modalities", "a"], "has no head that needs no more"),
        (["--size", "nano", "--encoders", "tiny"], "has encoders of its own"),
        (["--size", "vavl", "--encoders", "vavl-light"], "has no encoders for other networks"),
        (["--with", "width=3"], "go with --size"), (["--size", "vavl", "--with", "heads=3"], "no size 'heads'"),
        (["--train", "finetune", "--modalities", "a"], "--modalities is for windows"),
      ] {
        let run = try Command.run(["bench"] + arguments)
        #expect(run.status == 64 && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
      }
    }

    @Test func whatRunsWithFewerInstructionsIsSaid() throws {
      let run = try Command.run(
        "bench", "--model", model, "--precision", "int8", "--instructions", "reference", "--runs", "1", "--json")
      let report = try JSONValue(parsing: run.out)
      #expect(run.status == 0 && report["kernels"]?.string == "reference", "\(run)")
      #expect(report["precision"]?.string == "f32" && report["asked"]?.string == "int8")
    }

    @Test func kernelsSayWhatWasAskedFor() throws {
      let run = try Command.run(
        "bench", "--kernels", "--size", "nano", "--precision", "bf16", "--instructions", "avx2")
      #expect(run.status == 0 && run.out.contains("f32 (asked: bf16)"), "\(run)")
    }

    @Test func aWindowThatIsNoNumberIsBadData() throws {
      let (path, _) = try window(first: .nan)
      for words in [[], ["--json"]] {
        let run = try Command.run(["bench", "--model", model, "--input", path, "--runs", "1"] + words)
        #expect(run.status == 65 && run.errorLines.count == 1 && run.out.isEmpty, "\(run)")
        #expect(run.err.contains(path) && run.err.contains("no number"))
      }
    }

    @Test func aWindowOfAnotherSizeIsRefused() throws {
      let (path, _) = try window(video: 10)
      let run = try Command.run("bench", "--model", model, "--input", path)
      #expect(run.status == 65 && run.errorLines.count == 1 && run.out.isEmpty, "\(run)")
      #expect(run.err.contains(path) && run.err.contains("'video' has 10 values"))
    }

    @Test(arguments: [
      ["--input", "a", "--train", "pretrain"], ["--kernels", "--runs", "2"], ["--kernels", "--model", "a"],
      ["--instructions", "avx2", "--train", "pretrain"], ["--instructions", "sse2"],
    ])
    func whatDoesNotGoTogetherIsRefused(options: [String]) throws {
      let run = try Command.run(["bench"] + options)
      #expect(run.status == 64 && run.out.isEmpty, "\(run)")
    }
  }
}
