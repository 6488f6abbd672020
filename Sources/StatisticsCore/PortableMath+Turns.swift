extension PortableMath {
  /// Returns sine and cosine of an angle in turns: 1 is the whole circle.
  ///
  /// Turns are reduced without rounding, so that quarters are exact and the error stays below two
  /// units in the last place of 1 however many there are. Only + − × are used: the bits are the same
  /// everywhere. NaN and infinities give NaN.
  package static func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
    guard turns.isFinite else { return (.nan, .nan) }
    let fraction = turns - turns.rounded(.down)
    let quarters = (fraction * 4).rounded()
    // From −1/8 to 1/8 of a turn, where the series need few terms; the difference is exact.
    let x = (fraction - quarters / 4) * (2 * Double.pi)
    let square = x * x
    var sine = 0.0
    for factor in sineTerms { sine = sine * square + factor }
    sine = x + x * square * sine
    var cosine = 0.0
    for factor in cosineTerms { cosine = cosine * square + factor }
    cosine = 1 + square * cosine
    switch Int(quarters) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  /// −1/3!, 1/5!, … from the highest power on.
  private static let sineTerms: [Double] = [
    -1 / 1_307_674_368_000, 1 / 6_227_020_800, -1 / 39_916_800, 1 / 362_880, -1 / 5_040, 1 / 120,
    -1 / 6,
  ]
  /// −1/2!, 1/4!, … from the highest power on.
  private static let cosineTerms: [Double] = [
    1 / 20_922_789_888_000, -1 / 87_178_291_200, 1 / 479_001_600, -1 / 3_628_800, 1 / 40_320,
    -1 / 720, 1 / 24, -1 / 2,
  ]
}
