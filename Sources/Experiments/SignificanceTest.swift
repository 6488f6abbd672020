/// A test of a null hypothesis, whose initialiser takes the data and whose properties are the answer.
///
/// The answer keeps the question: which method, which alternative, which null value. The
/// probability stands beside its natural logarithm, which still tells 1e-400 from 1e-4000 where the
/// probability itself is zero.
public protocol SignificanceTest: Sendable, Hashable, CustomStringConvertible {
  /// The method in words, such as `Welch's t-test`.
  var method: String { get }
  /// The statistic that the probability is computed from.
  var statistic: Double { get }
  /// Which deviations count.
  var alternative: Alternative { get }
  /// The probability of data at least as extreme if the null hypothesis holds, from 0 to 1.
  var pValue: Double { get }
  /// The natural logarithm of ``pValue``, finite even where that rounds to zero.
  var logP: Double { get }
}
