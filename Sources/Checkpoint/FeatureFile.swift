package import Files
public import Tensor

/// A file of features that another network computed of one clip: one array of (steps, width), as `.npy` (float32 or
/// float16, C order) or as `.safetensors` with one tensor. It is told apart by its content.
///
/// Opening it proves its header; ``values()`` proves the values.
public struct FeatureFile: Sendable {
  public let path: String
  /// Steps of the clip, and values of a step.
  public let steps, width: Int
  private let read: @Sendable () throws -> FloatBuffer

  /// The largest width of a step.
  public static let widthLimit = 65_536

  /// Whether a list's name is that of a file of features.
  public static func isNamed(by name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix(".npy") || name.hasSuffix(".safetensors")
  }

  /// - Throws: `FileError` naming what was found and what is wanted.
  public init(_ path: String) throws { try self.init(FileBytes(mapping: path)) }

  /// Reads a file that is in memory; the bytes are copied, and `name` stands for the path in errors.
  public init(bytes: UnsafeRawBufferPointer, name: String) throws {
    try self.init(FileBytes(copying: bytes, path: name))
  }

  package init(_ file: FileBytes) throws {
    path = file.path
    let isNumpy = file.bytes.starts(with: NumpyHeader.magic)
    do {
      let (shape, read) = try isNumpy ? Self.numpy(file) : Self.safetensors(file)
      guard shape.count == 2 else {
        throw FormatProblem("holds an array of shape \(shape)", remedy: "features are (steps, width)")
      }
      guard shape[0] > 0 else { throw FormatProblem("has no step: its shape is \(shape)") }
      guard (1...Self.widthLimit).contains(shape[1]) else {
        throw FormatProblem("has steps of \(shape[1]) values", remedy: "1 to \(Self.widthLimit) can be read")
      }
      (steps, width) = (shape[0], shape[1])
      self.read = read
    } catch let problem as FormatProblem {
      throw problem.at(file.path)
    }
  }

  /// All values, step after step.
  /// - Throws: `FileError` naming the first step with a value that is not finite.
  public func values() throws -> FloatBuffer {
    let values = try read()
    if let bad = firstNonFinite(in: values) {
      throw FileError(path: path, problem: "step \(bad / width) has a value that is not finite")
    }
    return values
  }

  private typealias Array2D = (shape: [Int], read: @Sendable () throws -> FloatBuffer)

  private static func numpy(_ file: FileBytes) throws -> Array2D {
    let header = try NumpyHeader(parsing: file.bytes)
    let type: ElementType
    switch header.type {
    case "<f4": type = .float32
    case "<f2": type = .float16
    default:
      throw FormatProblem(
        "holds values of type '\(printable(header.type))'",
        remedy: "save little-endian float32 or float16: numpy.save(path, array.astype('<f4'))")
    }
    guard !header.isFortran else {
      throw FormatProblem(
        "holds its values column by column", remedy: "numpy.save(path, numpy.ascontiguousarray(array))")
    }
    let present = file.bytes.count - header.start
    guard let count = elementCount(header.shape), count <= present / type.size, count * type.size == present else {
      throw FormatProblem(
        "its shape \(header.shape) does not fit the \(present) bytes of its values",
        remedy: "the file is cut short or its header is wrong: save it again")
    }
    return (
      header.shape,
      {
        let buffer = FloatBuffer(count: count)
        if let base = file.bytes.baseAddress { type.convert(base + header.start, count: count, to: buffer.base) }
        return buffer
      }
    )
  }

  private static func safetensors(_ file: FileBytes) throws -> Array2D {
    guard file.bytes.count > 8, file.bytes[8] == UInt8(ascii: "{") else {
      throw FormatProblem(
        file.bytes.isEmpty ? "is empty" : "is neither a NumPy file (.npy) nor safetensors",
        remedy: "features are an array of (steps, width) in one of the two")
    }
    let store = try SafetensorsFile(file)
    guard store.skippedNames.isEmpty, store.names.count == 1, let shape = store.shape(of: store.names[0]) else {
      throw FormatProblem(
        "has \(store.names.count + store.skippedNames.count) tensors, of which \(store.skippedNames.count) are whole numbers",
        remedy: "a file of features has one tensor of floating point")
    }
    return (shape, { try store.values(of: store.names[0]) })
  }
}

extension FeatureFile {
  /// Writes the first steps that there is room for, then zeros.
  /// - Returns: how many steps count.
  /// - Throws: `FileError` for another width, or values that are not finite.
  public func write(to out: UnsafeMutableBufferPointer<Float>, steps room: Int, width: Int) throws -> Int {
    guard self.width == width else { throw otherWidth(wanted: width) }
    let values = try values()
    let count = min(steps, room) * width
    for index in 0..<count { out[index] = values.base[index] }
    out[count...].update(repeating: 0)
    return min(steps, room)
  }

  package func otherWidth(wanted: Int) -> FileError {
    FileError(
      path: path, problem: "has \(width) values a step, but \(wanted) are wanted",
      remedy: "the files of a column must have one width, that of the model")
  }
}
