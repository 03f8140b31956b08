import Recognition

/// The sample of the article on `Recognition`.
func recognitionSample(
  header: SessionCreated, source: any ReplaySource, recognizer: Recognizer, clock: any SessionClock
) throws -> String {
  // The sample begins.
  var formatter = StreamFormatter(.csv)
  var text = ""
  let session = ReplaySession(header: header, source: source, recognizer: recognizer, clock: clock) { event in
    text += formatter.text(for: event) ?? ""
  }
  let outcome = try session.run()
  print(text)  // seq,start,end,face_id,success,confidence,top and a column for each label
  print(outcome.closed.reason, outcome.closed.windows)
  // The sample ends.
  return text
}
