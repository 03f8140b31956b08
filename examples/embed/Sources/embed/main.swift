import Foundation
import MienKit

/// One line an answer. Without a face or without sound there is no answer, and nothing is guessed.
func show(_ end: Double, _ top: String?, _ confidence: Float?) {
  print("\(end) \(top ?? "-") \(confidence.map { "\($0)" } ?? "-")")
}

/// The numbers in a file of raw values.
func values<Value>(_ path: String, as type: Value.Type) throws -> [Value] {
  try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: type)) }
}

func usage() -> Never {
  print("embed file PATH | embed memory WIDTH HEIGHT FRAMES.rgb SAMPLES.f32 | embed live SECONDS [CAMERA [MICROPHONE]]")
  exit(64)
}

func run(_ kind: String?, _ rest: [String]) async throws {
  switch (kind, rest.count) {
  case ("file", 1): try await readFile(rest[0])
  case ("memory", 4):
    guard let width = Int(rest[0]), let height = Int(rest[1]) else { usage() }
    let bytes = try values(rest[2], as: UInt8.self)
    let size = 3 * width * height
    let frames = stride(from: 0, to: bytes.count - size + 1, by: size).map { Array(bytes[$0..<$0 + size]) }
    try readMemory(frames: frames, width: width, height: height, samples: try values(rest[3], as: Float.self))
  case ("live", 1...3):
    guard let seconds = Double(rest[0]) else { usage() }
    let camera = rest.count > 1 ? rest[1] : "auto"
    try await readLive(seconds: seconds, camera: camera, microphone: rest.count > 2 ? rest[2] : "auto")
  default: usage()
  }
}

let arguments = CommandLine.arguments.dropFirst()
do { try await run(arguments.first, Array(arguments.dropFirst())) } catch {
  FileHandle.standardError.write(Data("embed: \(error)\n".utf8))
  exit(1)
}
