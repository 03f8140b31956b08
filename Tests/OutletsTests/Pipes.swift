import Glibc

/// Reads what is there until `enough` says so, the other side closes, or 5 s have passed.
func read(_ descriptor: Int32, until enough: (String) -> Bool) -> String {
  var out: [UInt8] = []
  var bytes = [UInt8](repeating: 0, count: 65536)
  var text = ""
  for _ in 0..<500 {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&wanted, 1, 10) > 0 {
      let n = Glibc.read(descriptor, &bytes, bytes.count)
      if n <= 0 { break }
      out += bytes[..<n]
      text = String(decoding: out, as: UTF8.self)
    }
    if enough(text) { break }
  }
  return text
}

/// Waits for at most 5 s.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<500 {
    if condition() { return true }
    usleep(10_000)
  }
  return condition()
}
