import Experiments
import StatisticsCore
import TestSupport
import Testing

struct WinsorizingTests {
  @Test(arguments: Rounds.parts)
  func `zeros that are only counted are values like others`(part: Int) {
    for var generator in Rounds.generators("winsorizing", part: part) {
      let values = (0..<generator.integer(in: 0...12)).map { _ in
        Double(generator.integer(in: -3...9))
      }
      let zeros = generator.integer(in: 0...9)
      let quantile = generator.choose(from: [0, 0.5, 0.9, 1, generator.uniform()])
      #expect(
        Winsorizing.threshold(values, zeros: zeros, at: quantile)
          == Quantiles.quantile(
            quantile, ofSorted: (values + Array(repeating: 0, count: zeros)).sorted()))
    }
    #expect(near(Winsorizing.threshold([5, 1, 100], zeros: 7, at: 0.9)!, 14.5, 1e-12))
    #expect(Winsorizing.threshold([], at: 0.9) == nil)
  }
}
