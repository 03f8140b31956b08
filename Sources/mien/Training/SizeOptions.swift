public import ArgumentParser
import MienKit
public import Models
import Networks

/// Sizes of fresh weights.
struct SizeOptions: ParsableArguments {
  @Option(help: "Fresh weights of this size. (default: tiny)") var size: UntrainedSize?
  @Option(help: "Fresh weights of this width, a multiple of 64.") var dim: Int?
  @Option(help: "Layers of each encoder. (default: 10)") var depth: Int?
  @Option(help: "Pairs of fusion blocks. (default: 2)") var fusionDepth: Int?
  @Option(
    name: .customLong("with"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "Other values for keys of 'sizes' in the model's config.json, such as blocks=2 shares=false.",
      valueName: "key=value"))
  var changes: [SizeChange] = []

  func validate() throws {
    func check(_ holds: Bool, _ sentence: String) throws { if !holds { throw ValidationError(sentence) } }
    for (value, name) in [(depth, "depth"), (fusionDepth, "fusion-depth")] {
      try check(value.map { $0 >= 1 && $0 <= 1_000_000_000 } ?? true, "--\(name) must be at least 1.")
    }
    let (most, step) = (limits.largest, limits.widthStep)
    try check(
      [dim, depth, fusionDepth].allSatisfy { $0 ?? 0 <= most }, "--dim and depths must be at most \(most).")
    try check(dim.map(limits.allow) ?? true, "--dim must be a multiple of \(step).")
    try check(size == nil || dim == nil, "--size and --dim exclude each other.")
    if let twice = changes.indices.first(where: { place in changes[..<place].contains { $0.key == changes[place].key } }
    ) {
      throw ValidationError("--with has \(changes[twice].key) two times; leave one of them out.")
    }
  }

  /// Whether any of them is asked for.
  var areGiven: Bool { size != nil || dim != nil || depth != nil || fusionDepth != nil || !changes.isEmpty }

  private var preset: UntrainedSize { size ?? .tiny }

  /// What messages call them.
  var name: String { preset.rawValue }

  var limits: SizeLimits { preset.sizes(outputs: 0).architecture.limits }

  /// - Parameter building: what becomes of the sizes before those of `--with` are put in.
  /// - Throws: `Failure` where the architecture has no such sizes.
  func sizes(building: (any NetworkSizes) throws -> any NetworkSizes = { $0 }) throws -> any NetworkSizes {
    guard let found = preset.sizes(outputs: 0, width: dim, depth: depth, fusionDepth: fusionDepth) else {
      let options = [(dim, "--dim"), (depth, "--depth"), (fusionDepth, "--fusion-depth")].filter { $0.0 != nil }
      throw Failure(
        .usage, "\(preset.rawValue) has no sizes with \(options.map(\.1).joined(separator: ", ")); leave them out")
    }
    let built = try building(found)
    do { return try built.changed(changes) } catch {
      throw Failure(.usage, "--with: \(preset.rawValue): \(error)")
    }
  }

  /// Sees that what is trained in the end has the sizes of `--with`.
  /// - Throws: `Failure` naming one that other options decide.
  func checkKept(by sizes: any NetworkSizes) throws {
    guard let lost = sizes.firstMissing(of: changes) else { return }
    throw Failure(
      .usage, "--with \(lost): other options decide this size, such as --labels or --modalities; leave it out")
  }
}

extension SizeChange: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
