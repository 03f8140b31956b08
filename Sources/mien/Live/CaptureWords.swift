import MienKit
import Recognition

extension Failure {
  /// Why a live session cannot begin, in the command's words.
  init(_ error: CaptureError) {
    switch error {
    case .folder(let path):
      self.init(.noInput, "\(path): it is a folder; name a device of mien devices, or a file that plays one")
    case .unreadable: self.init(.noInput, "\(error)")
    case .missing: self.init(.unavailable, "\(error)")
    }
  }
}
