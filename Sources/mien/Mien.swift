import ArgumentParser

@main
struct Mien: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mien", abstract: "Emotion, read live from face and voice.",
    subcommands: [Bench.self])
}
