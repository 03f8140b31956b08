import Recognition
import Testing

@Suite struct LatencyHistogramTests {
  @Test func percentilesAreRightToTwoPercent() throws {
    var histogram = LatencyHistogram()
    #expect(histogram.percentile(0.5) == nil)
    for i in 1...1000 { histogram.add(milliseconds: Double(i)) }
    for (share, wanted) in [(0.5, 500.0), (0.95, 950), (1, 1000), (0, 1)] {
      let found = try #require(histogram.percentile(share))
      #expect((found / wanted - 1).magnitude < 0.021, "\(share): \(found)")
    }
  }

  @Test func extremesStayInside() throws {
    var histogram = LatencyHistogram()
    histogram.add(milliseconds: -1)
    histogram.add(milliseconds: 1e12)
    #expect(histogram.count == 2 && histogram.percentile(1)?.isFinite == true)
  }
}
