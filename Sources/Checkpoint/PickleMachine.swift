/// Interprets the pickle of a `torch.save` file: the opcodes of protocols 2 to 5 that torch writes, as data.
///
/// It has no way to call anything: a REDUCE of one of `PickleGlobal`'s names is a rule written here, and every other
/// name ends the reading. Each opcode adds at most one value, so memory is bounded by the pickle's length.
struct PickleMachine {
  /// Pickles of real checkpoints have some hundred kilobytes.
  static let byteLimit = 32 << 20

  private(set) var heap = PickleHeap()
  private var reader: PickleReader
  private var stack: [PickleValue] = []
  /// Heights of the stack at each open mark.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(_ bytes: UnsafeRawBufferPointer) { reader = PickleReader(bytes) }

  /// Runs to STOP and gives the value on top.
  mutating func run() throws -> PickleValue {
    guard reader.bytes.count <= Self.byteLimit else {
      throw FormatProblem("its pickle has \(reader.bytes.count) bytes; the limit is \(Self.byteLimit)")
    }
    while true {
      let position = reader.position
      let opcode = try reader.byte()
      if opcode == UInt8(ascii: ".") { return try pop() }
      if try literal(opcode) { continue }
      if try container(opcode) { continue }
      if try object(opcode) { continue }
      throw FormatProblem(
        "the pickle has the opcode 0x\(String(opcode, radix: 16)) at byte \(position), which no state dict needs",
        remedy: "save the state dict alone: torch.save({'model': model.state_dict()}, …)")
    }
  }

  // MARK: Opcodes

