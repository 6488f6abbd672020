/// The gamma function's logarithm with its derivatives, for arguments above zero.
///
/// Only + − × ÷ and ``PortableMath``: the same bits on every machine.
///
/// Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964: 6.1.33 (the series
/// around 2), 6.1.41, 6.3.18 and 6.4.12 (the asymptotic series), 6.1.15, 6.3.5 and 6.4.6 (the
/// recurrences).
package enum GammaFunctions {
  /// Returns log Γ(`x`), with a relative error below 1e-15 near its zeros 1 and 2 too.
  ///
  ///     GammaFunctions.logGamma(0.5)   // 0.5723649429247001, half the logarithm of π
  ///
  /// It is ∞ at 0 and at ∞.
  package static func logGamma(_ x: Double) -> Double {
    require(x)
    if x == 0 || x == .infinity { return .infinity }
    if x < 0.5 { return logGammaAroundTwo(x) - PortableMath.log1p(x) - PortableMath.log(x) }
    if x < 1.5 { return logGammaAroundTwo(x - 1) - PortableMath.log1p(x - 1) }
    if x < 2.5 { return logGammaAroundTwo(x - 2) }
    if x < firstAsymptotic {
      var rest = x
      var product = 1.0
      while rest >= 2.5 {
        rest -= 1
        product *= rest
      }
      return logGammaAroundTwo(rest - 2) + PortableMath.log(product)
    }
    return (x - 0.5) * PortableMath.log(x) - x + (halfLogOfTwoPi + stirlingTail(x))
  }

  /// Returns the logarithm of |Γ(`x`)| and the sign of Γ(`x`), for negative numbers too.
  ///
  ///     GammaFunctions.signedLogGamma(-0.5)   // (1.2655121234846454, .minus)
  ///
  /// The logarithm is ∞ at 0 and at negative whole numbers, where the sign is told as plus. For
  /// negative numbers its error is about 1e-15 of the largest of 1, |log Γ(1 − x)| and the result.
  package static func signedLogGamma(_ x: Double) -> (log: Double, sign: FloatingPointSign) {
    if x >= 0 { return (logGamma(x), .plus) }
    let floor = x.rounded(.down)
    if floor == x { return (.infinity, .plus) }
    // Γ(x) Γ(1 − x) = π / sin πx; the sine of the distance from the nearest whole number.
    let distance = min(x - floor, floor + 1 - x)
    let sine = sineOfPi(distance)
    let sign: FloatingPointSign =
      floor.truncatingRemainder(dividingBy: 2) == 0 ? .plus : .minus
    return (PortableMath.log(3.141592653589793 / sine) - logGamma(1 - x), sign)
  }

  /// Returns sin πz for z from 0 to ½.
  private static func sineOfPi(_ z: Double) -> Double {
    let angle = (z <= 0.25 ? z : 0.5 - z) * 3.141592653589793
    let square = angle * angle
    // Taylor's series of sin z / z − 1 and of cos z − 1, to an angle of π/4.
    var series = 0.0
    var number = z <= 0.25 ? 19.0 : 18.0
    while number > 1 {
      series = -square / (number * (number - 1)) * (1 + series)
      number -= 2
    }
    return z <= 0.25 ? angle + angle * series : 1 + series
  }

  /// Returns 1 / Γ(`x`) for 0 ≤ `x` ≤ 40, within a few units in the last place.
  static func reciprocalGamma(_ x: Double) -> Double {
    if x < 0.5 { return x * (1 + x) * PortableMath.exp(-logGammaAroundTwo(x)) }
    if x < 1.5 { return x * PortableMath.exp(-logGammaAroundTwo(x - 1)) }
    var rest = x
    var product = 1.0
    while rest >= 2.5 {
      rest -= 1
      product *= rest
    }
    return PortableMath.exp(-logGammaAroundTwo(rest - 2)) / product
  }

  /// Returns log Γ(`x` + `n`) − log Γ(`x`), with a relative error of about 1e-15 for n ≥ ½ also where
  /// the two are huge and nearly equal.
  package static func logGammaDifference(_ x: Double, plus n: Double) -> Double {
    require(x)
    if n == 0 { return 0 }
    if x < firstAsymptotic { return logGamma(x + n) - logGamma(x) }
    let y = x + n
    return (x - 0.5) * PortableMath.log1p(n / x) + n * (PortableMath.log(y) - 1)
      + (stirlingTail(y) - stirlingTail(x))
  }

  /// Returns the logarithm of the beta function of `a` and `b`, both above zero.
  package static func logBeta(_ a: Double, _ b: Double) -> Double {
    logGamma(min(a, b)) - logGammaDifference(max(a, b), plus: min(a, b))
  }

  /// Returns the derivative of log Γ at `x` > 0, with an error below 1e-15 of 1 + |ψ(`x`)|, and with
  /// all digits around its zero.
  package static func digamma(_ x: Double) -> Double {
    require(x)
    if x == 0 { return -.infinity }
    let distance = x - 0x1.762d86356be3fp+0
    if abs(distance) < 0.03 {
      // Taylor's series around the zero 1.46163214496836234…
      let place = distance - 0x1.b86a722197829p-54
      return place * seriesAroundZero.reversed().reduce(0) { $0 * place + $1 }
    }
    var x = x
    var sum = 0.0
    while x < firstAsymptotic {
      sum += 1 / x
      x += 1
    }
    return PortableMath.log(x) - (0.5 / x + digammaTail(x)) - sum
  }

  /// Returns the second derivative of log Γ at `x` > 0, with a relative error below 2e-15.
  package static func trigamma(_ x: Double) -> Double {
    require(x)
    if x == 0 { return .infinity }
    var x = x
    var sum = 0.0
    while x < firstAsymptotic {
      sum += 1 / (x * x)
      x += 1
    }
    return sum + (1 / x + 0.5 / (x * x) + trigammaTail(x))
  }

  /// Returns ψ(`x` + `n`) − ψ(`x`), also where the two are nearly equal.
  static func digammaDifference(_ x: Double, plus n: Double) -> Double {
    if x < firstAsymptotic { return digamma(x + n) - digamma(x) }
    let y = x + n
    return PortableMath.log1p(n / x) + (0.5 * (n / x / y) - (digammaTail(y) - digammaTail(x)))
  }

  /// Returns ψ′(`x` + `n`) − ψ′(`x`), also where the two are nearly equal.
  static func trigammaDifference(_ x: Double, plus n: Double) -> Double {
    if x < firstAsymptotic { return trigamma(x + n) - trigamma(x) }
    let y = x + n
    return trigammaTail(y) - trigammaTail(x) - n / x / y * (1 + 0.5 * (1 / x + 1 / y))
  }

  /// From here on the asymptotic series are good to the last place.
  private static let firstAsymptotic = 12.0
  private static let halfLogOfTwoPi = 0x1.d67f1c864beb5p-1

  private static func require(_ x: Double) {
    precondition(x >= 0, "The gamma function is taken of numbers that are not negative.")
  }

  /// Returns log Γ(2 + z) for |z| ≤ ½.
  private static func logGammaAroundTwo(_ z: Double) -> Double {
    var series = 0.0
    for term in seriesAroundTwo.reversed() { series = series * z + term }
    return z * series
  }

  /// Returns the sum of 1/(12x), −1/(360x³) and so on.
  private static func stirlingTail(_ x: Double) -> Double {
    let inverse = 1 / x
    let z = inverse * inverse
    let tail = 1.0 / 1188 - z * (691.0 / 360_360 - z * (1.0 / 156 - z * (3617.0 / 122_400)))
    return inverse
      * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * tail))))
  }

  /// Returns the sum of 1/(12x²), −1/(120x⁴) and so on.
  private static func digammaTail(_ x: Double) -> Double {
    let z = 1 / (x * x)
    let tail = 1.0 / 132 - z * (691.0 / 32_760 - z * (1.0 / 12 - z * (3617.0 / 8160)))
    return z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * tail))))
  }

  /// Returns the sum of 1/(6x³), −1/(30x⁵) and so on.
  private static func trigammaTail(_ x: Double) -> Double {
    let z = 1 / (x * x)
    let tail = 5.0 / 66 - z * (691.0 / 2730 - z * (7.0 / 6 - z * (3617.0 / 510)))
    return z / x * (1.0 / 6 - z * (1.0 / 30 - z * (1.0 / 42 - z * (1.0 / 30 - z * tail))))
  }

  /// ψ⁽ᵏ⁾ / k! at the zero of ψ from k = 1, by mpmath 1.4.1 with 60 digits.
  private static let seriesAroundZero: [Double] = [
    0x1.ef72bc8ee38acp-1, -0x1.c563b54aa1a35p-2, 0x1.08b4294d50381p-2, -0x1.4fc1317257da8p-3,
    0x1.b9a5b6370f3abp-4, -0x1.27baba261cc2cp-4, 0x1.8fce02b239ca7p-5, -0x1.0fa7ec36a7d8fp-5,
    0x1.723d6807edcc0p-6, -0x1.f970508e1b6a2p-7, 0x1.5955caaa962f3p-7, -0x1.d828079282eb8p-8,
  ]

  /// 1 − γ, and (−1)ᵏ (ζ(k) − 1) / k from k = 2, by mpmath 1.3.0 with 200 bits.
  private static let seriesAroundTwo: [Double] = [
    0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa6p-2, -0x1.13e001a557607p-4, 0x1.51322ac7d8483p-6,
    -0x1.e404fc218f5f2p-8, 0x1.7add6eadb6c30p-9, -0x1.38ac5c2bf8e08p-10, 0x1.0b36af86396e9p-11,
    -0x1.d3fd4c76d2fc8p-13, 0x1.a127b0f17d65ap-14, -0x1.78de5bd7c81efp-15, 0x1.580dcee66eb02p-16,
    -0x1.3cbc963ce2243p-17, 0x1.2597a39f34aacp-18, -0x1.11b2eb7679541p-19, 0x1.0064cdeb22f0fp-20,
    -0x1.e2600d93cfd2fp-22, 0x1.c76bbb3f07a4dp-23, -0x1.af5a6cbbf8a97p-24, 0x1.99b93c2070b0fp-25,
    -0x1.862c734df3eacp-26, 0x1.7469daccfadcdp-27, -0x1.6434a8447aeadp-28, 0x1.555a877ffd2c3p-29,
    -0x1.47b1679258d0ep-30, 0x1.3b15d2b2fc10cp-31, -0x1.2f69a9fabe3e0p-32, 0x1.24932a337434cp-33,
    -0x1.1a7c26ec2523cp-34,
  ]
}

