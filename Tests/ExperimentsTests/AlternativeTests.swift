import Experiments
import Testing

struct AlternativeTests {
  @Test func `alternatives print as statisticians write them`() {
    #expect(Alternative.allCases.map(\.description) == ["two-sided", "less", "greater"])
  }
}
