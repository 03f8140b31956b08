import Clips
import Lists

/// The sample of the article on `Clips`.
func corpusSample(list: AnnotationList) throws -> Int {
  // The sample begins.
  let recipe = Recipe.finetuning(.classes(6))
  var settings = BatchLoader.Settings(batch: 32, seed: 1)
  settings.threads = 4
  let loader = BatchLoader(list: list, recipe: recipe, settings: settings, epochs: 0..<10)
  var clips = 0
  while let batch = try loader.next() {
    clips += batch.count
    print(batch.epoch, batch.number, batch.count)
    for clip in batch.broken { print("left out:", clip) }
  }
  // The sample ends.
  return clips
}
