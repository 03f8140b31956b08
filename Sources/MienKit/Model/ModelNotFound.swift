/// Why no model was taken.
public enum ModelNotFound: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is none in any of the places.
  case nowhere(places: String)
  /// The user's folder has several, and none of them is called default.
  case several(folder: String, models: [String])
  /// A session was recorded with weights that are in no file, and of no size that can be made again.
  case inNoFile(session: String, model: String)
  /// No place has the model that a session was recorded with.
  case notOfSession(session: String, sha256: String, model: String, places: String)

  public var description: String {
    switch self {
    case .nowhere(let places): "no model: looked at \(places)"
    case .several(let folder, let models): "several models in \(folder): \(models.joined(separator: ", "))"
    case .inNoFile(let session, let model): "\(session): its model \(model) is in no file"
    case .notOfSession(let session, let sha256, let model, let places):
      "\(session): no model with its SHA-256 \(sha256) (\(model)): looked at \(places), and models here"
    }
  }
}
