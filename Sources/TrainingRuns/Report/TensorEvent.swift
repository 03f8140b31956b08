/// One record of a TensorBoard event file: the few fields of TensorFlow's `Event` message that a run needs
/// (tensorflow/core/util/event.proto and framework/summary.proto), in protobuf's wire format.
struct TensorEvent: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    /// The first record of every file.
    case version
    case scalars([Scalar])
    /// The process starts at this step: readers drop what earlier files hold from there on.
    case start
  }

  struct Scalar: Hashable, Sendable {
    var tag: String
    var value: Float
  }

  /// Seconds since 1970 in UTC.
  var time: Double
  var step: Int
  var content: Content

  /// The `Event` message.
  var message: [UInt8] {
    var event = ProtobufBytes()
    event.double(1, time)
    event.integer(2, step)
    switch content {
    case .version: event.text(3, "brain.Event:2")
    case .scalars(let scalars):
      var summary = ProtobufBytes()
      for scalar in scalars {
        var value = ProtobufBytes()
        value.text(1, scalar.tag)
        value.float(2, scalar.value)
        summary.bytes(1, value.bytes)
      }
      event.bytes(5, summary.bytes)
    case .start:
      var session = ProtobufBytes()
      session.integer(1, 1)
      event.bytes(7, session.bytes)
    }
    return event.bytes
  }

  /// A TFRecord: length, its checksum, the message, its checksum; all little-endian.
  var record: [UInt8] {
    let (length, message) = (Self.littleEndian(UInt64(message.count)), message)
    return length + Self.littleEndian(CRC32C.masked(length)) + message + Self.littleEndian(CRC32C.masked(message))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// Protobuf's wire format, as far as events need it. Defaults are left out, as proto3 does.
private struct ProtobufBytes {
  var bytes: [UInt8] = []

  mutating func integer(_ field: UInt8, _ value: Int) {
    guard value != 0 else { return }
    bytes.append(field << 3)
    variable(UInt64(bitPattern: Int64(value)))
  }

  mutating func double(_ field: UInt8, _ value: Double) {
    bytes.append(field << 3 | 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Written even if it is 0: the field tells that the value is a scalar.
  mutating func float(_ field: UInt8, _ value: Float) {
    bytes.append(field << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func text(_ field: UInt8, _ value: String) { self.bytes(field, Array(value.utf8)) }

  mutating func bytes(_ field: UInt8, _ value: [UInt8]) {
    bytes.append(field << 3 | 2)
    variable(UInt64(value.count))
    bytes += value
  }

  private mutating func variable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
