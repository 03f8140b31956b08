/// Who gets a line in a window with several people.
public enum AnsweredPeople: Sendable, Hashable {
  /// The one in front.
  case front
  /// Everybody, the one in front first.
  case all
}
