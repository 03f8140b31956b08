internal import Files

/// Chooses the source that is meant. Pure.
package struct MicrophoneChoice: Hashable, Sendable {
  /// "auto", a source's name, or a part of a name or description that only one has.
  package var wanted: String
  /// The source that was heard before: this one and no other.
  package var only: String?

  package init(wanted: String, only: String? = nil) { (self.wanted, self.only) = (wanted, only) }

  /// "auto" is the server's default source. Where nothing but monitors of outputs is left it is none: what a machine
  /// plays is not what its user says, and who wants that names it.
  /// - Throws: `MediaError` of kind `.noInput`, naming what there is.
  package func pick(from sources: [MicrophoneInfo]) throws -> MicrophoneInfo {
    if let only {
      if let same = sources.first(where: { $0.name == only }) { return same }
      throw missing("it is not there", path: only)
    }
    if wanted == "auto" {
      let microphones = sources.filter { !$0.isMonitor }
      if microphones.isEmpty, let monitor = sources.first {
        throw missing(
          "there is no microphone, only monitors of outputs; plug one in, or name the monitor (\(monitor.name))")
      }
      if let best = sources.first(where: \.isDefault) ?? microphones.first { return best }
      throw missing("the sound server has no source; plug a microphone in")
    }
    if let exact = sources.first(where: { $0.name == wanted }) { return exact }
    let part = wanted.lowercased()
    var found = sources.filter {
      $0.name.lowercased().contains(part) || $0.description.lowercased().contains(part)
    }
    // A sound card's output brings a monitor of nearly the same name.
    if found.count > 1 {
      let microphones = found.filter { !$0.isMonitor }
      if microphones.count == 1 { found = microphones }
    }
    if found.count == 1 { return found[0] }
    let names = (found.isEmpty ? sources : found).map(\.name).joined(separator: ", ")
    if found.isEmpty {
      throw missing(names.isEmpty ? "the sound server has no source" : "no source has this name; there are \(names)")
    }
    throw missing("it may be any of \(names); say more of the name")
  }

  private func missing(_ message: String, path: String? = nil) -> MediaError {
    MediaError(
      library: "mien", operation: "find the microphone", message: message,
      path: path ?? (wanted == "auto" ? "microphone" : wanted), kind: .noInput)
  }
}
