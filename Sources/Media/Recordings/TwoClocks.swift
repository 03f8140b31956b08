package import Signal

/// Where time 0 of a recording lies on the clocks of its picture and its sound. Pure arithmetic.
package enum TwoClocks {
  /// Later starts of a sound file are times of day.
  private static let latest = Instant(nanoseconds: 3_600_000_000_000)

  /// The earliest first timestamp of picture or sound is 0. A sound file that takes the place of the recording's own sound has a
  /// clock of its own, whose zero is the recording's: the earliest first timestamp of picture or own sound. Where the file's
  /// format has no zero, its first sample is it.
  /// - Parameters:
  ///   - picture: when it begins.
  ///   - sound: when the recording's own sound begins, whether it is read or not.
  ///   - separate: when the sound of a file of its own begins, and whether its format has a zero; nil: there is no such file.
  ///   - offset: by which the file is late.
  package static func zero(
    picture: Instant?, sound: Instant?, separate: (start: Instant, hasZero: Bool)?, offset: Instant
  ) -> (picture: Instant, sound: Instant) {
    let own = [picture, sound].compactMap { $0 }.min() ?? .zero
    guard let separate else { return (own, own) }
    let isLate = separate.hasZero && separate.start > .zero && separate.start <= latest
    // On the line on which the recording's earliest timestamp is 0.
    let start = (isLate ? separate.start : .zero) + offset
    let shift = min(start, picture == nil && sound == nil ? start : .zero)
    return (own + shift, separate.start - start + shift)
  }
}
