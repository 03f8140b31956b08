package import Files
internal import Synchronization
public import Tensor

/// The state dict of a PyTorch `.pth` file (zip and pickle), read without Python; nothing in it can be called.
///
/// The state dict is the value of 'model', else of 'module', else the file's dictionary itself; a `module.` before
/// every name, which data-parallel training leaves, is taken off. Optimizer state, arguments and 'model_ema' are
/// passed over.
public struct TorchFile: TensorStore {
  public let path: String
  /// The floating-point tensors, in the state dict's order.
  public let names: [String]
  /// Tensors of whole numbers, such as counters. Their values can be asked for by name.
  public let skippedNames: [String]

  private let archive: ZipArchive
  /// The archive's folder, with its slash.
  private let prefix: String
  private let tensors: [String: TorchTensor]
  private let cache = StorageCache()

  /// Opens `path`, interprets its pickle and proves that every tensor lies inside its storage.
  /// - Throws: `FileError`.
  public init(_ path: String) throws { try self.init(FileBytes(mapping: path)) }

  /// Reads a `.pth` that is in memory; the bytes are copied, and `name` stands for the path in errors.
  public init(bytes: UnsafeRawBufferPointer, name: String) throws {
    try self.init(FileBytes(copying: bytes, path: name))
  }

  package init(_ file: FileBytes) throws {
    path = file.path
    archive = try ZipArchive(file)
    do {
      prefix = try Self.prefix(of: archive)
      try Self.checkByteOrder(archive, prefix)
      let member = prefix + "data.pkl"
      let size = archive.size(of: member) ?? 0
      guard size <= PickleMachine.byteLimit else {
        throw FormatProblem("its pickle has \(size) bytes; the limit is \(PickleMachine.byteLimit)")
      }
      let pickle = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
      defer { pickle.deallocate() }
      try archive.read(member, into: pickle)
      var machine = PickleMachine(UnsafeRawBufferPointer(pickle))
      let root = try machine.run()
      let dictionary = try stateDict(root, machine.heap)
      for (name, tensor) in dictionary {
        try tensor.validate(named: name)
        try Self.checkStorage(of: tensor, named: name, archive, prefix)
      }
      names = dictionary.filter(\.tensor.storage.type.isFloatingPoint).map(\.name)
      skippedNames = dictionary.filter { !$0.tensor.storage.type.isFloatingPoint }.map(\.name)
      // Unique: stateDict refuses names given twice.
      tensors = Dictionary(dictionary.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    } catch let problem as FormatProblem {
      throw problem.at(file.path)
    }
  }

  /// The tensor's shape, outermost dimension first; nil where there is no such tensor.
  public func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  /// The tensor's values as float32.
  ///
  /// - Throws: `FileError` where there is no such tensor or it cannot be read.
  public func values(of name: String) throws -> FloatBuffer {
    guard let tensor = tensors[name], let count = elementCount(tensor.shape) else {
      throw FileError(path: path, problem: "has no tensor '\(printable(name))'")
    }
    let result = FloatBuffer(count: count)
    guard count > 0 else { return result }
    let (member, storage) = (prefix + "data/" + tensor.storage.key, tensor.storage)
    if storage.type == .float32, tensor.isContiguous, tensor.offset == 0, storage.count == count {
      try archive.read(member, into: UnsafeMutableRawBufferPointer(start: result.base, count: 4 * count))
      return result
    }
    let bytes = try cache.bytes(of: member, count: storage.count * storage.type.size, archive)
    guard let base = bytes.memory.baseAddress else { return result }
    tensor.convert(from: UnsafeRawPointer(base), to: result.base)
    // `bytes` must live until here: `base` points into it.
    withExtendedLifetime(bytes) {}
    return result
  }

  /// The one folder of the archive: the part of `<folder>/data.pkl` before the name.
  private static func prefix(of archive: ZipArchive) throws -> String {
    let pickles = archive.names.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1 else {
      throw FormatProblem(
        pickles.isEmpty
          ? "is a zip archive without data.pkl, so not a PyTorch checkpoint" : "has \(pickles.count) members data.pkl")
    }
    let prefix = String(pickles[0].dropLast("data.pkl".count))
    if archive.names.contains(prefix + "constants.pkl") {
      throw FormatProblem(
        "is a TorchScript program, not a checkpoint",
        remedy: "save its state dict: torch.save({'model': model.state_dict()}, …)")
    }
    if let packed = archive.packedNames.first {
      throw FormatProblem(
        "member '\(printable(packed))' is compressed or encrypted, which torch.save never does",
        remedy: "load and save it again with torch")
    }
    return prefix
  }

  private static func checkByteOrder(_ archive: ZipArchive, _ prefix: String) throws {
    let member = prefix + "byteorder"
    guard let size = archive.size(of: member) else { return }
    var bytes = [UInt8](repeating: 0, count: min(size, 16))
    if size == bytes.count { try bytes.withUnsafeMutableBytes { try archive.read(member, into: $0) } }
    guard bytes == Array("little".utf8) else {
      throw FormatProblem("its values are not little-endian", remedy: "save it again on a little-endian machine")
    }
  }

  private static func checkStorage(
    of tensor: TorchTensor, named name: String, _ archive: ZipArchive, _ prefix: String
  ) throws {
    let storage = tensor.storage
    guard let size = archive.size(of: prefix + "data/" + storage.key) else {
      throw FormatProblem(
        "the storage '\(printable(storage.key))' of tensor '\(printable(name))' is not in the archive")
    }
    let (bytes, overflow) = storage.count.multipliedReportingOverflow(by: storage.type.size)
    guard !overflow, bytes == size else {
      throw FormatProblem(
        "the storage of tensor '\(printable(name))' has \(size) bytes, not \(storage.count) values of \(storage.type.size)"
      )
    }
  }
}

/// The storage read last, so that many views of one storage do not read it many times.
private final class StorageCache: Sendable {
  /// Raw bytes, written once before they are shared.
  final class Bytes: @unchecked Sendable {
    // @unchecked because nothing writes `memory` after the archive has filled it.
    let memory: UnsafeMutableRawBufferPointer
    init(count: Int) { memory = .allocate(byteCount: count, alignment: 16) }
    deinit { memory.deallocate() }
  }

  private let last = Mutex<(member: String, bytes: Bytes)?>(nil)

  func bytes(of member: String, count: Int, _ archive: ZipArchive) throws -> Bytes {
    if let kept = last.withLock({ $0 }), kept.member == member, kept.bytes.memory.count == count { return kept.bytes }
    let bytes = Bytes(count: count)
    try archive.read(member, into: bytes.memory)
    last.withLock { $0 = (member, bytes) }
    return bytes
  }
}
