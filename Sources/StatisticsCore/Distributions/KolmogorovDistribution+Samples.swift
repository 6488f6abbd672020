extension KolmogorovDistribution {
  /// Returns the probability that the distribution of a sample of `size` values lies somewhere at least
  /// `distance` above the true one, which is continuous; or below it, which is as probable.
  ///
  ///     KolmogorovDistribution.upperOneSided(0.3, size: 10).value   // 0.13543
  ///
  /// - Complexity: O(*n*) for *n* values.
  ///
  /// Source: Z. W. Birnbaum and F. H. Tingey, Annals of Mathematical Statistics 22 (1951), 592–596; all
  /// terms are positive, binomial probabilities but for a factor.
  package static func upperOneSided(_ distance: Double, size: Int) -> TailProbability {
    precondition(size > 0, "A sample has at least one value.")
    if distance <= 0 { return .one }
    if distance >= 1 { return .zero }
    let n = Double(size)
    var logs: [Double] = []
    var sum = 0.0
    for count in 0..<size {
      let probability = distance + Double(count) / n
      if probability >= 1 { break }
      let term = SaddlePoint.binomial(count, of: size, probability: probability)
        .times(distance / probability)
      sum += term.value
      logs.append(term.log)
    }
    if sum > 1e-280 { return TailProbability(min(sum, 1)) }
    let most = logs.max() ?? -.infinity
    if most == -.infinity { return .zero }
    let rest = logs.reduce(0) { $0 + PortableMath.exp($1 - most) }
    return TailProbability(log: most + PortableMath.log(rest))
  }

  /// Returns the probability that the distribution of a sample of `size` values lies somewhere at least
  /// `distance` from the true one, which is continuous.
  ///
  ///     KolmogorovDistribution.upper(0.3, size: 10).value   // 0.27053
  ///
  /// The number of values up to each place is followed from one place to the next at which it may be
  /// too large or too small; what is then too large or too small adds up to the result. As nothing is
  /// subtracted, small probabilities keep their digits. Beyond 6 / √n both sides exclude each other to
  /// the last place, and twice the one-sided probability is returned. The relative error is near
  /// *n* × 1e-16.
  ///
  /// - Complexity: O(*n*²) for *n* values, O(*n*) beyond 6 / √*n*.
  package static func upper(_ distance: Double, size: Int) -> TailProbability {
    precondition(size > 0, "A sample has at least one value.")
    let n = Double(size)
    // The probability of both is e⁻⁶ⁿᵈᵈ of that of one.
    if distance >= 1 || n * distance * distance >= 6 {
      return upperOneSided(distance, size: size).doubled
    }
    if distance * 2 * n <= 1 { return .one }

    // At i / n − d there must be fewer than i values, at i / n + d more than i.
    var highs = Array(1...size).filter { Double($0) / n - distance > 0 }[...]
    var lows = Array(0..<size).filter { Double($0) / n + distance < 1 }[...]
    /// The probability of each number of values at the place, without crossing before.
    var masses = [Double](repeating: 0, count: size + 1)
    masses[0] = 1
    var (least, most) = (0, 0)
    var place = 0.0
    var crossed = 0.0
    while let limit = highs.first {
      let high = Double(limit) / n - distance
      let low = lows.first.map { Double($0) / n + distance } ?? .infinity
      let next = min(high, low)
      let share = min(max((next - place) / (1 - place), 0), 1)
      crossed += advance(&masses, least...most, size: size, share: share, limit: limit)
      most = limit - 1
      if low == next, let count = lows.popFirst() {
        // The others are too few.
        while least <= min(count, most) {
          crossed += masses[least]
          masses[least] = 0
          least += 1
        }
      }
      if high == next { highs.removeFirst() }
      if least > most { return TailProbability(min(crossed, 1)) }
      place = next
    }
    // No number is too large from here on.
    while let count = lows.popFirst() {
      let next = Double(count) / n + distance
      let share = min(max((next - place) / (1 - place), 0), 1)
      crossed += advance(&masses, least...most, size: size, share: share, limit: size + 1)
      most = size
      while least <= count {
        crossed += masses[least]
        masses[least] = 0
        least += 1
      }
      place = next
    }
    return TailProbability(min(crossed, 1))
  }

  /// Lets each of the values that are still to come, of `size`, come with the probability `share`, and
  /// returns the probability of `limit` values or more, which do not remain.
  private static func advance(
    _ masses: inout [Double], _ range: ClosedRange<Int>, size: Int, share: Double, limit: Int
  ) -> Double {
    if share == 0 {
      let above = range.upperBound < limit ? 0 : masses[limit...range.upperBound].reduce(0, +)
      for count in range where count >= limit { masses[count] = 0 }
      return above
    }
    var crossed = 0.0
    let odds = share / (1 - share)
    // From the largest number down, as each only adds to larger ones.
    var none = PortableMath.exp(Double(size - range.upperBound) * PortableMath.log1p(-share))
    for count in range.reversed() {
      let mass = masses[count]
      let rest = size - count
      var term = mass * none
      none *= 1 - share
      masses[count] = count < limit ? term : 0
      if count >= limit { crossed += mass }
      if mass == 0 || count >= limit { continue }
      var total = 0.0
      for step in 1..<(rest + 1) {
        term *= odds * Double(rest - step + 1) / Double(step)
        if count + step < limit {
          masses[count + step] += term
        } else {
          total += term
          if term <= total * 0x1p-60 { break }
        }
      }
      crossed += total
    }
    return crossed
  }
}
