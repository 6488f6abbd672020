import StatisticsCore

/// How likely a model makes what was seen, beside a model without columns.
public struct ModelLikelihood: Sendable, Hashable, Codable {
  /// The natural logarithm of the likelihood.
  public let log: Double
  /// That of the model that has nothing but an intercept (or, without one, nothing at all).
  public let null: Double
  /// The number of coefficients that were estimated, the intercept with them.
  public let parameters: Int
  /// The number of rows, each counted as often as its weight says.
  public let rows: Double

  init(log: Double, null: Double, parameters: Int, weight: Double) {
    self.log = log
    self.null = null
    self.parameters = parameters
    rows = weight
  }

  /// McFadden's R²: 1 − log ÷ null, from 0 for columns that tell nothing; 0 where null is 0.
  public var mcFaddenR2: Double { null == 0 ? 0 : 1 - log / null }

  /// Akaike's information criterion, 2 × parameters − 2 × log: smaller is better.
  public var aic: Double { 2 * Double(parameters) - 2 * log }

  /// The Bayesian information criterion, ln rows × parameters − 2 × log: smaller is better.
  public var bic: Double { PortableMath.log(rows) * Double(parameters) - 2 * log }

  func encode(into writer: inout BinaryWriter) {
    writer.double(log)
    writer.double(null)
    writer.count(parameters)
    writer.double(rows)
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    log = try reader.double()
    null = try reader.double()
    parameters = try reader.integer("number of parameters", in: 0...Int(Int32.max))
    rows = try reader.double()
  }
}

extension ModelLikelihood: CustomStringConvertible {
  /// The figures in a line.
  public var description: String {
    "log-likelihood \(LinearText.short(log)) (\(LinearText.short(null)) without columns), McFadden's R² "
      + "\(LinearText.short(mcFaddenR2)), AIC \(LinearText.short(aic)), BIC \(LinearText.short(bic))"
  }
}
