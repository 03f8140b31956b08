import ArgumentParser
import Glibc
import Models
import Signal

/// How faces are cut out of pictures, and by how many threads.
struct CuttingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Model folder whose face framing is used. (default: that of the published CREMA-D models)", valueName: "dir"))
  var framingOf: String?
  @Option(help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  var threadCount: Int { threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  func framing() throws -> FaceFraming {
    try framingOf.map { try ModelFolder($0).config.preprocessing.faceFraming } ?? FaceFraming()
  }
}