  /// Opcodes that push what stands in the pickle.
  private mutating func literal(_ opcode: UInt8) throws -> Bool {
    switch opcode {
    case 0x80:  // PROTO
      let version = try reader.byte()
      guard (2...5).contains(version) else { throw FormatProblem("pickle protocol \(version) is not one of 2 to 5") }
    case 0x95: _ = try reader.take(8)  // FRAME
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.bool(true))  // NEWTRUE
    case 0x89: push(.bool(false))  // NEWFALSE
    case UInt8(ascii: "J"):  // BININT
      push(.integer(Int(Int32(bitPattern: try reader.unsigned(UInt32.self)))))
    case UInt8(ascii: "K"): push(.integer(Int(try reader.byte())))  // BININT1
    case UInt8(ascii: "M"): push(.integer(Int(try reader.unsigned(UInt16.self))))  // BININT2
    case 0x8a:  // LONG1
      let count = UInt64(try reader.byte())
      push(try reader.long(count).map { .integer($0) } ?? .inert)
    case 0x8b:  // LONG4
      let count = UInt64(try reader.unsigned(UInt32.self))
      push(try reader.long(count).map { .integer($0) } ?? .inert)
    case UInt8(ascii: "G"):  // BINFLOAT
      _ = try reader.take(8)
      push(.inert)
    case UInt8(ascii: "X"): push(.text(try reader.text(UInt64(reader.unsigned(UInt32.self)))))  // BINUNICODE
    case 0x8c: push(.text(try reader.text(UInt64(reader.byte()))))  // SHORT_BINUNICODE
    case 0x8d: push(.text(try reader.text(reader.unsigned(UInt64.self))))  // BINUNICODE8
    case UInt8(ascii: "U"), UInt8(ascii: "C"):  // SHORT_BINSTRING, SHORT_BINBYTES
      _ = try reader.take(UInt64(reader.byte()))
      push(.inert)
    case UInt8(ascii: "T"), UInt8(ascii: "B"):  // BINSTRING, BINBYTES
      _ = try reader.take(UInt64(reader.unsigned(UInt32.self)))
      push(.inert)
    case 0x8e, 0x96:  // BINBYTES8, BYTEARRAY8
      _ = try reader.take(reader.unsigned(UInt64.self))
      push(.inert)
    default: return false
    }
    return true
  }

  /// Opcodes that build containers, and those that move values between stack and memo.
  private mutating func container(_ opcode: UInt8) throws -> Bool {
    switch opcode {
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "2"): push(try top())
    case UInt8(ascii: "q"): memo[Int(try reader.byte())] = try top()  // BINPUT
    case UInt8(ascii: "r"): memo[Int(try reader.unsigned(UInt32.self))] = try top()  // LONG_BINPUT
    case 0x94: memo[memo.count] = try top()  // MEMOIZE
    case UInt8(ascii: "h"): try recall(Int(reader.byte()))  // BINGET
    case UInt8(ascii: "j"): try recall(Int(reader.unsigned(UInt32.self)))  // LONG_BINGET
    case UInt8(ascii: ")"), UInt8(ascii: "]"): push(heap.sequence([]))
    case UInt8(ascii: "t"), UInt8(ascii: "l"): push(heap.sequence(try popMark()))
    case 0x85, 0x86, 0x87:  // TUPLE1, 2, 3
      let items = try pop(Int(opcode) - 0x84)
      push(heap.sequence(items))
    case UInt8(ascii: "a"): try append([pop()])
    case UInt8(ascii: "e"): try append(popMark())
    case UInt8(ascii: "}"): push(heap.dictionary())
    case UInt8(ascii: "d"):
      let items = try popMark()
      push(heap.dictionary())
      try set(items)
    case UInt8(ascii: "s"): try set(pop(2))
    case UInt8(ascii: "u"): try set(popMark())
    case 0x8f: push(.inert)  // EMPTY_SET
    case 0x90: _ = try popMark()  // ADDITEMS to a set, which is inert
    case 0x91:  // FROZENSET
      _ = try popMark()
      push(.inert)
    default: return false
    }
    return true
  }

  /// Opcodes that would import and call, were this Python.
  private mutating func object(_ opcode: UInt8) throws -> Bool {
    switch opcode {
    case UInt8(ascii: "c"):  // GLOBAL
      let module = try reader.line()
      push(.global(try PickleGlobal(module: module, name: reader.line())))
    case 0x93:  // STACK_GLOBAL
      let parts = try pop(2)
      guard case .text(let module) = parts[0], case .text(let name) = parts[1] else {
        throw FormatProblem("the pickle names a global by something other than text")
      }
      push(.global(try PickleGlobal(module: module, name: name)))
    case UInt8(ascii: "i"):  // INST: never written by torch, but it names what it would call
      let module = try reader.line()
      _ = try PickleGlobal(module: module, name: reader.line())
      return false
    case UInt8(ascii: "Q"): push(try storage(pop()))  // BINPERSID
    case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
      let parts = try pop(2)
      push(try rebuild(parts[0], heap.items(parts[1])))
    case 0x92:  // NEWOBJ_EX
      let parts = try pop(3)
      push(try rebuild(parts[0], heap.items(parts[1])))
    case UInt8(ascii: "b"): _ = try pop()  // BUILD: attributes, such as OrderedDict's _metadata
    default: return false
    }
    return true
  }

  /// Each tensor keeps its own sizes, so a few bytes that repeat one could need much memory.
  private static let (mostTensors, mostAxes) = (100_000, 16)

  /// The data that the call in a pickle would have made.
  private mutating func rebuild(_ callee: PickleValue, _ arguments: [PickleValue]?) throws -> PickleValue {
    guard case .global(let global) = callee, let arguments else {
      throw FormatProblem("the pickle calls something that is not a name")
    }
    switch global {
    case .inert: return .inert
    case .orderedDict:
      guard arguments.isEmpty else { throw FormatProblem("the pickle makes an OrderedDict of arguments") }
      return heap.dictionary()
    case .rebuildParameter:
      guard let first = arguments.first, case .tensor = first else {
        throw FormatProblem("the pickle makes a parameter of something that is not a tensor")
      }
      return first
    case .rebuildTensor:
      guard arguments.count >= 4, case .storage(let index) = arguments[0], case .integer(let offset) = arguments[1],
        let shape = heap.integers(arguments[2]), let strides = heap.integers(arguments[3])
      else { throw FormatProblem("the pickle rebuilds a tensor from unexpected arguments") }
      guard shape.count <= Self.mostAxes, strides.count <= Self.mostAxes, heap.tensors.count < Self.mostTensors else {
        throw FormatProblem("the pickle has more tensors, or axes of one, than any model")
      }
      heap.tensors.append(
        TorchTensor(storage: heap.storages[index], offset: offset, shape: shape, strides: strides))
      return .tensor(heap.tensors.count - 1)
    case .storageType: throw FormatProblem("the pickle calls a storage type")
    }
  }

  /// A persistent id: ('storage', type, key, device, count).
  private mutating func storage(_ id: PickleValue) throws -> PickleValue {
    guard let parts = heap.items(id), parts.count >= 5, case .text("storage") = parts[0],
      case .global(.storageType(let type)) = parts[1], case .text(let key) = parts[2],
      case .integer(let count) = parts[4], count >= 0
    else { throw FormatProblem("the pickle refers to something other than a tensor storage") }
    heap.storages.append(TorchStorage(key: key, type: type, count: count))
    return .storage(heap.storages.count - 1)
  }

  // MARK: Stack

  private mutating func push(_ value: PickleValue) { stack.append(value) }

  private func top() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw Self.underflow }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw Self.underflow }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw Self.underflow }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw FormatProblem("the pickle recalls a value it never kept (\(index))") }
    push(value)
  }

  /// Adds to the list on top of the stack; to something inert, nothing.
  private mutating func append(_ items: [PickleValue]) throws {
    switch try top() {
    case .sequence(let index): heap.sequences[index].append(contentsOf: items)
    case .inert: break
    default: throw FormatProblem("the pickle appends to something that is not a list")
    }
  }

  /// Sets keys and values, in turns, in the dictionary on top of the stack.
  private mutating func set(_ items: [PickleValue]) throws {
    guard items.count.isMultiple(of: 2) else { throw FormatProblem("the pickle sets a key without a value") }
    switch try top() {
    case .dictionary(let index):
      for i in stride(from: 0, to: items.count, by: 2) { heap.dictionaries[index].append((items[i], items[i + 1])) }
    case .inert: break
    default: throw FormatProblem("the pickle sets keys of something that is not a dictionary")
    }
  }

  private static var underflow: FormatProblem { FormatProblem("the pickle takes more values than it gave") }
}
