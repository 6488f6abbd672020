import StatisticsCore

/// An intercept and coefficients for the columns that a model expects.
struct LinearPredictor: Sendable, Hashable {
  let schema: FeatureSchema
  let intercept: Double
  let coefficients: [Double]

  func coefficient(_ name: String) -> Double? {
    schema.columns.firstIndex { $0.name == name }.map { coefficients[$0] }
  }

  /// For each row the intercept plus coefficients times numbers.
  func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    let columns = try schema.columns(of: table)
    try LinearInput.check(columns)
    var result = [Double](repeating: intercept, count: table.rowCount)
    for (column, coefficient) in zip(columns, coefficients) {
      for row in result.indices { result[row] += coefficient * column.codes[row] }
    }
    return result
  }

  func value(for row: FeatureRow) throws(LearningError) -> Double {
    try value(codes: try schema.codes(of: row))
  }

  func value(codes: [Double]) throws(LearningError) -> Double {
    precondition(codes.count == coefficients.count, "A row needs a number for each column.")
    var sum = intercept
    for (coefficient, code) in zip(coefficients, codes) { sum += coefficient * code }
    if !sum.isFinite { try LinearInput.check(codes: codes, of: schema) }
    return sum
  }

  func encode(into writer: inout BinaryWriter) {
    schema.encode(into: &writer)
    writer.double(intercept)
    writer.doubles(coefficients)
  }

  init(schema: FeatureSchema, intercept: Double, coefficients: [Double]) {
    self.schema = schema
    self.intercept = intercept
    self.coefficients = coefficients
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    schema = try FeatureSchema(from: &reader)
    let offset = reader.offset
    intercept = try reader.double()
    coefficients = try reader.doubles()
    guard coefficients.count == schema.columns.count, intercept.isFinite,
      coefficients.allSatisfy(\.isFinite),
      schema.columns.allSatisfy({ if case .categorical = $0.kind { false } else { true } })
    else { throw .valueOutOfRange(name: "list of coefficients", offset: offset) }
  }
}

/// What the covariance of coefficients says about each.
struct CoefficientCovariance: Sendable, Hashable {
  /// The columns that have a coefficient.
  let kept: [Int]
  /// The covariances of their coefficients, and of the intercept last where there is one.
  let values: [[Double]]

  func estimates(
    _ predictor: LinearPredictor, hasIntercept: Bool, degreesOfFreedom: Double?
  ) -> [CoefficientEstimate] {
    func error(_ place: Int) -> Double { values[place][place].squareRoot() }
    var result: [CoefficientEstimate] = []
    if hasIntercept {
      result.append(
        CoefficientEstimate(
          name: CoefficientEstimate.interceptName, value: predictor.intercept,
          standardError: error(kept.count), degreesOfFreedom: degreesOfFreedom))
    }
    for (place, column) in kept.enumerated() {
      result.append(
        CoefficientEstimate(
          name: predictor.schema.names[column], value: predictor.coefficients[column],
          standardError: error(place), degreesOfFreedom: degreesOfFreedom))
    }
    return result
  }

  func encode(into writer: inout BinaryWriter) {
    writer.array(kept) { $0.count($1) }
    writer.array(values) { $0.doubles($1) }
  }

  init(kept: [Int], values: [[Double]]) {
    self.kept = kept
    self.values = values
  }

  init(
    from reader: inout BinaryReader, columns: Int, hasIntercept: Bool
  ) throws(BinaryDecodingError) {
    let offset = reader.offset
    kept = try Self.columns(&reader, count: columns)
    values = try reader.array("number of covariances") {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in try reader.doubles()
    }
    let count = kept.count + (hasIntercept ? 1 : 0)
    let isSquare = values.count == count && values.allSatisfy { $0.count == count }
    guard isSquare,
      values.joined().allSatisfy(\.isFinite), values.indices.allSatisfy({ values[$0][$0] >= 0 })
    else { throw .valueOutOfRange(name: "list of covariances", offset: offset) }
  }

  /// Reads positions of columns, ascending.
  static func columns(
    _ reader: inout BinaryReader, count: Int
  ) throws(BinaryDecodingError) -> [Int] {
    let offset = reader.offset
    let columns = try reader.array("number of columns") {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in
      try reader.integer("column", in: 0...max(0, count - 1))
    }
    guard columns.isEmpty || count > 0, zip(columns, columns.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .valueOutOfRange(name: "list of columns", offset: offset) }
    return columns
  }
}
