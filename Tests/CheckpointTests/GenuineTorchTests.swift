import Files
import Foundation
import Tensor
import Testing

@testable import Checkpoint

/// Files that PyTorch itself wrote (Golden/make_torch.py).
@Suite struct GenuineTorchTests {
  private struct Expected: Decodable {
    var shape: [Int]
    var values: [Double]
  }

  private func golden(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Golden/" + name, withExtension: nil)).path
  }

  @Test(arguments: ["protocol2.pth", "protocol4.pth", "module.pth", "bare.pth"])
  func readsWhatTorchWrote(name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: golden("expected.json")))
    let expected = try JSONDecoder().decode([String: Expected].self, from: data)
    let store = try TorchFile(golden(name))
    #expect(Set(store.names) == Set(expected.keys))
    #expect(store.names.first == "a.weight" && store.names.last == "expanded", "the state dict's order")
    #expect(store.skippedNames == ["n.num_batches_tracked"])
    #expect(try store.values(of: "n.num_batches_tracked").array == [1])
    for (name, tensor) in expected {
      #expect(store.shape(of: name) == tensor.shape, "\(name)")
      // Exact: each value was a float32, or narrower, or a small whole number.
      #expect(try store.values(of: name).array == tensor.values.map(Float.init), "\(name)")
    }
  }

  @Test func refusesWhatIsNoStateDict() throws {
    #expect(
      try checkpointError { _ = try openCheckpoint(golden("legacy.pth")) }.remedy?.contains("torch.save(") == true)
    let object = try checkpointError { _ = try openCheckpoint(golden("object.pth")) }
    #expect(object.problem.contains("torch.nn.modules.container.Sequential"), "\(object)")
    #expect(try checkpointError { _ = try openCheckpoint(golden("script.pth")) }.problem.contains("TorchScript"))
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: golden("bare.pth"))))
    for length in 0..<whole.count {
      _ = try checkpointError { _ = try openCheckpoint(memory(Array(whole[..<length]))) }
    }
  }
}
