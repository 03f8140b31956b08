internal import Checkpoint
public import Networks
internal import Tensor

/// The features of many clips, in the list's order, of one model.
public struct FeatureTable: Sendable {
  /// What the model is called where it is shown.
  public var name: String
  public private(set) var clips: [ClipFeatures] = []

  public init(name: String) { self.name = name }

  /// - Precondition: It is of the same model as those before.
  public mutating func add(_ clip: ClipFeatures) { clips.append(clip) }

  /// The layers where modalities can be compared, rising.
  public var layers: [Int] { clips.first?.levels.map(\.layer) ?? [] }

  /// Every clip's picture and sound at the `level`-th of ``layers``.
  public func modalities(_ level: Int) -> (video: [[Float]], audio: [[Float]]) {
    (clips.map { $0.levels[level].video }, clips.map { $0.levels[level].audio })
  }

  /// How well picture and sound lie together at the `level`-th of ``layers``.
  public func agreement(_ level: Int) -> ModalityAgreement {
    let (video, audio) = modalities(level)
    return ModalityAgreement(video: video, audio: audio)
  }

  /// Every feature with its name: rows are clips.
  var columns: [(name: String, rows: [[Float]])] {
    func rows(_ part: (ClipFeatures) -> [Float]?) -> [[Float]] { clips.compactMap(part) }
    var result = [
      ("video", rows(\.video)), ("audio", rows(\.audio)), ("fused_video", rows(\.fusedVideo)),
      ("fused_audio", rows(\.fusedAudio)), ("head", rows(\.head)),
    ]
    for (level, layer) in layers.enumerated() {
      let (video, audio) = modalities(level)
      result += [("video_layer_\(layer)", video), ("audio_layer_\(layer)", audio)]
    }
    return result.filter { !$0.1.isEmpty }
  }

  /// Writes safetensors; the file appears whole or not at all.
  /// - Throws: `FileError` of kind `cannotWrite`.
  public func write(to path: String) throws {
    var store = MemoryStore()
    for (name, rows) in columns {
      store.add(name, shape: [rows.count, rows[0].count], values: FloatBuffer(rows.flatMap { $0 }))
    }
    try writeSafetensors(store, to: path, metadata: ["model": name])
  }
}
