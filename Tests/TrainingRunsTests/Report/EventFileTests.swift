import Files
import Foundation
import Testing

@testable import TrainingRuns

@Suite struct EventFileTests {
  @Test func checksumsAreThoseOfTheStandard() {
    // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.of(Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.of("123456789".utf8) == 0xE306_9283)
    #expect(EventDecoder.checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
  }

  /// Bytes as the format's description gives them, put together by hand.
  @Test func messagesAreProtobuf() {
    let version = TensorEvent(time: 1, step: 0, content: .version)
    #expect(version.message == [9, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A, 13] + "brain.Event:2".utf8)
    let scalar = TensorEvent(time: 1, step: 300, content: .scalars([.init(tag: "a", value: 0.5)]))
    #expect(
      scalar.message == [9, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02]
        + [0x2A, 10, 0x0A, 8, 0x0A, 1, 0x61, 0x15, 0, 0, 0, 0x3F])
    let start = TensorEvent(time: 1, step: 7, content: .start)
    #expect(start.message == [9, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 7, 0x3A, 2, 0x08, 1])
    #expect(start.record.count == 8 + 4 + 15 + 4)
    #expect(start.record.starts(with: [15, 0, 0, 0, 0, 0, 0, 0]))
  }

  @Test func aFileHoldsWhatWasAppended() throws {
    let folder = try Scratch()
    let file = try EventFile(folder: folder.path, host: "a/b", started: 12.5, process: 34, labels: ["glad", "sad"])
    #expect(file.path == folder.path + "/events.out.tfevents.0000000012.a_b.34")
    var step = RunRecord.Step(step: 300, epoch: 1, loss: 0.5, rate: 1e-4, gradientNorm: 2, clips: 4)
    step.contrast = 0
    var validation = RunRecord.Validation(epoch: 1, step: 301, clips: 9, loss: 0.25)
    (validation.uar, validation.war, validation.ccc, validation.recall) = (0.5, 0.75, [nil, -0.5], [1, 0])
    try file.append(.created(.init(task: .finetune, time: "", version: "", labels: [])), time: 13)
    try file.append(.resumed(.init(step: 300, time: "")), time: 13)
    try file.append(.step(step), time: 14)
    try file.append(.validation(validation), time: 15)
    try file.append(.epoch(.init(epoch: 1, step: 301, loss: 0.5, clips: 8, broken: 0, seconds: 2)), time: 15)
    try file.append(.layerWeights(.init(step: 301, video: nil, audio: [0.25, 0.75])), time: 16)
    #expect(folder.bytes(file.path).isEmpty)
    try file.flush()
    try file.flush()

    typealias Event = EventDecoder.Event
    let expected = [
      Event(time: 12.5, version: "brain.Event:2"), Event(time: 13, step: 300, session: 1),
      Event(
        time: 14, step: 300,
        scalars: [
          "train/loss": 0.5, "train/contrast": 0, "train/rate": 1e-4, "train/gradient_norm": 2,
        ]),
      Event(
        time: 15, step: 300,
        scalars: [
          "val/loss": 0.25, "val/uar": 0.5, "val/war": 0.75, "val/ccc/sad": -0.5, "val/recall/glad": 1,
          "val/recall/sad": 0,
        ]),
      Event(time: 15, step: 300, scalars: ["epoch/loss": 0.5, "epoch/clips_per_s": 4]),
      Event(time: 16, step: 300, scalars: ["layer_shares/audio/1": 0.25, "layer_shares/audio/2": 0.75]),
    ]
    #expect(try EventDecoder.events(folder.bytes(file.path)) == expected)
  }

  @Test func manyEventsGoOutByThemselves() throws {
    let folder = try Scratch()
    let file = try EventFile(folder: folder.path, host: "h", started: 0, process: 1, labels: [])
    for step in 0..<2000 {
      try file.append(
        .step(.init(step: step, epoch: 0, loss: 1, rate: 1, gradientNorm: 1, clips: 1)), time: Double(step))
    }
    let seen = try EventDecoder.events(folder.bytes(file.path)).count
    #expect(seen > 500 && seen < 2001)
    try file.flush()
    #expect(try EventDecoder.events(folder.bytes(file.path)).map(\.step) == [0] + Array(0..<2000))
  }

  @Test func aFullDiskIsSaidAndNothingForgotten() throws {
    let folder = try Scratch()
    let name = folder.path + "/events.out.tfevents.0000000000.h.1"
    try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: "/dev/full")
    let file = try EventFile(folder: folder.path, host: "h", started: 0, process: 1, labels: [])
    for _ in 0..<2 {
      let error = #expect(throws: FileError.self) { try file.flush() }
      #expect(error?.kind == .cannotWrite && error?.remedy?.contains("space") == true)
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    let error = #expect(throws: FileError.self) {
      _ = try EventFile(folder: "/nowhere/run", host: "h", started: 0, process: 1, labels: [])
    }
    #expect(error?.description.hasPrefix("/nowhere/run/events.out.tfevents.") == true)
  }
}
