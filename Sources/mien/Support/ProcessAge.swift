internal import Glibc
internal import Tensor

/// How old this process is, dynamic linking and all: what a user waits for.
enum ProcessAge {
  /// Seconds from the start of the process to a moment of CLOCK_MONOTONIC, to the kernel's hundredth; nil without /proc.
  /// The start is field 22 of `/proc/self/stat`, in ticks since boot.
  static func seconds(at moment: Double) -> Double? {
    guard let file = fopen("/proc/self/stat", "r") else { return nil }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 1024)
    guard fgets(&text, Int32(text.count), file) != nil else { return nil }
    let line = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    // The second field, the name, stands in brackets and may hold anything.
    guard let name = line.lastIndex(of: ")") else { return nil }
    let fields = line[name...].split(separator: " ")
    guard fields.count > 20, let ticks = Double(fields[20]) else { return nil }
    var sinceBoot = timespec()
    clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
    let now = Double(sinceBoot.tv_sec) + Double(sinceBoot.tv_nsec) * 1e-9
    let age = now - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    return age - (monotonicSeconds() - moment)
  }
}
