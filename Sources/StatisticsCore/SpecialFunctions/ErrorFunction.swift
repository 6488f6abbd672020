/// The error function and its complement.
///
/// Only + − × ÷ and ``PortableMath``: the same bits on every machine.
package enum ErrorFunction {
  /// Returns (2/√π) ∫₀ˣ exp(−t²) dt, within two units in the last place.
  ///
  ///     ErrorFunction.erf(0.5)   // 0.5204998778130465
  package static func erf(_ x: Double) -> Double {
    let size = abs(x)
    guard size >= 0.5 else {
      let z = x * x
      var series = 0.0
      for term in seriesOfErf.reversed() { series = series * z + term }
      return x * series
    }
    let value = size > 6 ? 1 : 1 - erfc(size)
    return x < 0 ? -value : value
  }

  /// Returns 1 − erf(`x`), within a few units in the last place also where it is tiny.
  ///
  ///     ErrorFunction.erfc(10)   // 2.088487583762545e-45
  package static func erfc(_ x: Double) -> Double {
    if x < 0.5 { return 1 - erf(x) }
    if x > 28 { return 0 }
    let (square, rest) = PortableMath.twoProduct(x, x)
    return PortableMath.expOfSum(-square, -rest) * scaledErfc(x)
  }

  /// Returns exp(x²) erfc(`x`) for `x` ≥ 0, which falls from 1 as slowly as 1 / x.
  ///
  /// Method: (1 + 2x) exp(x²) erfc(x) is a smooth function of t = (x − 3.75) / (x + 3.75), as in
  /// M. M. Shepherd and J. G. Laframboise, *Chebyshev Approximation of (1 + 2x) exp(x²) erfc x*,
  /// Mathematics of Computation 36 (1981), 249–253; here its expansion to the 26th degree.
  package static func scaledErfc(_ x: Double) -> Double {
    guard x < 1e15 else { return x == .infinity ? 0 : inverseRootOfPi / x }
    let t = (x - 3.75) / (x + 3.75)
    var series = 0.0
    for term in seriesOfScaledErfc.reversed() { series = series * t + term }
    return (0x1.3ccda0b5d5dc2p+0 + (0x1.e5e2da95d35acp-54 + series * t)) / (1 + 2 * x)
  }

  private static let inverseRootOfPi = 0x1.20dd750429b6dp-1

  /// (−1)ⁿ 2 / (√π n! (2n + 1)), by mpmath 1.4.1 with 60 digits.
  private static let seriesOfErf: [Double] = [
    0x1.20dd750429b6dp+0, -0x1.812746b0379e7p-2, 0x1.ce2f21a042be2p-4, -0x1.b82ce31288b51p-6,
    0x1.565bcd0e6a53fp-8, -0x1.c02db40040b86p-11, 0x1.f9a326f9b89b7p-14, -0x1.f4d25c3e0c2ebp-17,
    0x1.b9e6c9dc651a3p-20, -0x1.5f742ec43e71ap-23, 0x1.fcc5720624c1cp-27, -0x1.51d7181c5d36dp-30,
    0x1.9e6ad5e55a730p-34, -0x1.d8453cb0c46eap-38,
  ]

  /// The coefficients from the first degree on, by mpmath 1.4.1 with 60 digits.
  private static let seriesOfScaledErfc: [Double] = [
    -0x1.1f367683f89a7p-3, 0x1.d5f2948159d5cp-9, 0x1.510169d0967fep-4, -0x1.bda9309a288f3p-4,
    0x1.7a14188a99bbdp-4, -0x1.e0d0fa6dfff48p-5, 0x1.d0b0037dca912p-6, -0x1.3f603c33d3651p-7,
    0x1.cc3a0e231627ep-10, 0x1.33fb248b98a1fp-12, -0x1.303f9da131ea2p-12, 0x1.b14442355be43p-15,
    0x1.778a2b8f2e752p-16, -0x1.800839304a96cp-17, -0x1.0525b6d7eefd4p-20, 0x1.d6afb6f3f188ep-20,
    -0x1.f479469e8aafcp-25, -0x1.18678c18ad7acp-22, 0x1.a14b81d0a6467p-26, 0x1.5ff0ac2a5982fp-25,
    -0x1.2da11a81e0e15p-28, -0x1.c1ceb688aadedp-28, 0x1.2c02a9487e3bcp-31, 0x1.efff7805d80a7p-31,
    -0x1.4a219c71bb4d2p-35, -0x1.42cb7ae4cd5a0p-34,
  ]
}
