package import Files
public import Tensor

/// Opens a file of weights, told apart by its content, not by its extension: PyTorch `.pth` or safetensors.
/// - Throws: `FileError`, which for other kinds of files says how to convert them.
public func openCheckpoint(_ path: String) throws -> any TensorStore { try openCheckpoint(FileBytes(mapping: path)) }

package func openCheckpoint(_ file: FileBytes) throws -> any TensorStore {
  func starts(_ prefix: [UInt8], at offset: Int = 0) -> Bool {
    file.bytes.count >= offset + prefix.count && file.bytes[offset..<offset + prefix.count].elementsEqual(prefix)
  }
  let resave = "load it with torch and save it again as a zip: torch.save(torch.load(…, map_location='cpu'), 'new.pth')"

  if file.bytes.isEmpty {
    throw FileError(path: file.path, problem: "is empty", remedy: "copy or download it again")
  }
  if starts(Array("PK".utf8)) { return try TorchFile(file) }
  // The number that opens the files of torch before 1.6, pickled.
  if starts([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]) {
    throw FileError(path: file.path, problem: "is in PyTorch's old format of before 1.6", remedy: resave)
  }
  if starts(Array("ustar".utf8), at: 257) {
    throw FileError(
      path: file.path, problem: "is a tar archive, PyTorch's format of before 0.1.10", remedy: resave)
  }
  if starts(Array("version https://git-lfs".utf8)) {
    throw FileError(
      path: file.path, problem: "is a Git LFS pointer, not the weights themselves", remedy: "run git lfs pull")
  }
  if starts([UInt8(ascii: "{")], at: 8) { return try SafetensorsFile(file) }
  if starts([0x80]), file.bytes.count > 1, (2...5).contains(file.bytes[1]) {
    throw FileError(path: file.path, problem: "is a bare pickle, not a PyTorch zip archive", remedy: resave)
  }
  throw FileError(
    path: file.path, problem: "is neither a PyTorch checkpoint (zip) nor safetensors",
    remedy: "a truncated or mistaken download looks like this too")
}
