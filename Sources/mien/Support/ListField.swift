/// A field as a list of clips has it: in quotes where it must be.
func listField(_ text: String) -> String {
  guard text.contains(where: { " \t\"".contains($0) }) || text.isEmpty else { return text }
  return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
