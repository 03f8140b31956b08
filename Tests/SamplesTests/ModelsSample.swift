import Models

/// The sample of the article on `Models`.
func modelsSample(path: String) throws -> ModelConfig {
  // The sample begins.
  let folder = try ModelFolder(path)
  try folder.verify()  // the weights are those that config.json names
  print(folder.config.id, folder.config.labels?.names ?? [])
  print(folder.config.preprocessing.faceFraming.size)  // the side of a face in pixels

  let model = try folder.load()
  print(model.config.id)
  // The sample ends.
  return folder.config
}
