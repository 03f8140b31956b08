internal import Clips
internal import Files
internal import Foundation

/// Where a run is at a checkpoint: with weights, moments and settings it is all that the rest of the run follows from.
/// There is no random state: every choice follows from the seed and the position.
public struct RunState: Codable, Hashable, Sendable {
  public static let schema = "mien.state/1.0"

  /// The best checkpoint so far.
  public struct Best: Codable, Hashable, Sendable {
    public var step: Int
    /// Higher is better.
    public var score: Double
  }

  /// A clip that cannot be used.
  public struct Broken: Codable, Hashable, Sendable {
    /// In the list's entries, from 0.
    public var position: Int
    public var clip: String
  }

  /// What the epoch under way has had.
  public struct EpochSoFar: Codable, Hashable, Sendable {
    /// Sum of its steps' losses.
    public var loss = 0.0
    public var steps = 0
    public var clips = 0
    public var broken = 0
    public var seconds = 0.0
  }

  public var schema = RunState.schema
  /// Steps made, which are the optimiser's.
  public var step = 0
  /// Batches taken over the whole run; on the border of a step.
  public var batches = 0
  public var seed: UInt64
  public var best: Best?
  public var broken: [Broken] = []
  /// Clips of the validation list that were named, by position.
  public var validationBroken: [Int] = []
  /// The epoch's last step is made, its validation is not.
  public var awaitsValidation = false
  public var epochSoFar = EpochSoFar()
  /// Lines of the log before the one of this checkpoint.
  public var logLines = 0

  init(seed: UInt64) { self.seed = seed }

  var brokenClips: [BrokenClip] { broken.map { BrokenClip(position: $0.position, description: $0.clip) } }

  var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n" } catch {
      preconditionFailure("a state has a number that JSON has not: \(error)")
    }
  }

  /// - Throws: ``FileError`` naming the file.
  init(file path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(RunState.self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch is DecodingError {
      throw FileError(.badData, path: path, problem: "is not a checkpoint's state of this version")
    } catch { throw FileError(.noInput, path: path, problem: "cannot be read") }
  }
}