/// log Γ(x + n) − log Γ(x) for a whole n, with its first two derivatives by x.
package struct LogRisingFactorial: Sendable, Hashable {
  /// The logarithm of x (x + 1) … (x + n − 1).
  package private(set) var value = 0.0
  /// Its derivative.
  package private(set) var first = 0.0
  /// Its second derivative.
  package private(set) var second = 0.0

  /// Returns the values at `x` > 0 for each of `counts`, which must rise and not be negative.
  ///
  /// Small steps are sums of logarithms, in which nothing cancels; large ones differences.
  ///
  /// - Complexity: O(*c*), where *c* is the number of counts.
  package static func values(at x: Double, counts: [Int]) -> [LogRisingFactorial] {
    var current = LogRisingFactorial()
    var reached = 0
    return counts.map { count in
      precondition(count >= reached, "The counts of rising factorials must rise.")
      if count - reached <= 32 {
        var product = 1.0
        while reached < count {
          let factor = x + Double(reached)
          let inverse = 1 / factor
          // A product of few factors spares logarithms, as long as it cannot overflow.
          if factor < 1e8, factor > 1e-8, abs(product) < 1e100, abs(product) > 1e-100 {
            product *= factor
          } else {
            current.value += PortableMath.log(factor)
          }
          current.first += inverse
          current.second -= inverse * inverse
          reached += 1
        }
        if product != 1 { current.value += PortableMath.log(product) }
      } else {
        let from = x + Double(reached)
        let step = Double(count - reached)
        current.value += GammaFunctions.logGammaDifference(from, plus: step)
        current.first += GammaFunctions.digammaDifference(from, plus: step)
        current.second += GammaFunctions.trigammaDifference(from, plus: step)
        reached = count
      }
      return current
    }
  }
}
