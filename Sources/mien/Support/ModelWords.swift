import Logging
import MienKit
import Models
import Recognition
import Tensor

extension Logger {
  /// What happened while a model was chosen, in the command's words.
  func say(_ event: ModelNote) {
    switch event {
    case .passedOver(let taken, let folder):
      notice("\(taken) is taken before the models in \(folder); --model DIR or $MIEN_MODEL takes one of those")
    case .folder(let path): debug("model \(path)")
    case .run(let run, let model): notice("\(run) is a run: its model \(model)")
    case .lesserPrecision(let asked, let runs, let level):
      let whose = level == .best ? "this processor has" : "there are"
      notice("\(whose) no instructions for \(asked.rawValue): \(runs) runs instead")
    case .savesNothing(let saving, let model):
      let option = saving == .videoTokens ? "--video-tokens" : "--picture-every"
      notice("\(model) looks at no picture: \(option) saves nothing")
    case .cannotSave(let saving, let model):
      let option = saving == .videoTokens ? "--video-tokens" : "--picture-every"
      notice("\(model) always computes the whole picture: \(option) saves nothing")
    case .calibrated(let model, let calibration, let file):
      let (kind, place) = file.map { ("calibrated", " (\($0))") } ?? ("calibrated as recorded", "")
      notice("\(model): \(kind), \(calibration.words)\(place)")
    case .baseline(let model, let baseline, let isRecorded):
      let recorded = isRecorded ? ", as recorded" : ""
      let zero = baseline.file.map { "\($0) is the zero; it is one person's, and applied to everybody" }
      notice("\(model): \(zero ?? "the neutral of each person, as far as it was seen, is the zero")\(recorded)")
    case .otherModel(let session, let recorded, let taken):
      warning("\(session) was recorded with the model \(recorded), not with \(taken)")
    case .recordedInstructions(let level): notice("recorded with \(level) instructions, and replayed with them")
    case .missingInstructions(let level):
      notice("recorded with \(level.prefix(40)) instructions, which this processor lacks: last digits may differ")
    }
  }
}

extension ModelCalibration {
  /// The temperatures, as messages say them.
  var words: String {
    let own = heads.sorted { $0.key < $1.key }.map { "\($0.key) \(TrainingScreen.short($0.value.temperature))" }
    let short = TrainingScreen.short(all.temperature)
    return own.isEmpty ? "temperature \(short)" : "temperature \(short) (\(own.joined(separator: ", ")))"
  }
}

extension Failure {
  /// The same, with the options that help.
  init(_ error: ModelNotFound) {
    switch error {
    case .nowhere(let places):
      self.init(
        .noInput,
        "no model: looked at \(places); give --model DIR, import a published one with mien model import CHECKPOINT -o DIR "
          + "--labels …, make the default one with make default-model, or try --untrained tiny")
    case .several(let folder, let models):
      self.init(
        .usage,
        "several models in \(folder); choose one: --model \(models.joined(separator: ", --model ")); or call one default"
      )
    case .inNoFile: self.init(.noInput, "\(error); choose one: --model DIR")
    case .notOfSession: self.init(.noInput, "\(error); say where it is, or take another: --model DIR")
    }
  }
}
