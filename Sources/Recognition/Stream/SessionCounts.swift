internal import Signal

extension SessionClosed.Counts {
  /// What went through an assembler, as the stream's last line says it.
  init<Crop>(_ counters: WindowAssembler<Crop>.Counters) {
    self.init()
    framesIn = counters.frames
    framesUsed = counters.framesUsed
    framesDropped = counters.framesDropped
    framesUnused = counters.framesUnused
    framesWithFace = counters.framesWithFace
    audioHoles = counters.audioHoles
    forced = counters.forced
    overflow = counters.overflow
  }
}
