/// Which senses an input holds.
public struct Senses: OptionSet, Hashable, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let picture = Senses(rawValue: 1)
  public static let sound = Senses(rawValue: 2)
  public static let both: Senses = [.picture, .sound]
}
