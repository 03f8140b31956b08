internal import Files

/// Decides when a microphone is opened, given up and looked for. Pure: times are passed in, in monotonic nanoseconds.
///
/// A microphone that was lost comes back by its name. When a server that answers has not had that name for 2 s,
/// whatever `wanted` names is taken: for "auto" the default source of that moment, for a part of a name the one that
/// has it.
package struct MicrophoneWatch {
  package enum Action {
    case open(MicrophoneChoice)
    /// What was opened, whether it succeeded or not.
    case close
    case tell(MicrophoneEvent)
  }

  /// How long an answer of the server may take.
  package static let openingLimit: Int64 = 5_000_000_000
  /// Silence of this length is reported.
  package static let silence: Int64 = 1_000_000_000
  /// After silence of this length a source that is not suspended is opened again, because the stream alone may hang.
  package static let patience: Int64 = 30_000_000_000
  /// For this long only the same name is accepted.
  package static let loyalty: Int64 = 2_000_000_000
  package static let firstRetry: Int64 = 250_000_000
  package static let lastRetry: Int64 = 2_000_000_000

  private enum State {
    case closed(retry: Int64)
    case opening(deadline: Int64)
    case open(lastSound: Int64, check: Int64, isToldSilent: Bool)
  }

  private let wanted: String
  private var state: State
  private var retry = firstRetry
  private var name: String?
  /// When a server that answered first lacked the name.
  private var missingSince: Int64?
  private var isSuspended = false
  private var told: String?

  package init(wanted: String, now: Int64) {
    self.wanted = wanted
    state = .closed(retry: now)
  }

  /// When `tick` is due.
  package var deadline: Int64 {
    switch state {
    case .closed(let retry): retry
    case .opening(let deadline): deadline
    case .open(_, let check, _): check
    }
  }

  package mutating func tick(_ now: Int64) -> [Action] {
    guard now >= deadline else { return [] }
    switch state {
    case .closed:
      state = .opening(deadline: now + Self.openingLimit)
      isSuspended = false
      var only = name
      if let missingSince, now - missingSince >= Self.loyalty { only = nil }
      return [.open(MicrophoneChoice(wanted: wanted, only: only))]
    case .opening: return failed(.silentServer("open it", path: label), now)
    case .open(let last, _, let isTold):
      let seconds = Double(now - last) / 1e9
      guard isTold else {
        state = .open(lastSound: last, check: last + Self.patience, isToldSilent: true)
        return [.tell(.silent(seconds: seconds, isSuspended: isSuspended))]
      }
      guard !isSuspended else {
        // It is waited for as long as it takes.
        state = .open(lastSound: last, check: now + Self.patience, isToldSilent: true)
        return []
      }
      return failed(
        MediaError(
          library: "mien", operation: "listen to it",
          message: "nothing has come from it for \(Int(seconds)) s, it is opened again", path: label, kind: .noInput),
        now)
    }
  }

  package mutating func opened(_ info: MicrophoneInfo, _ now: Int64) -> [Action] {
    state = .open(lastSound: now, check: now + Self.silence, isToldSilent: false)
    (name, missingSince, told, retry) = (info.name, nil, nil, Self.firstRetry)
    return [.tell(.opened(info))]
  }

  package mutating func heard(_ now: Int64) -> [Action] {
    guard case .open(let last, _, let isTold) = state else { return [] }
    state = .open(lastSound: now, check: now + Self.silence, isToldSilent: false)
    return isTold ? [.tell(.resumed(seconds: Double(now - last) / 1e9))] : []
  }

  package mutating func suspended(_ suspended: Bool) { isSuspended = suspended }

  /// The server answers, but has no such source.
  package mutating func missing(_ error: MediaError, _ now: Int64) -> [Action] {
    if missingSince == nil { missingSince = now }
    return failed(error, now)
  }

  package mutating func failed(_ error: MediaError, _ now: Int64) -> [Action] {
    switch state {
    case .closed: return []
    case .open:
      state = .closed(retry: now + retry)
      return [.close, .tell(.lost(error))]
    case .opening:
      state = .closed(retry: now + retry)
      retry = min(2 * retry, Self.lastRetry)
      guard told != error.description else { return [.close] }
      told = error.description
      return [.close, .tell(.waiting(error))]
    }
  }

  /// How messages call it.
  private var label: String { name ?? (wanted == "auto" ? "microphone" : wanted) }
}
