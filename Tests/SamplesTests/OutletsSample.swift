import Outlets
import Recognition

/// The sample of the article on `Outlets`.
func outletsSample(events: [StreamEvent], address: String) throws -> Int {
  // The sample begins.
  let outputs: [any LiveOutput] = [
    StreamWriter(descriptor: 1, format: .jsonl),  // standard output
    try Broadcaster([ListenAddress(address)]),  // "unix:/tmp/mien.sock" or "tcp:127.0.0.1:9000"
  ]
  for event in events {
    outputs.receive(event)  // encoded once; nobody waits for a reader
  }
  for output in outputs { try output.finish() }
  // The sample ends.
  return outputs.count
}
