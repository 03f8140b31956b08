import ArgumentParser
import Clips
import Files
import Glibc
import Lists
import Logging

/// `mien data unpair`: a list in which some clips with both modalities keep one.
struct DataUnpair: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpair", abstract: "Take the picture or the sound of some pairs of a list away.",
    discussion: """
      EXAMPLES:
        mien data unpair train.csv --share 0.5 -o half.csv

      Of the clips with both modalities, the share that the seed chooses keeps only one: the first of them its picture, \
      the second its sound, and so on in turn. All other clips stay as they are. The new list shows what a training loses \
      where pairs are missing.
      """)

  @Argument(help: "The list: lines of 'video audio label'.", completion: .file()) var list: String
  @Option(help: ArgumentHelp("Of the clips with both modalities, from 0 to 1.", valueName: "share")) var share: Double
  @Option(help: "Which clips are chosen follows from it.") var seed: UInt64 = 0
  @Option(name: .shortAndLong, help: ArgumentHelp("The new list.", valueName: "file"), completion: .file())
  var output: String
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    guard (0...1).contains(share) else { throw ValidationError("--share must be from 0 to 1.") }
    if isSameFile(output, list) { throw ValidationError("-o \(output) would overwrite the list.") }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let before = try AnnotationList(path: list, bytes: try readFile(list))
    let after = Unpairing(share: share, seed: seed).entries(of: before)
    let staysInFolder = folder(of: output) == folder(of: list)
    func field(_ name: String?) throws -> String {
      guard let name else { return "-" }
      return listField(staysInFolder ? name : try absolutePath(of: before.resolve(name)))
    }
    let lines = try after.map { entry in
      ([try field(entry.video), try field(entry.audio)] + entry.label.map(listField)).joined(separator: " ") + "\n"
    }
    let file = try Output(file: output)
    try file.write(lines.joined())
    try file.finish()
    let changed = zip(before.entries, after).count { $0 != $1 }
    log.notice("\(output): \(changed) of \(after.count) clips lost one modality")
  }

  /// With its slash; empty: the working folder.
  private func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// Names in a list are relative to the list's folder, so in a list elsewhere they are written out.
  private func absolutePath(of path: String) throws -> String {
    if path.hasPrefix("/") { return path }
    guard let here = getcwd(nil, 0) else {
      throw Failure(.noInput, "the working folder has no name; give the list by its whole path")
    }
    defer { free(here) }
    return String(cString: here) + "/" + path
  }
}
