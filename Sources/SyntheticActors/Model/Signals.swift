internal import Glibc
internal import Tensor

/// The expression of a face or a voice as three numbers; the noise of each number has a standard deviation of 1.
///
/// Two axes separate three groups of two emotions well; the third separates the two emotions of a group badly. Face and
/// voice have different groups: where one modality leaves two emotions open, the other separates them.
public struct Signal3: Hashable, Sendable {
  public var x, y, z: Double

  public init(_ x: Double, _ y: Double, _ z: Double) { (self.x, self.y, self.z) = (x, y, z) }

  static func + (a: Signal3, b: Signal3) -> Signal3 { Signal3(a.x + b.x, a.y + b.y, a.z + b.z) }
  static func - (a: Signal3, b: Signal3) -> Signal3 { Signal3(a.x - b.x, a.y - b.y, a.z - b.z) }
  static func * (a: Double, b: Signal3) -> Signal3 { Signal3(a * b.x, a * b.y, a * b.z) }
  var squared: Double { x * x + y * y + z * z }

  /// Normal, with one standard deviation on every axis.
  static func normal(_ deviation: Double, _ random: inout RandomStream) -> Signal3 {
    Signal3(deviation * random.normal(), deviation * random.normal(), deviation * random.normal())
  }
}

/// The signals of face and voice given an emotion: Gaussians whose means are scaled by the intensity.
///
/// A clip's signal is intensity · mean + the actor's own habit + noise. Habit and noise together have a variance of 1, and
/// whoever sees one clip knows neither, so the densities below are exact and the best possible classifier can be counted.
public enum SignalModel {
  /// Between groups, and between the two of a group, in standard deviations.
  static let (voiceGroups, voicePair) = (5.5, 1.3)
  static let (faceGroups, facePair) = (5.5, 1.5)
  /// Of an actor's habit.
  static let habit = 0.4

  /// x: effort, y: tension, z: speed. Groups: anger and happiness, disgust and neutral, fear and sadness.
  static func voiceMean(_ emotion: Emotion) -> Signal3 {
    switch emotion {
    case .anger: mean(1, 0.5, voiceGroups, voicePair)
    case .happiness: mean(1, -0.5, voiceGroups, voicePair)
    case .neutral: Signal3(0, 0, 0)
    case .disgust: mean(0, -1, voiceGroups, voicePair)
    case .fear: mean(-1, 0.5, voiceGroups, voicePair)
    case .sadness: mean(-1, -0.5, voiceGroups, voicePair)
    }
  }

  /// x: brows, y: tension, z: corners of the mouth. Groups: anger and disgust, neutral and sadness, fear and happiness.
  static func faceMean(_ emotion: Emotion) -> Signal3 {
    switch emotion {
    case .anger: mean(1, 0.5, faceGroups, facePair)
    case .disgust: mean(1, -0.5, faceGroups, facePair)
    case .neutral: Signal3(0, 0, 0)
    case .sadness: mean(0, -1, faceGroups, facePair)
    case .happiness: mean(-1, 0.5, faceGroups, facePair)
    case .fear: mean(-1, -0.5, faceGroups, facePair)
    }
  }

  /// The corners of an equilateral triangle with one at the origin.
  private static func mean(_ side: Double, _ within: Double, _ groups: Double, _ pair: Double) -> Signal3 {
    Signal3(side * groups / 2, abs(side) * groups * 0.75.squareRoot(), within * pair)
  }

  /// The signals of face and voice of one clip.
  public struct Drawn: Hashable, Sendable {
    public var face, voice: Signal3
  }

  /// - Parameters:
  ///   - face, voice: the actor's habits.
  static func draw(
    _ emotion: Emotion, _ intensity: Intensity, face: Signal3, voice: Signal3, _ random: inout RandomStream
  ) -> Drawn {
    let noise = (1 - habit * habit).squareRoot()
    return Drawn(
      face: intensity.factor * faceMean(emotion) + face + Signal3.normal(noise, &random),
      voice: intensity.factor * voiceMean(emotion) + voice + Signal3.normal(noise, &random))
  }

  /// What a classifier observes of a clip.
  public enum Observed: CaseIterable, Sendable { case voice, face, both }

  /// The likeliest emotion, its intensity unknown.
  public static func best(_ drawn: Drawn, _ observed: Observed) -> Emotion {
    func density(_ emotion: Emotion) -> Double {
      Intensity.allCases.reduce(0) { sum, intensity in
        var distance = 0.0
        if observed != .face { distance += (drawn.voice - intensity.factor * voiceMean(emotion)).squared }
        if observed != .voice { distance += (drawn.face - intensity.factor * faceMean(emotion)).squared }
        return sum + exp(-distance / 2)
      }
    }
    let densities = Emotion.allCases.map { ($0, density($0)) }
    // Never empty, because there are emotions.
    return densities.max { $0.1 < $1.1 }!.0
  }

  /// The accuracies of the best possible classifiers.
  public struct Ceiling: Hashable, Sendable {
    public var voice, face, both: Double
    /// Of a rate, if it is near ¾.
    public var standardError: Double
  }

  /// By drawing: of every clip a new actor.
  public static func ceiling(draws: Int, seed: UInt64) -> Ceiling {
    precondition(draws > 0, "\(draws) draws")
    var random = RandomStream(seed: seed)
    var (voice, face, both) = (0, 0, 0)
    for _ in 0..<draws {
      let emotion = Emotion.allCases[random.below(Emotion.allCases.count)]
      let intensity = Intensity.allCases[random.below(Intensity.allCases.count)]
      let habits = (Signal3.normal(habit, &random), Signal3.normal(habit, &random))
      let drawn = draw(emotion, intensity, face: habits.0, voice: habits.1, &random)
      voice += best(drawn, .voice) == emotion ? 1 : 0
      face += best(drawn, .face) == emotion ? 1 : 0
      both += best(drawn, .both) == emotion ? 1 : 0
    }
    let count = Double(draws)
    return Ceiling(
      voice: Double(voice) / count, face: Double(face) / count, both: Double(both) / count,
      standardError: (0.1875 / count).squareRoot())
  }
}
