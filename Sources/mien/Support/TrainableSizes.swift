import Networks
import Training

/// The sizes, if their architecture can be trained.
/// - Throws: `Failure` if it cannot.
func trainable(_ sizes: any NetworkSizes) throws -> any TrainableSizes {
  guard let sizes = sizes as? any TrainableSizes else {
    throw Failure(.usage, "\(sizes.architecture.title) cannot be trained")
  }
  return sizes
}
