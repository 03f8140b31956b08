internal import Files

/// A problem found by a parser that does not know which file it reads; whoever knows adds the path.
struct FormatProblem: Error {
  var problem: String
  var remedy: String?

  init(_ problem: String, remedy: String? = nil) { (self.problem, self.remedy) = (problem, remedy) }

  func at(_ path: String) -> FileError { FileError(path: path, problem: problem, remedy: remedy) }
}
