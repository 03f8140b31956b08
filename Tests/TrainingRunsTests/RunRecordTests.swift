import Testing
import TrainingRuns

@Suite struct RunRecordTests {
  @Test func aLineComesBackAsItWas() throws {
    var validation = RunRecord.Validation(epoch: 2, step: 30, clips: 7, loss: 0.1)
    (validation.uar, validation.weightedF1, validation.recall) = (0.5, 0.25, [1, nil, 0])
    validation.confusion = [[1, 0], [2, 3]]
    let records: [RunRecord] = [
      .created(.init(task: .finetune, time: "2026-01-01T00:00:00Z", version: "1", labels: ["a/b", "ü"])),
      .step(.init(step: 3, epoch: 0, loss: 0.1, rate: 1e-5, gradientNorm: 2, clips: 4)),
      .validation(validation), .closed(.init(step: 4, reason: .interrupted)),
    ]
    for record in records { #expect(try RunRecord(line: record.line) == record) }
    #expect(records[1].line.contains(#""gradient_norm":2"#))
    #expect(records[1].line.contains(#""type":"step""#))
  }
}
