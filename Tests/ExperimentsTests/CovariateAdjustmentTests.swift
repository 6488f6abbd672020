import Experiments
import StatisticsCore
import TestSupport
import Testing

struct CovariateAdjustmentTests {
  @Test(arguments: Rounds.parts)
  func `coefficients within arms are those of a regression with the arm`(part: Int) {
    for var generator in Rounds.generators("cuped", part: part, perPart: 5) {
      let counts = [generator.integer(in: 5...40), generator.integer(in: 5...40)]
      var rows: [(arm: Double, y: Double, x1: Double, x2: Double)] = []
      for arm in 0..<2 {
        for _ in 0..<counts[arm] {
          let x1 = generator.normal(mean: 3)
          let x2 = generator.normal() + 0.5 * x1
          rows.append((Double(arm), 2 * x1 - x2 + generator.normal() + Double(arm), x1, x2))
        }
      }
      let arms = [0.0, 1.0].map { arm in
        let own = rows.filter { $0.arm == arm }
        return MetricMoments(columns: [own.map(\.y), own.map(\.x1), own.map(\.x2)])
      }
      let adjustment = CovariateAdjustment(
        .mean(0), covariates: [.mean(1), .mean(2)], arms: arms, pooling: .withinArms)
      let fit = LeastSquaresFit(
        rows.map(\.y), on: [rows.map(\.arm), rows.map(\.x1), rows.map(\.x2)])
      #expect(near(adjustment.coefficients[0], fit.coefficients[2], 1e-9))
      #expect(near(adjustment.coefficients[1], fit.coefficients[3], 1e-9))
      let difference = adjustment.estimates[1].value! - adjustment.estimates[0].value!
      #expect(near(difference, fit.coefficients[1], 1e-9))
      // In one small arm the coefficients of both may explain less than nothing; in all they cannot.
      func squares(_ estimates: [MetricEstimate]) -> Double {
        estimates.reduce(0) { $0 + Double($1.units - 1) * $1.variance! }
      }
      #expect(
        squares(adjustment.estimates) < squares(arms.map { MetricEstimate(.mean(0), of: $0) }))
    }
  }

  @Test func `covariates that do not vary or repeat others change nothing`() {
    let y = [1.0, 4, 2, 7, 5]
    let x = [2.0, 3, 2, 6, 4]
    func arms(_ columns: [[Double]]) -> [MetricMoments] {
      [MetricMoments(columns: columns), MetricMoments(columns: columns)]
    }
    let one = CovariateAdjustment(.mean(0), covariates: [.mean(1)], arms: arms([y, x]))
    let more = CovariateAdjustment(
      .mean(0), covariates: [.mean(1), .mean(2), .mean(3)],
      arms: arms([y, x, x.map { 2 * $0 }, x.map { _ in 3 }]))
    #expect(more.coefficients == [one.coefficients[0], 0, 0])
    #expect(more.estimates == one.estimates)
    let none = CovariateAdjustment(
      .mean(0), covariates: [.mean(1)], arms: arms([y, y.map { _ in 1 }]))
    #expect(none.estimates[0] == MetricEstimate(.mean(0), of: MetricMoments(y)))
  }

  @Test func `the variance falls by the square of the correlation`() {
    var generator = SeededGenerator(seed: 3)
    let arms = (0..<2).map { _ in
      var moments = MetricMoments(variables: 2)
      for _ in 0..<20_000 {
        let before = generator.normal()
        moments.add([0.8 * before + 0.6 * generator.normal(), before])
      }
      return moments
    }
    let adjustment = CovariateAdjustment(.mean(0), covariates: [.mean(1)], arms: arms)
    #expect(adjustment.estimates.allSatisfy { near($0.varianceReduction, 0.64, 0.02) })
  }
}
