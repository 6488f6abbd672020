import Foundation
import StatisticsCore
import Testing

@Suite struct PortableMathTurnsTests {
  @Test func `sine and cosine of turns are those of the circle`() {
    for step in -4_000...4_000 {
      let turns = Double(step) / 977
      let (sine, cosine) = PortableMath.sineAndCosine(turns: turns)
      let angle = (turns - turns.rounded(.down)) * 2 * .pi
      #expect(abs(sine - sin(angle)) < 1e-15 && abs(cosine - cos(angle)) < 1e-15)
    }
  }

  @Test func `quarters are exact, and there is no angle without end`() {
    let quarters = [(0.0, 1.0), (1, 0), (0, -1), (-1, 0)]
    for turn in -8...8 {
      let found = PortableMath.sineAndCosine(turns: Double(turn) / 4)
      let expected = quarters[((turn % 4) + 4) % 4]
      #expect(found.sine == expected.0 && found.cosine == expected.1)
    }
    #expect(PortableMath.sineAndCosine(turns: .infinity).sine.isNaN)
    #expect(PortableMath.sineAndCosine(turns: .nan).cosine.isNaN)
  }
}
