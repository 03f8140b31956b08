internal import CFFmpeg

/// One compressed packet; frees it.
final class Packet {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() {
    guard let pointer = av_packet_alloc() else { fatalError("out of memory") }
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&pointer)
  }

  var bytes: Int { Int(pointer.pointee.size) }
}

/// One decoded picture or stretch of sound; frees it.
final class Frame {
  let pointer: UnsafeMutablePointer<AVFrame>

  init() {
    guard let pointer = av_frame_alloc() else { fatalError("out of memory") }
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&pointer)
  }

  var width: Int { Int(pointer.pointee.width) }
  var height: Int { Int(pointer.pointee.height) }
}

/// The two kinds of track that there are for us.
enum TrackKind: Int, CaseIterable {
  case picture, sound

  var name: String { self == .picture ? "picture" : "sound" }
  var mediaType: AVMediaType { self == .picture ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO }
}
