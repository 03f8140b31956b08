import Files
import Tensor
import TestSupport
import Testing

@testable import Checkpoint

/// The bare dictionary {"w": tensor} over one storage.
private func single(
  type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int], strides: [Int], storage: [UInt8]
) -> [UInt8] {
  var pickle = Pickle()
  pickle.raw("}")
  pickle.text("w")
  pickle.tensor("0", type: type, count: count, offset: offset, shape: shape, strides: strides)
  pickle.raw("s")
  return TorchArchive(pickle: pickle.stopped, storages: [storage]).content
}

/// The error of a file whose pickle is `build` between protocol and STOP.
private func refusal(protocol version: UInt8 = 2, _ build: (inout Pickle) -> Void) throws -> String {
  var pickle = Pickle(protocol: version)
  build(&pickle)
  let content = TorchArchive(pickle: pickle.stopped).content
  return try checkpointError { _ = try TorchFile(memory(content, "x.pth")) }.description
}

@Suite struct TorchFileTests {
  @Test func readsACheckpointAsPublished() throws {
    let store = try TorchFile(memory(smallCheckpoint().content))
    #expect(store.names == ["a", "b"], "the state dict's order, without 'module.'")
    #expect(store.skippedNames == ["steps"])
    #expect(store.shape(of: "a") == [2, 3])
    #expect(try store.values(of: "a").array == [1, 2, 3, 4, 5, 6])
    #expect(try store.values(of: "b").array == [0.5, -2])
    #expect(store.shape(of: "steps") == [])
    #expect(try store.values(of: "steps").array == [9])
  }

  @Test func readsEveryFloatStorage() throws {
    let cases: [(String, [UInt8])] = [
      ("FloatStorage", bytes([1, -0.5])), ("HalfStorage", bytes(UInt16(0x3c00)) + bytes(UInt16(0xb800))),
      ("BFloat16Storage", bytes(UInt16(0x3f80)) + bytes(UInt16(0xbf00))),
      ("DoubleStorage", bytes((1 as Double).bitPattern) + bytes((-0.5 as Double).bitPattern)),
    ]
    for (type, storage) in cases {
      let store = try TorchFile(memory(single(type: type, count: 2, shape: [2], strides: [1], storage: storage)))
      #expect(try store.values(of: "w").array == [1, -0.5], "\(type)")
    }
  }

