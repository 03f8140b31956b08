import Evaluation
import Testing

@Suite struct MetricsTests {
  private func near(_ value: Double?, _ wanted: Double, within tolerance: Double = 1e-14) -> Bool {
    guard let value else { return false }
    let difference = value - wanted
    return difference.magnitude < tolerance
  }

  private func matrix(_ pairs: [(Int, Int)], classes: Int) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classes: classes)
    for (truth, predicted) in pairs { matrix.add(truth: truth, predicted: predicted) }
    return matrix
  }

  /// By hand: recalls 2/3, 1/2, 0; F1 2·2/(3+3), 2·1/(2+2), 0.
  @Test func classFiguresByHand() {
    let m = matrix([(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 3)], classes: 4)
    let recalls: [Double?] = [2.0 / 3, 0.5, 0, nil]
    #expect(m.recalls == recalls)
    #expect(near(m.uar, 7.0 / 18))
    #expect(m.war == 0.5)
    #expect(near(m.weightedF1, 0.5))
  }

  /// By hand: the first class has one clip more, of three then two are found; the last class has that clip alone.
  @Test func clipsWithoutAnAnswerAreWrongInFiguresOfAll() {
    var m = matrix([(0, 0), (0, 0), (1, 0), (1, 1)], classes: 4)
    #expect(m.uarOfAll == m.uar && m.warOfAll == m.war && m.unanswered == [0, 0, 0, 0])
    for truth in [0, 3] { m.addUnanswered(truth: truth) }
    #expect(near(m.uarOfAll, (2.0 / 3 + 0.5 + 0) / 3) && m.warOfAll == 0.5)
    #expect(m.uar == 0.75 && m.war == 0.75 && m.total == 4)
    var none = ConfusionMatrix(classes: 2)
    #expect(none.uarOfAll == nil && none.warOfAll == nil)
    none.addUnanswered(truth: 1)
    #expect(none.uarOfAll == 0 && none.warOfAll == 0 && none.uar == nil)
  }

  @Test func noClipsAndOneClip() {
    let none = ConfusionMatrix(classes: 3)
    #expect(none.uar == nil && none.war == nil && none.weightedF1 == nil)
    let one = matrix([(1, 1)], classes: 3)
    #expect(one.uar == 1 && one.war == 1 && one.weightedF1 == 1)
  }

  private func agreement(_ x: [Double], _ y: [Double]) -> Agreement {
    var agreement = Agreement()
    for (x, y) in zip(x, y) { agreement.add(truth: x, predicted: y) }
    return agreement
  }

  /// x 1 2 3 4, y 2 4 5 9: var 5/3 and 26/3, cov 11/3, means 2.5 and 5.
  @Test func agreementByHandWithSampleMoments() {
    let a = agreement([1, 2, 3, 4], [2, 4, 5, 9])
    let root = 130.0.squareRoot()
    #expect(near(a.pcc, 11 / root))
    // 22/3 over 31/3 + 25/4.
    #expect(near(a.ccc, 88.0 / 199))
  }

  @Test func agreementAtTheEdges() {
    #expect(agreement([], []).pcc == nil && agreement([1], [1]).ccc == nil)
    let constant = agreement([1, 1, 1], [1, 1, 1])
    #expect(constant.pcc == nil && constant.ccc == nil)
    #expect(agreement([1, 1], [2, 3]).pcc == nil && agreement([1, 1], [2, 3]).ccc == 0)
    #expect(agreement([1, 2, 3], [1, 2, 3]).ccc == 1)
  }

  @Test func aLargeOffsetLosesNoDigits() throws {
    let (x, y) = ([1.0, 2, 3, 4], [2.0, 4, 5, 9])
    let far = agreement(x.map { $0 + 1e9 }, y.map { $0 + 1e9 })
    let plain = try #require(agreement(x, y).ccc)
    #expect(near(far.ccc, plain, within: 1e-6))
  }
}
