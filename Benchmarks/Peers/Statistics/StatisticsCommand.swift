import Experiments
import Foundation

/// Runs tests over and over and prints what they answer and how long one takes as JSON, for
/// `compare_statistics.py`.
///
///     statistics-swift <seconds for each test>
@main
struct StatisticsCommand {
  static func main() throws {
    guard CommandLine.arguments.count == 2, let seconds = Double(CommandLine.arguments[1]),
      seconds > 0
    else {
      FileHandle.standardError.write(Data("usage: statistics-swift <seconds>\n".utf8))
      exit(64)
    }
    var answers: [String: Answer] = [:]
    // The first count changes with every call, so that no call can be left out.
    func measure(_ name: String, _ test: (Int) -> Double) {
      let p = test(0)
      var rates: [Double] = []
      var sum = 0.0
      let clock = ContinuousClock()
      let end = clock.now + .seconds(seconds)
      var batch = 16
      while clock.now < end {
        let start = clock.now
        for index in 0..<batch { sum += test(index & 7) }
        let elapsed = (clock.now - start) / .seconds(1)
        if elapsed < 1e-3 { batch *= 2 } else { rates.append(elapsed / Double(batch)) }
      }
      rates.sort()
      answers[name] = Answer(
        p: sum.isNaN ? .nan : p, seconds: rates.isEmpty ? .nan : rates[rates.count / 2])
    }

    measure("z-test") {
      TwoProportionZTest(Proportion(20034 + $0, of: 44700), Proportion(20119, of: 45489)).pValue
    }
    measure("Fisher, 38 users") {
      FisherExactTest(Proportion(2 + $0, of: 13), Proportion(5, of: 25)).pValue
    }
    measure("Fisher, 90,189 users") {
      FisherExactTest(Proportion(8502 + $0, of: 44700), Proportion(8279, of: 45489)).pValue
    }
    measure("Fisher, 20 million users") {
      FisherExactTest(
        Proportion(2_000_000 + $0, of: 10_000_000), Proportion(2_001_500, of: 10_000_000)
      ).pValue
    }
    measure("Welch from moments") {
      TwoSampleTTest(
        SampleMoments(count: 51230, mean: 12.41 + 0.01 * Double($0), standardDeviation: 38.2),
        SampleMoments(count: 50987, mean: 12.94, standardDeviation: 40.7)
      ).pValue
    }
    measure("exact binomial") {
      BinomialTest(Proportion(5050 + $0, of: 10000), nullRate: 0.5).pValue
    }
    measure("chi-square 2 × 3") {
      ChiSquareTest([[762 + $0, 327, 468], [484, 239, 477]]).pValue
    }
    let first = (0..<40).map { Double(($0 * 7919) % 1009) }
    let second = (0..<55).map { Double(($0 * 104_729) % 1013) + 100.5 }
    measure("Mann–Whitney exact, 40 v 55") { index in
      var first = first
      first[0] += Double(index) * 0.25
      return MannWhitneyTest(first, second, method: .exact).pValue
    }
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    print(String(decoding: try encoder.encode(answers), as: UTF8.self))
  }

  struct Answer: Encodable {
    var p: Double
    var seconds: Double
  }
}
