import Lists

/// The sample of the article on `Lists`.
func listsSample() throws -> AnnotationList {
  // The sample begins.
  let text = "clips/a.mp4 clips/a.wav 0\nclips/b.mp4 - 2\n"
  let list = try AnnotationList(path: "data/train.csv", bytes: Array(text.utf8))
  for entry in list.entries {
    let video = entry.video.map(list.resolve) ?? "no video"
    let label = try list.classIndex(of: entry, count: 6)
    print(video, label)  // data/clips/a.mp4 0, then data/clips/b.mp4 2
  }
  // The sample ends.
  return list
}
