import Media
import Testing

struct MicrophoneChoiceTests {
  private func source(_ name: String, _ description: String, monitor: Bool = false, isDefault: Bool = false)
    -> MicrophoneInfo
  {
    MicrophoneInfo(
      name: name, description: description, rate: 48_000, channels: 2, isMonitor: monitor, isDefault: isDefault)
  }
  private var sources: [MicrophoneInfo] {
    [
      source("alsa_output.usb.monitor", "Monitor of USB Headset", monitor: true),
      source("alsa_input.usb", "USB Headset Mono"),
      source("alsa_input.pci", "Built-in Audio", isDefault: true),
    ]
  }
  private func pick(_ wanted: String, only: String? = nil, from list: [MicrophoneInfo]? = nil) -> String {
    do {
      return try MicrophoneChoice(wanted: wanted, only: only).pick(from: list ?? sources).name
    } catch { return "\(error)" }
  }

  @Test func namesPartsAndDefault() {
    #expect(pick("auto") == "alsa_input.pci")
    #expect(pick("alsa_output.usb.monitor") == "alsa_output.usb.monitor")
    #expect(pick("built-in") == "alsa_input.pci")
    // The monitor of the same card does not make it ambiguous.
    #expect(pick("headset") == "alsa_input.usb")
    #expect(pick("alsa_input").contains("may be any of alsa_input.usb, alsa_input.pci"))
    #expect(pick("nothing").contains("there are alsa_output.usb.monitor, alsa_input.usb, alsa_input.pci"))
    #expect(pick("auto", only: "alsa_input.usb") == "alsa_input.usb")
    #expect(pick("auto", only: "gone").hasPrefix("gone: cannot find the microphone"))
  }

  @Test func autoDoesNotListenToWhatTheMachinePlays() {
    let monitor = source("out.monitor", "Monitor of out", monitor: true, isDefault: true)
    #expect(pick("auto", from: [monitor]).contains("only monitors of outputs"))
    #expect(pick("out.monitor", from: [monitor]) == "out.monitor")
    // Beside a microphone only its user can have made it the default.
    #expect(pick("auto", from: [monitor, source("mic", "Mic")]) == "out.monitor")
    #expect(pick("auto", from: [source("mic", "Mic")]) == "mic")
    #expect(pick("auto", from: []).contains("plug a microphone in"))
  }
}
