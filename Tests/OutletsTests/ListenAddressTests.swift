import Files
import Testing

@testable import Outlets

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("unix:/run/mien.sock", "unix:/run/mien.sock", true), ("unix:a:b", "unix:a:b", true),
    ("tcp:7000", "tcp:127.0.0.1:7000", true), ("tcp:127.0.0.1:7000", "tcp:127.0.0.1:7000", true),
    ("tcp:localhost:0", "tcp:127.0.0.1:0", true), ("tcp:[::1]:7000", "tcp:[::1]:7000", true),
    ("tcp:[0:0::1]:7000", "tcp:[::1]:7000", true), ("tcp:0.0.0.0:7000", "tcp:0.0.0.0:7000", false),
    ("tcp:[::]:7000", "tcp:[::]:7000", false), ("tcp:192.168.1.5:65535", "tcp:192.168.1.5:65535", false),
    ("tcp:[::ffff:127.0.0.1]:1", "tcp:[::ffff:127.0.0.1]:1", false),
  ])
  func reads(text: String, back: String, isLocal: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address.description == back)
    #expect(address.isLocal == isLocal)
  }

  @Test(arguments: [
    ("", "is no address"), ("/run/mien.sock", "is no address"), ("unix:", "has no path"),
    ("unix:/" + String(repeating: "x", count: 107), "longer than the 107 bytes"), ("tcp:", "no port"),
    ("tcp:127.0.0.1", "no port"), ("tcp:65536", "no port"), ("tcp:-1", "no port"), ("tcp:+1", "no port"),
    ("tcp:host:1", "no address in figures"), ("tcp:::1:1", "tcp:[::1]:PORT"), ("tcp:[::1:1", "in figures"),
    ("tcp:127.1:1", "in figures"), ("tcp:[127.0.0.1]:1", "in figures"), ("tcp::1", "in figures"),
  ])
  func refuses(text: String, why: String) throws {
    let error = try #require(throws: ListenAddress.Malformed.self) { _ = try ListenAddress(text) }
    #expect(error.description.contains(why))
  }

  @Test func tokensAreComparedWhole() throws {
    let token = try ListenToken("12345678")
    #expect(token.matches("12345678".utf8))
    for wrong in ["", "1234567", "123456789", "12345679", "X2345678"] { #expect(!token.matches(wrong.utf8)) }
    for wrong in ["1234567", "1234 5678", "1234567\n", "1234567ä", String(repeating: "x", count: 257)] {
      #expect(throws: ListenAddress.Malformed.self) { _ = try ListenToken(wrong) }
    }
  }
}