  @Test(
    arguments: [
      // (offset, shape, strides, values of the storage 0…11)
      (0, [3, 4], [4, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
      (0, [4, 3], [1, 4], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
      (5, [2, 2], [4, 1], [5, 6, 9, 10]),
      (2, [3], [0], [2, 2, 2]),
      (11, [], [], [11]),
      (1, [2, 1, 3], [6, 99, 2], [1, 3, 5, 7, 9, 11]),
      (12, [0, 5], [5, 1], []),
    ] as [(Int, [Int], [Int], [Float])])
  func readsViews(offset: Int, shape: [Int], strides: [Int], expected: [Float]) throws {
    for (type, storage) in [
      ("FloatStorage", bytes((0..<12).map(Float.init))),
      ("HalfStorage", (0..<12).flatMap { bytes(Float16($0).bitPattern) }),
    ] {
      let content = single(type: type, count: 12, offset: offset, shape: shape, strides: strides, storage: storage)
      let store = try TorchFile(memory(content))
      #expect(store.shape(of: "w") == shape)
      #expect(try store.values(of: "w").array == expected)
    }
  }

  @Test(arguments: [
    (0, [13], [1]), (1, [12], [1]), (-1, [1], [1]), (0, [2], [12]), (0, [2, 2], [1]), (0, [-1], [1]), (0, [2], [-1]),
    (0, [1 << 40, 1 << 40], [0, 0]), (0, [1 << 21], [0]), (0, [2], [Int.max]), (Int.max, [2], [1]),
    (0, [3], [Int.max / 2 + 1]), (12, [1], [1]), (12, [], []),
  ])
  func refusesViewsOutsideTheStorage(offset: Int, shape: [Int], strides: [Int]) throws {
    let storage = bytes((0..<12).map(Float.init))
    let content = single(count: 12, offset: offset, shape: shape, strides: strides, storage: storage)
    let error = try checkpointError { _ = try TorchFile(memory(content)) }
    #expect(error.problem.contains("'w'"), "\(error)")
  }

  @Test func refusesStoragesOfTheWrongSize() throws {
    for count in [0, 2, 4, 1 << 61, 1 << 62] {
      let content = single(count: count, shape: [1], strides: [1], storage: bytes([1, 2, 3]))
      _ = try checkpointError { _ = try TorchFile(memory(content)) }
    }
    var archive = TorchArchive()
    archive.members = [smallCheckpoint().members[0]]
    #expect(try checkpointError { _ = try TorchFile(memory(archive.content)) }.problem.contains("not in the archive"))
  }

  @Test func namesWhatItRefusesToCall() throws {
    let reduce = try refusal { pickle in
      pickle.global("os", "system")
      pickle.raw("(")
      pickle.text("touch /tmp/mien-was-here")
      pickle.raw("tR")
    }
    #expect(reduce.contains("x.pth") && reduce.contains("os.system"))
    let stack = try refusal(protocol: 4) { pickle in
      for text in ["posix", "system"] { pickle.code += [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) }
      pickle.code += [0x94, 0x93]
    }
    #expect(stack.contains("posix.system"))
    #expect(try refusal { $0.raw("(S'x'\nios\nsystem\n") }.contains("opcode 0x53"))
    #expect(try refusal { $0.raw("(ios\nsystem\n") }.contains("os.system"))
    #expect(try refusal { $0.global("builtins", "eval") }.contains("builtins.eval"))
    #expect(try refusal { $0.global("torch", "load") }.contains("torch.load"))
    #expect(try refusal { $0.global("torch._utils", "_rebuild_tensor_v2\u{1b}[31m") }.contains("\\u{1b}[31m"))
    // Of the globals it knows, none can be called otherwise than state dicts do.
    for (module, name) in [("torch", "FloatStorage"), ("torch._utils", "_rebuild_tensor_v2")] {
      _ = try refusal { pickle in
        pickle.global(module, name)
        pickle.raw(")R")
      }
    }
  }

  @Test func refusesBrokenPickles() throws {
    #expect(try refusal { $0.raw("0") }.contains("more values"))
    #expect(try refusal { $0.raw("t") }.contains("more values"))
    #expect(try refusal { $0.raw("(0") }.contains("more values"))
    #expect(try refusal { $0.raw("h\u{7}") }.contains("never kept"))
    #expect(try refusal { $0.raw("}(Nu") }.contains("without a value"))
    #expect(try refusal { $0.raw("NNs") }.contains("more values"))
    #expect(try refusal { $0.raw("NNNs") }.contains("not a dictionary"))
    #expect(try refusal { $0.raw("NNa") }.contains("not a list"))
    #expect(try refusal { $0.raw("NQ") }.contains("tensor storage"))
    #expect(try refusal { $0.raw("N)R") }.contains("not a name"))
    #expect(try refusal { $0.code += Array("X".utf8) + bytes(UInt32.max) }.contains("cut short"))
    #expect(try refusal { $0.code += [0x8d] + bytes(UInt64.max) }.contains("cut short"))
    #expect(try refusal { $0.code += [0x8c, 1, 0xff] }.contains("UTF-8"))
    #expect(try refusal(protocol: 9) { _ in }.contains("protocol 9"))
    #expect(try refusal { $0.raw("}") }.contains("no tensors"))
    #expect(try refusal { $0.raw("N") }.contains("no dictionary"))
    let keys = try refusal { pickle in
      pickle.raw("}")
      pickle.text("net\nwork")
      pickle.raw("Ns")
    }
    #expect(keys.contains("'net\\u{a}work'"))
  }

  /// A million levels and a list that holds itself: neither reading nor freeing may recurse.
  @Test func depthAndCyclesAreHarmless() throws {
    _ = try refusal { $0.code += [UInt8](repeating: 0x5d, count: 1) + [UInt8](repeating: 0x85, count: 1_000_000) }
    _ = try refusal { $0.raw("]q\u{0}h\u{0}a") }
    _ = try refusal { $0.code += [UInt8](repeating: UInt8(ascii: "("), count: 1_000_000) }
  }

  @Test func acceptsEveryProtocolAndInertData() throws {
    for version: UInt8 in 2...5 {
      var pickle = Pickle(protocol: version)
      pickle.code += [0x95] + bytes(UInt64(0))
      pickle.raw("}")
      pickle.code.append(0x94)
      pickle.raw("(")
      pickle.text("args")
      // numpy.core.multiarray.scalar(dtype('f8'), b'…'), as argparse values from numpy appear.
      pickle.global("numpy.core.multiarray", "scalar")
      pickle.global("numpy", "dtype")
      pickle.raw("(")
      pickle.text("f8")
      pickle.code += [0x89, 0x88]
      pickle.raw("tR(K\u{3}NNtb")
      pickle.global("_codecs", "encode")
      pickle.text("x")
      pickle.text("latin1")
      pickle.code += [0x86]
      pickle.raw("R")
      pickle.code += [0x86]
      pickle.raw("R")
      pickle.text("big")
      pickle.code += [0x8a, 9] + [UInt8](repeating: 1, count: 9)
      pickle.text("set")
      pickle.code += [0x8f] + Array("(N".utf8) + [0x90]
      pickle.text("w")
      pickle.global("torch._utils", "_rebuild_parameter")
      pickle.tensor("0", count: 1, shape: [1], strides: [1])
      pickle.code.append(0x88)
      pickle.global("collections", "OrderedDict")
      pickle.raw(")R")
      pickle.code += [0x87]
      pickle.raw("Ru")
      let store = try TorchFile(memory(TorchArchive(pickle: pickle.stopped, storages: [bytes([3])]).content))
      #expect(try store.values(of: "w").array == [3])
    }
  }

  @Test func takesModelBeforeModuleBeforeBare() throws {
    func order(_ keys: [String]) throws -> [String] {
      var pickle = Pickle()
      pickle.raw("}(")
      for key in keys {
        pickle.text(key)
        pickle.raw("}")
        pickle.text("in \(key)")
        pickle.tensor("0", count: 1, shape: [1], strides: [1])
        pickle.raw("s")
      }
      pickle.text("bare")
      pickle.tensor("0", count: 1, shape: [1], strides: [1])
      pickle.raw("u")
      return try TorchFile(memory(TorchArchive(pickle: pickle.stopped, storages: [bytes([3])]).content)).names
    }
    #expect(try order(["module", "model_ema", "model"]) == ["in model"])
    #expect(try order(["model_ema", "module"]) == ["in module"])
    #expect(try order(["model_ema"]) == ["bare"])
  }
}
