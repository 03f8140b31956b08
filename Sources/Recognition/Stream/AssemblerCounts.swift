internal import Signal

extension WindowAssembler {
  /// What went through, as the stream's last line says it.
  var counts: SessionClosed.Counts { SessionClosed.Counts() }
}
