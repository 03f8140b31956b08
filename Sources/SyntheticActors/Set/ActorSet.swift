internal import Files
internal import Glibc
internal import Media
internal import Signal

/// A folder of clips that actors play, and its lists.
///
/// Every clip gets its name when it is whole; lists are written last. `actors.txt` says which set it is. So a stopped run,
/// or one that wants more clips, goes on, and no other set is written over.
public struct ActorSet: Sendable {
  public let folder: String
  public let seed: UInt64
  public let form: ClipForm
  public let clips: Int

  /// The version goes up whenever the same seed gives other clips, so that no set mixes two versions.
  private var mark: String { "mien data actors 4\nseed \(seed)\nform \(form.rawValue)\n" }

  /// Makes the folder, or takes the one that an earlier run of the same set left.
  /// - Throws: `ActorsError`: of kind `exists` if the set is whole already, or something else is there.
  public init(folder: String, seed: UInt64, form: ClipForm, clips: Int) throws {
    precondition(clips > 0, "\(clips) clips")
    (self.folder, self.seed, self.form, self.clips) = (folder, seed, form, clips)
    let isNew = mkdir(folder, 0o777) == 0
    guard isNew || errno == EEXIST else { throw Self.system("make", folder) }
    if isNew {
      try write(mark, "actors.txt")
    } else {
      guard let found = read("actors.txt") else {
        throw ActorsError(.exists, operation: "write into \(folder)", message: "it is there already; take another name")
      }
      guard found == mark else {
        let said = found.split(separator: "\n").dropFirst().joined(separator: ", ")
        let isOlder = found.split(separator: "\n").dropFirst() == mark.split(separator: "\n").dropFirst()
        let other = isOlder ? "a set that another version of mien made" : "another set (\(said))"
        throw ActorsError(
          .exists, operation: "write into \(folder)", message: "it has \(other); take another name")
      }
      let listed = read("clips.tsv").map { $0.split(separator: "\n").count - 1 } ?? 0
      guard listed < clips else {
        throw ActorsError(
          .exists, operation: "write into \(folder)",
          message: "it has its \(listed) clips already; take another name, or ask for more")
      }
    }
    for name in form == .frames ? ["faces", "sound"] : ["clips"] {
      guard mkdir("\(folder)/\(name)", 0o777) == 0 || errno == EEXIST else {
        throw Self.system("make", "\(folder)/\(name)")
      }
    }
  }

  /// Makes clip k unless it is there.
  /// - Parameter isStopped: asked before every picture; true ends the work, and the clip is not made.
  /// - Returns: whether it is there now.
  /// - Throws: `ActorsError`, `MediaError`, `DrawingError`; then no part of the clip bears its name.
  public func make(_ clip: Int, isStopped: () -> Bool) throws -> Bool {
    let casting = Casting(seed: seed, clip: clip)
    let (video, audio) = paths(casting)
    let isThere = access("\(folder)/\(video)", F_OK) == 0 && access("\(folder)/\(audio)", F_OK) == 0
    if isThere { return true }
    if isStopped() { return false }
    let place = "\(folder)/\(video)"
    var rendering = try ClipRendering(casting, seed: seed, form: form, scratch: place + ".speech.wav")
    struct Stopped: Error {}
    let draft = place + ".partial"
    do {
      switch form {
      case .frames:
        try AudioFile.write16k(rendering.sound.samples, to: "\(folder)/\(audio)")
        if access(place, F_OK) == 0 { return true }
        guard mkdir(draft, 0o777) == 0 || errno == EEXIST else { throw Self.system("make", draft) }
        try rendering.pictures { index, picture in
          if isStopped() { throw Stopped() }
          try JPEGFile.write(
            FaceCrop(side: picture.width, pixels: picture.rgb), to: "\(draft)/\(Self.digits(index)).jpg")
        }
      case .video:
        let movie = try MovieFile(draft, width: ClipRendering.movie.width, height: ClipRendering.movie.height)
        let sound = rendering.sound.samples
        try rendering.pictures { index, picture in
          if isStopped() { throw Stopped() }
          let part = sound[index * Soundtrack.frame..<(index + 1) * Soundtrack.frame]
          try movie.add(rgb: picture.rgb, sound: part)
        }
        try movie.finish()
      }
    } catch is Stopped { return false }
    guard rename(draft, place) == 0 else { throw Self.system("name", place) }
    return true
  }

