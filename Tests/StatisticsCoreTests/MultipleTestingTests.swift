import StatisticsCore
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct MultipleTestingTests {
  @Test func `reference p-values are reproduced, as logarithms too`() throws {
    let cases = StatisticsReference.cases(StatisticsReference.multiplicity)
    #expect(cases.count == 6)
    for fields in cases {
      let p = fields[2].split(separator: ",").map { Double($0)! }
      let expected = fields[3].split(separator: ",").map { Double($0)! }
      let isHolm = fields[1] == "holm"
      let adjusted = isHolm ? MultipleTesting.holm(p) : MultipleTesting.benjaminiHochberg(p)
      let logP = p.map { log($0) }
      let logAdjusted =
        isHolm ? MultipleTesting.holm(logP: logP) : MultipleTesting.benjaminiHochberg(logP: logP)
      #expect(adjusted.count == expected.count && logAdjusted.count == expected.count)
      for index in expected.indices {
        #expect(isClose(adjusted[index], expected[index], 1e-14), "\(fields)")
        #expect(isClose(exp(logAdjusted[index]), expected[index], 1e-12), "\(fields)")
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `adjusted p-values follow their definition`(part: Int) {
    for var random in Rounds.generators("multiplicity", part: part, perPart: 20) {
      let count = Int(random.next() % 12)
      // Few different values, so that ties are common; zeros and ones too.
      let p = (0..<count).map { _ in Double(random.next() % 9) / 8 }
      let discovery = MultipleTesting.benjaminiHochberg(p)
      let family = MultipleTesting.holm(p)
      for (index, own) in p.enumerated() {
        // The least over all larger thresholds of the expected share of false discoveries.
        let shares = p.filter { $0 >= own }.map { threshold in
          threshold * Double(count) / Double(p.count { $0 <= threshold })
        }
        #expect(abs(discovery[index] - min(1, shares.min()!)) < 1e-15)
        // The greatest over all smaller thresholds of Bonferroni among the remaining tests.
        let bounds = p.filter { $0 <= own }.map { threshold in
          threshold * Double(p.count { $0 >= threshold })
        }
        #expect(abs(family[index] - min(1, bounds.max()!)) < 1e-15)
        #expect(own <= discovery[index] && discovery[index] <= family[index])
      }
    }
  }

  @Test func `tiny p-values keep their order as logarithms`() {
    let adjusted = MultipleTesting.benjaminiHochberg(logP: [-2_000, -1, -.infinity, -900])
    #expect(adjusted == [-2_000 + log(2), -1, -.infinity, -900 + log(4.0 / 3)])
    #expect(
      MultipleTesting.holm(logP: [-2_000, -0.5, -900, 0])
        == [-2_000 + log(4), 0, -900 + log(3), 0])
  }

  @Test func `no tests have no p-values, and one keeps its own`() {
    #expect(MultipleTesting.holm([]).isEmpty)
    #expect(MultipleTesting.benjaminiHochberg(logP: []).isEmpty)
    #expect(MultipleTesting.holm([0.03]) == [0.03])
    #expect(MultipleTesting.benjaminiHochberg([0.03]) == [0.03])
    #expect(MultipleTesting.holm(logP: [-3]) == [-3])
  }

  #if os(Linux) || os(macOS)
    @Test func `NaN and values outside of 0…1 are refused`() async {
      await #expect(processExitsWith: .failure) { _ = MultipleTesting.holm([0.1, .nan]) }
      await #expect(processExitsWith: .failure) {
        _ = MultipleTesting.benjaminiHochberg([0.1, 1.5])
      }
      await #expect(processExitsWith: .failure) {
        _ = MultipleTesting.benjaminiHochberg(logP: [.nan])
      }
    }
  #endif
}
