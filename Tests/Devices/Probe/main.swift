import Glibc
import Media
// Keeps a camera for some seconds and prints what happens, one line for each event and each second of frames.
// camera-probe list | camera-probe CAMERA SECONDS [WIDTH HEIGHT] [recorded]
import Threading

let begin = MonotonicClock.now()

/// Past the buffer of `print`, so that a line is there when the machine stops.
func put(_ line: String) { _ = (line + "\n").withCString { write(1, $0, strlen($0)) } }

func say(_ line: String) {
  let tenths = (MonotonicClock.now() - begin) / 100_000_000
  put("\(tenths / 10).\(tenths % 10) \(line)")
}

func describe(_ mode: CameraMode) -> String {
  "\(mode.code) \(mode.width)x\(mode.height)@\(mode.rate.map { "\($0)" } ?? "n/a")"
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "list" {
  do {
    for camera in try Cameras.list() {
      put(
        "camera \"\(camera.name)\" \(camera.path) card \"\(camera.card)\" driver \(camera.driver) bus \(camera.bus)")
      for format in camera.formats where format.captured != nil {
        let sizes = format.sizes.map { "\($0.width)x\($0.height)@\($0.rates.map { "\($0)" }.joined(separator: "/"))" }
        put("  \(format.code) \(sizes.joined(separator: " "))")
      }
    }
    exit(0)
  } catch {
    put("error \(error)")
    exit(1)
  }
}

/// What the camera's thread has seen, for the main thread's line a second.
struct Seen: Sendable {
  var frames = 0
  var last: Int64 = 0
  var backward = 0
  var wrongIndex = 0
  var stale = 0
}

guard arguments.count >= 2, let wanted = arguments.first, let seconds = Int(Array(arguments)[1]) else {
  put("camera-probe list | camera-probe CAMERA SECONDS [WIDTH HEIGHT] [recorded]")
  exit(64)
}
var request = CameraRequest(isRecorded: arguments.contains("recorded"))
let sizes = arguments.dropFirst(2).compactMap { Int($0) }
if sizes.count == 2 { (request.width, request.height) = (sizes[0], sizes[1]) }
let seen = Guarded(Seen())
let keeper = CameraKeeper(wanted: wanted, mode: request) { event in
  switch event {
  case .opened(let info, let mode): say("opened \(info.path) \"\(info.name)\" \(describe(mode))")
  case .frame(let frame):
    seen.withLock {
      if frame.time <= $0.last { $0.backward += 1 }
      if frame.index != $0.frames { $0.wrongIndex += 1 }
      if MonotonicClock.now() - frame.time > 1_000_000_000 { $0.stale += 1 }
      $0.frames += 1
      $0.last = frame.time
    }
  case .frozen(let seconds): say("frozen for \((seconds * 10).rounded() / 10) s")
  case .thawed(let seconds): say("thawed after \((seconds * 10).rounded() / 10) s")
  case .slow(let measured, let promised, let remedy):
    say("slow \(measured.rounded()) of \(promised): \(remedy ?? "no remedy")")
  case .lost(let reason): say("lost: \(reason)")
  case .waiting(let error): say("waiting: \(error)")
  case .ended: say("ended")
  }
}
for second in 1...max(seconds, 1) {
  let before = seen.withLock { $0.frames }
  MonotonicClock.wait(until: begin + Int64(second) * 1_000_000_000)
  say("second \(second): \(seen.withLock { $0.frames } - before) frames")
}
let counters = keeper.counters
let stopping = MonotonicClock.now()
let ended = keeper.stop()
let milliseconds = (MonotonicClock.now() - stopping) / 1_000_000
let all = seen.withLock { $0 }
say(
  "counted frames \(all.frames) dropped \(counters.dropped) passed_over \(counters.passedOver)"
    + " restamped \(counters.restamped) losses \(counters.losses)")
say("checked backward \(all.backward) wrong_index \(all.wrongIndex) stale \(all.stale)")
say(ended && milliseconds < 500 ? "stopped in time" : "stopped LATE: \(milliseconds) ms, ended \(ended)")
