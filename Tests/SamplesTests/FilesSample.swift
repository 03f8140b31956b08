import Files

/// The sample of the article on `Files`.
func filesSample(path: String) throws -> String {
  // The sample begins.
  let line: JSON = ["clip": "clips/1.mp4", "faces": 3, "seconds": 2.56, "speaker": nil]
  print(line.text)  // {"clip":"clips/1.mp4","faces":3,"seconds":2.56,"speaker":null}

  do {
    print(try sha256(ofFile: path))
  } catch let failure as any KnownFailure {
    print(failure.kind, failure)  // noInput, and one line for the user
  }
  // The sample ends.
  return line.text
}
