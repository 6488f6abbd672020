import Testing

@testable import Plots

@Suite struct TickAxisTests {
  /// The obvious version: tries every step from the smallest.
  private func naive(_ low: Int, _ high: Int, intervals: Int) -> [Int] {
    for power in [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] {
      for tenths in [10, 20, 25, 50] where tenths * power % 10 == 0 {
        let step = tenths * power / 10
        var ticks = [Int((Double(low) / Double(step)).rounded(.down)) * step]
        while ticks[ticks.count - 1] < high, ticks.count < 99 {
          ticks.append(ticks[ticks.count - 1] + step)
        }
        if ticks.count <= intervals + 1 { return ticks }
      }
    }
    return []
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
      return mixed ^ (mixed >> 33)
    }
  }

  @Test func `whole ticks are those of the obvious version`() {
    var generator = Generator(state: 1)
    for _ in 0..<500 {
      let limit = [10, 100, 5_000, 1_000_000].randomElement(using: &generator)!
      let low = -Int.random(in: 0...limit, using: &generator)
      let high = low + Int.random(in: 1...limit, using: &generator)
      let intervals = Int.random(in: 2...8, using: &generator)
      let axis = TickAxis(Double(low), Double(high), intervals: intervals, whole: true)
      let expected = naive(low, high, intervals: intervals)
      #expect(axis.ticks.map { axis.value($0) } == expected.map { Double($0) })
      let labels = axis.ticks.map { axis.text($0, unitExponent: 0) }
      #expect(labels == expected.map { PlotNumberFormat.grouped($0) })
    }
  }

  @Test func `ticks cover the limits with few round steps`() {
    var generator = Generator(state: 2)
    for _ in 0..<500 {
      let size = TickAxis.power(Int.random(in: -280...280, using: &generator))
      let low = Double.random(in: -1...1, using: &generator) * size
      let high = low + Double.random(in: 1e-6...1, using: &generator) * size
      let intervals = Int.random(in: 2...8, using: &generator)
      let axis = TickAxis(low, high, intervals: intervals)
      let step = axis.value(1)
      #expect(axis.low <= low + step * 1e-6 && axis.high >= high - step * 1e-6)
      #expect((1...intervals).contains(axis.ticks.count - 1))
      // With 10 steps for each one that is drawn, the axis would be mostly empty.
      #expect(axis.high - axis.low < (high - low) * 10)
      let digits = PlotNumberFormat.scientific(step).prefix { $0 != "e" }
      #expect(["1", "2", "2.5", "5"].contains(digits))
      let values = axis.ticks.map { axis.value($0) }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func `labels have the decimals that their step needs`() {
    func labels(
      _ low: Double, _ high: Double, _ format: PlotNumberFormat = .count, intervals: Int = 4
    ) -> [String] {
      format.labels(TickAxis(low, high, intervals: intervals))
    }
    #expect(labels(0, 1) == ["0.00", "0.25", "0.50", "0.75", "1.00"])
    #expect(labels(0, 2_000) == ["0", "500", "1,000", "1,500", "2,000"])
    #expect(labels(0, 0.3, .percent()) == ["0%", "10%", "20%", "30%"])
    #expect(labels(0, 0.01, .percent()) == ["0.00%", "0.25%", "0.50%", "0.75%", "1.00%"])
    #expect(labels(-0.5, 0.5, .percent()) == ["-50%", "-25%", "0%", "25%", "50%"])
    #expect(labels(0, 1_000_000) == ["0", "0.25M", "0.50M", "0.75M", "1.00M"])
    #expect(labels(0, 3e9) == ["0", "1B", "2B", "3B"])
    #expect(labels(0, 4e12) == ["0", "1T", "2T", "3T", "4T"])
    #expect(labels(0, 1e18, intervals: 2) == ["0", "5e17", "1e18"])
    #expect(
      labels(1_000_000_000, 1_000_000_004) == [
        "1,000,000,000", "1,000,000,001", "1,000,000,002", "1,000,000,003", "1,000,000,004",
      ])
    #expect(labels(0, 2e-20, intervals: 2) == ["0", "1e-20", "2e-20"])
  }

  @Test func `an axis of nothing, of one value and of the largest values has ticks`() {
    for (low, high) in [
      (0.0, 0.0), (5, 5), (-5, -5), (1e289, 1e289), (-1e289, 1e289), (0, .leastNonzeroMagnitude),
      (1e15, 1e15 + 1),
    ] {
      let axis = TickAxis(low, high, intervals: 4)
      #expect(axis.low < axis.high && axis.low <= low && axis.high >= high)
      #expect(axis.ticks.allSatisfy { axis.value($0).isFinite })
    }
  }
}

@Suite struct PlotNumberFormatTests {
  @Test func `numbers are written for people`() {
    let cases: [(PlotNumberFormat, Double, String)] = [
      (.count, 0, "0"), (.count, -0.0, "0"), (.count, 999, "999"), (.count, 1_000, "1,000"),
      (.count, -1_234_567, "-1,234,567"), (.count, 2.5, "2.5"), (.count, 2.004, "2"),
      (.decimal(2), 1_234.5, "1,234.50"), (.decimal(2), 0.995, "1.00"), (.decimal(0), 2.5, "3"),
      (.decimal(2), -0.001, "0.00"), (.decimal(2, unit: "USD"), 5, "5.00 USD"),
      (.decimal(3), 999_999_999_999_999.875, "999,999,999,999,999.875"),
      (.percent(), 0.1234, "12.3%"), (.percent(0), 1.5, "150%"), (.percent(2), -0.5, "-50.00%"),
      (.count, 1e15, "1e15"), (.count, 1.236e18, "1.24e18"), (.count, -9.999e20, "-1e21"),
      (.count, 1.05e300, "1.05e300"), (.count, .nan, "—"), (.count, .infinity, "—"),
      (.percent(), 1.7e308, "—"),
    ]
    for (format, value, text) in cases { #expect(format.text(value) == text) }
  }

  @Test func `decimals beyond nine are refused`() async {
    await #expect(processExitsWith: .failure) { _ = PlotNumberFormat.decimal(10) }
    await #expect(processExitsWith: .failure) { _ = PlotNumberFormat.percent(-1) }
  }
}
