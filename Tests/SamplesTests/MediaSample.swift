import Media
import Signal

/// The sample of the article on `Media`.
func mediaSample(path: String) throws -> Int {
  // The sample begins.
  var options = Recording.Options()
  options.faces = .center  // whom to follow
  let recording = try Recording(.file(path), options: options)
  var faces = 0
  while let frame = try recording.nextFrame() {
    guard let face = frame.face else { continue }
    faces += 1
    print(frame.time.seconds, face.id, face.box)
  }
  for line in recording.damage { print(line) }
  // The sample ends.
  return faces
}
