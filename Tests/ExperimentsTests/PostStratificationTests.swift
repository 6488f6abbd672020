import Experiments
import StatisticsCore
import TestSupport
import Testing

struct PostStratificationTests {
  private let phones = [MetricMoments([1, 2, 3]), MetricMoments([2, 4])]
  private let desktops = [MetricMoments([10, 14]), MetricMoments([11, 13, 15, 17])]

  @Test func `strata have the weight of their share of all units`() {
    let weighted = PostStratification(.mean(0), strata: [phones, desktops])
    #expect(weighted.strata == 2)
    // Weights 5/11 and 6/11; means 2 and 3, 12 and 14; variances 1 and 2, 8 and 20/3.
    let (phone, desktop) = (5.0 / 11, 6.0 / 11)
    #expect(near(weighted.estimates[0].value!, phone * 2 + desktop * 12, 1e-14))
    #expect(near(weighted.estimates[1].value!, phone * 3 + desktop * 14, 1e-14))
    let square: Double = phone * phone / 3 + desktop * desktop * 4
    #expect(near(weighted.estimates[0].standardError!, square.squareRoot(), 1e-14))
    #expect(weighted.estimates[0].units == 5)
  }

  @Test func `one stratum changes nothing`() {
    let weighted = PostStratification(.mean(0), strata: [phones])
    for arm in 0..<2 {
      let plain = MetricEstimate(.mean(0), of: phones[arm])
      #expect(weighted.estimates[arm].value == plain.value)
      #expect(near(weighted.estimates[arm].variance!, plain.variance!, 1e-14))
    }
  }

  @Test func `strata that are too small are joined`() {
    let small = [MetricMoments([5]), MetricMoments([6, 7])]
    let other = [MetricMoments([4]), MetricMoments([8])]
    #expect(
      PostStratification(.mean(0), strata: [phones, small, other])
        == PostStratification(
          .mean(0),
          strata: [phones, [MetricMoments([5, 4]), MetricMoments([6, 7, 8])]]))
    #expect(PostStratification(.mean(0), strata: [phones, desktops, small]).strata == 2)
    #expect(PostStratification(.mean(0), strata: [small]).estimates[0].variance == nil)
  }

  @Test func `a ratio is made of weighted means`() {
    let phones = [
      MetricMoments(columns: [[1, 2], [1, 1]]), MetricMoments(columns: [[2, 2], [1, 3]]),
    ]
    let desktops = [
      MetricMoments(columns: [[6, 8], [2, 2]]), MetricMoments(columns: [[9, 9], [3, 3]]),
    ]
    let weighted = PostStratification(.ratio(0, over: 1), strata: [phones, desktops])
    #expect(near(weighted.estimates[0].value!, (1.5 + 7) / (1 + 2), 1e-14))
    #expect(near(weighted.estimates[1].value!, (2.0 + 9) / (2 + 3), 1e-14))
  }
}
