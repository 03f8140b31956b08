/// Reads event files the slow and plain way, bit by bit, as the format's description says; shares nothing with the encoder.
struct EventDecoder {
  struct Event: Equatable {
    var time = 0.0
    var step: Int64 = 0
    var version: String?
    var scalars: [String: Float] = [:]
    var session: UInt64?
  }

  struct Broken: Error {
    var what: String
  }

  static func events(_ file: [UInt8]) throws -> [Event] {
    var (rest, events) = (file[...], [Event]())
    while !rest.isEmpty {
      let length = try take(8, &rest)
      guard try little(take(4, &rest)) == masked(length) else { throw Broken(what: "checksum of the length") }
      let message = try take(Int(little(length)), &rest)
      guard try little(take(4, &rest)) == masked(message) else { throw Broken(what: "checksum of the message") }
      events.append(try event(message))
    }
    return events
  }

  /// CRC-32C by polynomial division, a bit at a time.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var register: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      for bit in 0..<8 {
        let feedback = (register ^ UInt32(byte >> bit)) & 1
        register >>= 1
        if feedback == 1 { register ^= 0x82F6_3B78 }
      }
    }
    return register ^ 0xFFFF_FFFF
  }

  private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    let crc = UInt64(checksum(bytes))
    return (((crc >> 15 | crc << 17) & 0xFFFF_FFFF) + 0xA282_EAD8) & 0xFFFF_FFFF
  }

  private enum Field {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private static func fields(_ message: ArraySlice<UInt8>) throws -> [(Int, Field)] {
    var (rest, fields) = (message, [(Int, Field)]())
    while !rest.isEmpty {
      let key = try variable(&rest)
      switch key & 7 {
      case 0: fields.append((Int(key >> 3), .number(try variable(&rest))))
      case 1: fields.append((Int(key >> 3), .number(little(try take(8, &rest)))))
      case 2: fields.append((Int(key >> 3), .bytes(try take(Int(try variable(&rest)), &rest))))
      case 5: fields.append((Int(key >> 3), .number(little(try take(4, &rest)))))
      default: throw Broken(what: "wire type \(key & 7)")
      }
    }
    return fields
  }

  private static func event(_ message: ArraySlice<UInt8>) throws -> Event {
    var event = Event()
    for field in try fields(message) {
      switch field {
      case (1, .number(let bits)): event.time = Double(bitPattern: bits)
      case (2, .number(let step)): event.step = Int64(bitPattern: step)
      case (3, .bytes(let text)): event.version = String(decoding: text, as: UTF8.self)
      case (5, .bytes(let summary)):
        for case (1, .bytes(let value)) in try fields(summary) {
          var (tag, number) = ("", Float.nan)
          for field in try fields(value) {
            switch field {
            case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
            case (2, .number(let bits)): number = Float(bitPattern: UInt32(bits))
            default: throw Broken(what: "field \(field.0) of a value")
            }
          }
          event.scalars[tag] = number
        }
      case (7, .bytes(let session)):
        for case (1, .number(let status)) in try fields(session) { event.session = status }
      default: throw Broken(what: "field \(field.0) of an event")
      }
    }
    return event
  }

  private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw Broken(what: "cut") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private static func variable(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while true {
      guard let byte = try take(1, &rest).first, shift < 64 else { throw Broken(what: "a long number") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  private static func little(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
