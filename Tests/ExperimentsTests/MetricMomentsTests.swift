import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct MetricMomentsTests {
  @Test(arguments: Rounds.parts)
  func `moments are those of the definition and merge without loss`(part: Int) {
    for var generator in Rounds.generators("moments", part: part, perPart: 20) {
      let count = generator.integer(in: 0...20)
      let rows = (0..<count).map { _ in
        (0..<3).map { _ in generator.normal(mean: 1e6, standardDeviation: 3) }
      }
      var whole = MetricMoments(variables: 3)
      var parts = [whole, whole]
      for row in rows {
        whole.add(row)
        parts[generator.integer(below: 2)].add(row)
      }
      parts[1].merge(parts[0])
      #expect(parts[1] == whole)
      if count > 0 {
        let columns = (0..<3).map { column in rows.map { $0[column] } }
        #expect(MetricMoments(columns: columns) == whole)
        #expect(near(whole.mean(1)!, columns[1].reduce(0, +) / Double(count), 1e-9))
      }
      guard count > 1 else {
        #expect(whole.variance(0) == nil)
        continue
      }
      for i in 0..<3 {
        for j in 0..<3 {
          let (a, b) = (whole.mean(i)!, whole.mean(j)!)
          let sum = rows.reduce(0) { $0 + ($1[i] - a) * ($1[j] - b) }
          #expect(near(whole.covariance(i, j)!, sum / Double(count - 1), 1e-7))
        }
      }
    }
  }

  @Test func `a variable of zeros and ones is a count`() {
    #expect(MetricMoments([0, 1, 1]).isBinary(0))
    #expect(MetricMoments(successes: 2, of: 3) == MetricMoments([0, 1, 1]))
    #expect(!MetricMoments([0, 2, 1]).isBinary(0))
    #expect(!MetricMoments([0.5, 0.5]).isBinary(0))
    var zeros = MetricMoments([1])
    zeros.addZeros(3)
    #expect(zeros == MetricMoments(successes: 1, of: 4))
  }

  @Test func `moments are stored without loss`() throws {
    let moments = MetricMoments(columns: [[0.1, 1e300], [3, -1e-300]])
    #expect(
      try JSONDecoder().decode(MetricMoments.self, from: JSONEncoder().encode(moments)) == moments)
  }
}