  /// All clips are there: writes `clips.tsv`, `labels.txt`, and for each split a list, a list of values, and one of
  /// both.
  /// - Throws: `ActorsError` of kind `cannotWrite`.
  public func finish() throws {
    let castings = (0..<clips).map { Casting(seed: seed, clip: $0) }
    func list(_ split: Split, _ label: (Casting) -> String) -> String {
      castings.filter { $0.split == split }.map { casting in
        let (video, audio) = paths(casting)
        return "\(video) \(audio) \(label(casting))\n"
      }.joined()
    }
    for split in Split.allCases {
      // A set of one or two clips has nothing to validate; an empty list would be no list.
      guard castings.contains(where: { $0.split == split }) else { continue }
      try write(list(split) { "\($0.emotion.rawValue)" }, "\(split.rawValue).csv")
      try write(
        list(split) { "\(Self.decimals($0.valence)) \(Self.decimals($0.arousal))" }, "\(split.rawValue)-values.csv")
      try write(
        list(split) {
          "\($0.emotion.rawValue) valence=\(Self.decimals($0.valence)) arousal=\(Self.decimals($0.arousal))"
        }, "\(split.rawValue)-both.csv")
    }
    try write(Emotion.allCases.map { $0.name + "\n" }.joined(), "labels.txt")
    let header = "clip\tactor\temotion\tintensity\tvalence\tarousal\tsentence\tsplit\n"
    try write(
      header
        + castings.map { casting in
          [
            name(casting), "\(casting.actor.number)", casting.emotion.name, casting.intensity.name,
            Self.decimals(casting.valence), Self.decimals(casting.arousal), casting.sentence, casting.split.rawValue,
          ].joined(separator: "\t") + "\n"
        }.joined(), "clips.tsv")
  }

  private func name(_ casting: Casting) -> String { Self.digits(casting.clip) }

  /// Relative to the folder.
  private func paths(_ casting: Casting) -> (video: String, audio: String) {
    let name = name(casting)
    return form == .frames ? ("faces/\(name)", "sound/\(name).flac") : ("clips/\(name).mkv", "clips/\(name).mkv")
  }

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(6 - text.count, 0)) + text
  }

  /// Three decimals, without a locale.
  static func decimals(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let text = String(abs(thousandths))
    let padded = String(repeating: "0", count: max(4 - text.count, 0)) + text
    return (thousandths < 0 ? "-" : "") + padded.dropLast(3) + "." + padded.suffix(3)
  }
}

extension ActorSet {
  /// The file gets its name when it is whole.
  private func write(_ text: String, _ name: String) throws {
    let (path, draft) = ("\(folder)/\(name)", "\(folder)/\(name).partial")
    guard let file = fopen(draft, "wbe") else { throw Self.system("write", path) }
    let bytes = Array(text.utf8)
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count, rename(draft, path) == 0 else {
      let error = Self.system("write", path)
      unlink(draft)
      throw error
    }
  }

  /// nil: not there, or no text.
  private func read(_ name: String) -> String? {
    guard let file = fopen("\(folder)/\(name)", "rbe") else { return nil }
    defer { fclose(file) }
    var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func system(_ operation: String, _ path: String) -> ActorsError {
    let code = errno
    return ActorsError(
      .cannotWrite, operation: "\(operation) \(path)", code: Int(code), message: String(cString: strerror(code)))
  }
}
