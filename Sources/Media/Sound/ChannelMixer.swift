internal import Glibc

/// Several channels of sound to one, in which a voice keeps its level: from whichever channel it comes, and whether it is in one
/// or in all.
///
/// Each channel counts by the energy that it has around the moment: the mean of equal channels, one channel where the others
/// are empty. A fixed matrix cannot do that: the mean makes a voice in one of two channels 6 dB quieter, and in one of six 16.
/// Channels that cancel each other give silence. Energy is taken above 100 Hz, so that neither an offset nor hum makes a channel
/// count.
///
/// A pure function of the samples; how they were cut into calls makes no difference.
struct ChannelMixer {
  /// Blocks a second, and how many before and after one count for it, too: 180 ms.
  private static let (blocks, reach) = (50, 4)

  private let block: Int
  /// The channels that count: not that for low frequencies.
  private let heard: [Int]
  private let decay: Float
  /// Samples that have not been mixed yet, by place in `heard`, from the first sample of block `mixed`.
  private var waiting: [[Float]]
  /// Of blocks from `mixed - reach - 1` on, as far as there are any.
  private var energies: [[Double]] = []
  private var first = 0
  private var mixed = 0
  /// Of the block that is being filled, by place in `heard`.
  private var current: [Double]
  private var filled = 0
  private var before: [(input: Float, output: Float)]?

  /// - Parameters:
  ///   - channels: at least one.
  ///   - rate: samples a second.
  ///   - silent: channels that are left out, where there are others.
  init(channels: Int, rate: Int, without silent: Set<Int> = []) {
    let others = (0..<channels).filter { !silent.contains($0) }
    heard = others.isEmpty ? Array(0..<channels) : others
    block = max(rate / Self.blocks, 1)
    decay = Float(exp(-2 * Double.pi * 100 / Double(rate)))
    waiting = heard.map { _ in [] }
    current = heard.map { _ in 0 }
  }

  /// Takes samples of all channels, and gives what can be mixed by now.
  mutating func mix(_ channels: [UnsafePointer<Float>], count: Int) -> [Float] {
    guard count > 0 else { return [] }
    var past = before ?? heard.map { (channels[$0][0], 0) }
    for (place, channel) in heard.enumerated() {
      waiting[place].append(contentsOf: UnsafeBufferPointer(start: channels[channel], count: count))
    }
    for i in 0..<count {
      for (place, channel) in heard.enumerated() {
        let input = channels[channel][i]
        let output = decay * (past[place].output + input - past[place].input)
        past[place] = (input, output)
        current[place] += Double(output) * Double(output)
      }
      filled += 1
      if filled == block { closeBlock() }
    }
    before = past
    var out: [Float] = []
    while first + energies.count > mixed + Self.reach + 1 { out += mixBlock() }
    return out
  }

  /// What is left; the mixer is spent then.
  mutating func flush() -> [Float] {
    if filled > 0 { closeBlock() }
    var out: [Float] = []
    while first + energies.count > mixed { out += mixBlock() }
    return out
  }

  private mutating func closeBlock() {
    // A broken float file must not poison the weights.
    energies.append(current.map { $0.isFinite ? $0 : 0 })
    for place in current.indices { current[place] = 0 }
    filled = 0
  }

  private mutating func mixBlock() -> [Float] {
    let count = min(block, waiting[0].count)
    let (past, here, next) = (weights(mixed - 1), weights(mixed), weights(mixed + 1))
    var out = [Float](repeating: 0, count: count)
    for place in heard.indices {
      // From the middle between this block and the one before to the middle between this one and the next.
      let (start, end) = ((past[place] + here[place]) / 2, (here[place] + next[place]) / 2)
      let (base, slope) = (Float(start), Float((end - start) / Double(block)))
      waiting[place].withUnsafeBufferPointer { samples in
        for i in 0..<count { out[i] += (base + slope * Float(i)) * samples[i] }
      }
      waiting[place].removeFirst(count)
    }
    mixed += 1
    let old = mixed - Self.reach - 1 - first
    if old > 0 {
      energies.removeFirst(old)
      first += old
    }
    return out
  }

  /// The shares of the channels in a block; they sum to 1. Before the first block and after the last one they stay.
  private func weights(_ block: Int) -> [Double] {
    let last = first + energies.count - 1
    let middle = min(max(block, 0), last)
    var sums = heard.map { _ in 0.0 }
    for near in max(middle - Self.reach, first)...min(middle + Self.reach, last) {
      for place in heard.indices { sums[place] += energies[near - first][place] }
    }
    let total = sums.reduce(0, +)
    guard total > 0 else { return heard.map { _ in 1 / Double(heard.count) } }
    return sums.map { $0 / total }
  }
}
