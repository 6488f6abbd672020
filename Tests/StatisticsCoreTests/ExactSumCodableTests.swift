import StatisticsCore
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct ExactSumCodableTests {
  @Test(
    arguments: [
      [], [1], [-1.5, 1e300], [0.1, 0.2], [0x1p-1063], [.infinity], [-.infinity], [.nan], [-1e-5],
    ] as [[Double]])
  func `a sum comes back from JSON`(terms: [Double]) throws {
    let sum = ExactSum(terms)
    let data = try JSONEncoder().encode(sum)
    #expect(try JSONDecoder().decode(ExactSum.self, from: data) == sum)
  }

  @Test func `equal sums have equal JSON`() throws {
    let one = try JSONEncoder().encode(ExactSum([1e300, 1, -1e300]))
    let two = try JSONEncoder().encode(ExactSum([1]))
    #expect(one == two)
    #expect(String(decoding: two, as: UTF8.self) == "[0,68,1]")
  }

  @Test(arguments: ["[]", "[16]", "[0,5]", "[0,5,0]", "[8]", "[9]", "[0,4000000000,1]", "{}"])
  func `other JSON is refused`(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ExactSum.self, from: Data(json.utf8))
    }
  }
}
