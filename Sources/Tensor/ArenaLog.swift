/// What was taken from an arena: a stack for each block, so that a view finds its owner by bisection.
struct ArenaLog {
  private var stacks: [[Arena.Allocation]] = []
  private var blocks: [ObjectIdentifier: Int] = [:]
  private var total = 0

  var isEmpty: Bool { total == 0 }

  mutating func add(_ buffer: FloatBuffer, block: Int, offset: Int, count: Int) {
    while stacks.count <= block { stacks.append([]) }
    if stacks[block].isEmpty { blocks[ObjectIdentifier(buffer)] = block }
    stacks[block].append(Arena.Allocation(number: total, offset: offset, count: count))
    total += 1
  }

  /// Forgets what was taken behind this place.
  mutating func cut(block: Int, used: Int) {
    while stacks.count > block + 1 {
      total -= stacks.removeLast().count
    }
    while let last = stacks.last?.last, stacks.count == block + 1, last.offset >= used {
      stacks[block].removeLast()
      total -= 1
    }
  }

  func allocation(of view: Matrix) -> Arena.Allocation? {
    guard let block = blocks[ObjectIdentifier(view.buffer)], block < stacks.count else { return nil }
    // The last one that starts at or before the view.
    var (low, high) = (0, stacks[block].count)
    while low < high {
      let middle = (low + high) / 2
      if stacks[block][middle].offset <= view.offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let found = stacks[block][low - 1]
    return view.offset < found.offset + max(found.count, 1) ? found : nil
  }
}
