import HiCMAE
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// When a parameter's gradient is final on the way back.
@Suite struct FinalGradientTests {
  /// y = norm(x · first) · second, and norm is used twice; `idle` never is, and nothing comes of `lost`.
  @Test func finalIsSaidOnceAndNotTooEarly() throws {
    let width = 16
    let shapes = [
      ("idle", [width]), ("first", [width, width]), ("scale", [width]), ("shift", [width]), ("second", [width, width]),
      ("lost", [width, width]),
    ]
    var store = MemoryStore()
    for (name, shape) in shapes {
      store.add(name, shape: shape, values: Hashed.values(name, count: shape.reduce(1, *)))
    }
    let weights = Weights(reading: store)
    for (name, shape) in shapes { _ = try weights.parameter(name, shape, fresh: .zeros) }
    let parameters = ParameterSet(weights)
    let placed = Weights(reading: parameters.store)
    let values = try Dictionary(
      uniqueKeysWithValues: shapes.map { ($0.0, try placed.parameter($0.0, $0.1, fresh: .zeros).values) })
    func value(_ name: String) throws -> Matrix { try #require(values[name]) }
    let operations = Operations()
    let tape = Tape(parameters, operations)
    let x = Matrix(Hashed.values("x", count: 4 * width), rows: 4, columns: width)

    func record() throws -> Matrix {
      operations.reset()
      tape.forget()
      let (first, second, lost) = (try value("first"), try value("second"), try value("lost"))
      let (scale, shift) = (try value("scale"), try value("shift"))
      return operations.recorded(by: tape) {
        func norm(_ x: Matrix) -> Matrix {
          operations.layerNorm(x, weight: scale, bias: shift, epsilon: 1e-6)
        }
        let below = norm(operations.linear(x, first, bias: nil))
        operations.linear(below, lost, bias: nil)
        return norm(operations.linear(below, second, bias: nil))
      }
    }
    func seed(_ y: Matrix) {
      let seed = tape.seed(y)
      for row in 0..<4 { for column in 0..<width { seed[row, column] = Float(row - column) } }
    }
    seed(try record())
    parameters.clearGradients()
    tape.backward()

    let y = try record()
    // Known before the way back. Both norms use scale, so it is final behind the one that came first.
    let order = tape.finalOrder.map(\.name)
    #expect(order == ["idle", "second", "lost", "scale", "shift", "first"], "\(order)")
    seed(y)
    var told: [String] = []
    tape.backward { entry, gradient in
      told.append(entry.name)
      if let gradient {
        #expect(gradient.array == parameters.gradient(of: entry.name)?.array, "\(entry.name)")
      } else {
        #expect(entry.name == "idle" || entry.name == "lost")
        #expect(parameters.gradientNorm(entry) == 0)
      }
    }
    #expect(told == order)
    #expect(try ["first", "scale", "second"].allSatisfy { parameters.gradientNorm(try #require(parameters[$0])) > 0 })
    // What was forgotten has no order left: all are idle.
    #expect(tape.finalOrder.map(\.name) == shapes.map { $0.0 })
  }

  /// The batch's gradients are final in the last slice, long before the way back ends: then they can be sent.
  @Test func aBatchTellsEachParameterOnce() throws {
    let sizes = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3)
    let batch = HashedBatch(seed: "final", batch: 3)
    let weights = Weights(fresh: 3)
    _ = try HiCMAEModel(sizes, weights)
    let parameters = ParameterSet(weights)
    let model = try HiCMAEModel(sizes, Weights(reading: parameters.store))
    let operations = Operations(threads: 2)
    let pass = SlicedPass(parameters, operations, clips: 1)
    let slices = pass.forward(clips: 3) { clips in
      let logits = operations.matrix(rows: clips.count, columns: 3)
      model(video: batch.video.rows(clips), audio: batch.audio.rows(clips), operations, into: logits)
      return logits
    }
    for (index, slice) in slices.enumerated() { pass.seed(slice.output, ofSlice: index)[0, index] = 1 }
    var told: [(name: String, gradient: [Float])] = []
    pass.backward { entry in told.append((entry.name, parameters.gradient(of: entry.name)?.array ?? [])) }
    #expect(told.count == parameters.entries.count)
    #expect(told.allSatisfy { $0.gradient == parameters.gradient(of: $0.name)?.array })
    // The head comes first, the patches' embedding last.
    #expect(told.first?.name.hasPrefix("head") == true)
    #expect(told.last?.name.contains("patch_embed") == true)
  }
}
