import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

/// The cases of other tools, each within its own tolerance.
@Suite struct ReferenceCaseTests {
  /// What is answered otherwise on purpose, and why.
  static let deliberateDifferences: [String: String] = [
    "z.zero.arm.both.ends.unpooled.two-sided":
      "statsmodels gives NaN; where the unpooled variance is 0 the pooled one is taken",
    "mwu.allsame.asymptotic.nocc.two-sided": "SciPy gives NaN; equal values are no evidence: p = 1",
    "diffci.agresti-caffo.10-10-0-20":
      "statsmodels lets the difference of two rates exceed 1; ours is cut there",
    "diffci.score.56-70-48-80": statsmodelsFit,
    "diffci.score.8502-44700-8279-45489": statsmodelsFit,
    "ks.lognormal p_asymp":
      "SciPy takes the exact distribution of a sample of round(mn / (m + n)) values; ours is the limit",
    "poisson2.exact-cond statistic": "statsmodels gives NaN; ours is the first count",
    "binom.520000of1000000 p_value": "SciPy's p is 0 by underflow; ours is 5e-350 as a logarithm",
  ]

  private static let statsmodelsFit = """
    statsmodels 0.15.0 has count0 · diff where Miettinen and Nurminen's cubic has nobs0 · diff, so its \
    rates are not the best fit; Newcombe (1998, method 6) publishes 0.0528…0.3382 for the first case
    """

  static let cases: [ReferenceCase] = ReferenceCase.all

  @Test(arguments: Dictionary(grouping: cases, by: \.group).keys.sorted())
  func `a group of cases is reproduced`(group: String) throws {
    var checked = 0
    for reference in Self.cases where reference.group == group {
      let answers = try #require(
        ReferenceAnswers.answers(to: reference), "no answer to \(reference.id)")
      for (name, answer) in answers {
        let reason =
          Self.deliberateDifferences[reference.id]
          ?? Self.deliberateDifferences[reference.id + " " + name]
        if reason != nil { continue }
        let expected = try #require(reference.expected[name], "\(reference.id) \(name)")
        checked += reference.check(name, answer, expected)
      }
    }
    #expect(checked > 0)
  }

  @Test func `differences on purpose are differences`() throws {
    let pooled = TwoProportionZTest(
      Proportion(0, of: 30), Proportion(30, of: 30), variance: .unpooled)
    #expect(isNear(pooled.statistic, -60.0.squareRoot(), 1e-15))
    let same = MannWhitneyTest([1, 1, 1], [1, 1, 1], method: .asymptotic)
    #expect(same.pValue == 1 && same.logP == 0)
    let large = BinomialTest(Proportion(520_000, of: 1_000_000), nullRate: 0.5)
    #expect(large.pValue == 0 && isNear(large.logP, -804.8143, 1e-3))
    let published = ProportionDifference(Proportion(56, of: 70), Proportion(48, of: 80))
      .confidenceInterval(level: 0.95, method: .miettinenNurminen)
    #expect(abs(published.lowerBound - 0.0528) < 5e-5)
    #expect(abs(published.upperBound - 0.3382) < 5e-5)
    let ids = Set(Self.cases.map(\.id))
    for key in Self.deliberateDifferences.keys {
      #expect(ids.contains(String(key.prefix { $0 != " " })), "\(key)")
    }
  }
}

/// A case of the reference file.
struct ReferenceCase: Sendable {
  var id: String
  var group: String
  var inputs: JSONValue
  var expected: JSONValue
  var tolerance: Double

  static let all: [ReferenceCase] = {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Reference/statistics.json")
    let json = try! JSONValue(Array(Data(contentsOf: url)))
    return json["cases"]!.elements!.map { element in
      ReferenceCase(
        id: element["id"]!.text!, group: element["group"]!.text!,
        inputs: element["inputs"]!, expected: element["expected"]!,
        tolerance: element["rtol"]!.number!)
    }
  }()

  subscript(_ name: String) -> Double { inputs[name]!.number! }
  func whole(_ name: String) -> Int { Int(inputs[name]!.number!) }
  func list(_ name: String) -> [Double] { inputs[name]!.elements!.map { $0.number! } }
  func table(_ name: String) -> [[Double]] {
    inputs[name]!.elements!.map { $0.elements!.map { $0.number! } }
  }
  func counts(_ name: String) -> [[Int]] { table(name).map { $0.map { Int($0) } } }
  func text(_ name: String) -> String? { inputs[name]?.text }
  func flag(_ name: String) -> Bool {
    if case .bool(true) = inputs[name] ?? .null { true } else { false }
  }
  func has(_ name: String) -> Bool { inputs[name] != nil }
  func expects(_ name: String) -> Bool { expected[name] != nil }
  func proportion(_ index: String) -> Proportion {
    Proportion(whole("x\(index)"), of: whole("n\(index)"))
  }
  var alternative: Alternative {
    switch text("alternative") {
    case "less", "smaller": .less
    case "greater", "larger": .greater
    default: .twoSided
    }
  }

  /// Compares an answer, and tells how many numbers it had.
  func check(_ name: String, _ answer: ReferenceAnswer, _ expected: JSONValue) -> Int {
    switch answer {
    case .number(let value):
      let truth = expected.number!
      // A probability that rounds to 1 has a logarithm all the same.
      if truth == 0, name.hasPrefix("log10"), value <= 0, value > -1e-17 { return 1 }
      #expect(isNear(value, truth, tolerance), "\(id) \(name): \(value), not \(truth)")
      return 1
    case .list(let values):
      let truths = expected.elements!.map { $0.number! }
      #expect(values.count == truths.count, "\(id) \(name): \(values), not \(truths)")
      for (value, truth) in zip(values, truths) {
        #expect(isNear(value, truth, tolerance), "\(id) \(name): \(value), not \(truth)")
      }
      return truths.count
    }
  }
}

enum ReferenceAnswer {
  case number(Double)
  case list([Double])

  static func ends(_ range: ClosedRange<Double>) -> ReferenceAnswer {
    .list([range.lowerBound, range.upperBound])
  }
}

/// Whether a value has a relative error of at most the tolerance; where the truth is zero it must be
/// zero, or as small as a rounding error.
func isNear(_ value: Double, _ truth: Double, _ tolerance: Double) -> Bool {
  if value == truth { return true }
  if truth == 0 { return abs(value) < 1e-300 }
  return abs(value - truth) <= tolerance * abs(truth)
}
