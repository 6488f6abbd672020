import StatisticsCore

extension Preparation {
  /// Learns medians, means, categories and whatever else the steps need from a table.
  ///
  /// - Parameter table: The rows to learn from, at least one.
  /// - Throws: ``LearningError`` when the table is empty, a step names a column that is not there or
  ///   of a kind that it has no meaning for, two columns come to have the same name, or no column is
  ///   left.
  /// - Complexity: O(*s* *n* *p* log *n*), where *s* is the number of steps, *n* of rows and *p* of
  ///   columns.
  public func fit(_ table: FeatureTable) throws(LearningError) -> FittedPreparation {
    if table.columns.isEmpty { throw .noColumns }
    if table.rowCount == 0 { throw .empty }
    var fitting = PreparationFitting(table)
    for step in steps { try fitting.take(step) }
    return try fitting.fitted(self)
  }
}

/// The columns at a point between the steps.
private struct PreparationFitting {
  struct Column {
    var name: String
    var kind: FeatureKind
    /// Its number among all that have been.
    var number: Int
  }

  private let table: FeatureTable
  private var columns: [Column]
  /// The values of all columns that have been.
  private var values: [[Double]]
  private var operations: [PreparationOperation] = []
  /// The columns of the table that are dropped unseen.
  private var unseen: Set<Int> = []

  init(_ table: FeatureTable) {
    self.table = table
    columns = table.columns.enumerated().map {
      Column(name: $1.name, kind: $1.kind, number: $0)
    }
    values = table.columns.map(\.codes)
  }

  /// The result, in which columns dropped unseen have no number.
  func fitted(_ preparation: Preparation) throws(LearningError) -> FittedPreparation {
    if columns.isEmpty {
      throw LearningError(
        .noColumns, "The preparation leaves no column to learn from. Drop fewer columns.")
    }
    var numbers: [Int] = []
    for number in values.indices {
      numbers.append((numbers.last ?? -1) + (unseen.contains(number) ? 0 : 1))
    }
    // An operation that makes no column has the number of the next.
    numbers.append((numbers.last ?? -1) + 1)
    return FittedPreparation(
      preparation: preparation,
      schema: FeatureSchema(
        columns: table.columns.indices.filter { !unseen.contains($0) }.map {
          FeatureSchema.Column(name: table.columns[$0].name, kind: table.columns[$0].kind)
        }),
      preparedSchema: FeatureSchema(
        columns: columns.map { FeatureSchema.Column(name: $0.name, kind: $0.kind) }),
      operations: operations.map {
        PreparationOperation(
          action: $0.action, source: numbers[$0.source], name: $0.name,
          target: numbers[$0.target])
      }, outputs: columns.map { numbers[$0.number] })
  }

  mutating func take(_ step: PreparationStep) throws(LearningError) {
    switch step {
    case .imputing(let imputation, let indicator, let selection):
      try impute(imputation, indicator, try positions(selection, step, imputation.takes))
    case .oneHot(let dropsFirst, let unknown, let minimumRows, let selection):
      try check(minimumRows >= 1, "A category needs a minimum of at least one row.")
      for position in try positions(selection, step, \.isCategorical).reversed() {
        try oneHot(position, dropsFirst, unknown, minimumRows)
      }
    case .ordinal(let order, let unknown, let selection):
      try check(Set(order).count == order.count, "An order must name each category once.")
      for position in try positions(selection, step, \.isCategorical) {
        try ordinal(position, order, unknown)
      }
    case .standardizing(let selection):
      for position in try positions(selection, step, \.isNumeric, named: \.isNumber) {
        let (center, scale) = Self.centerAndScale(values[columns[position].number])
        try replace(position, .standardize(center: center, scale: scale), .numeric)
      }
    case .rescaling(let range, let selection):
      try check(
        range.lowerBound.isFinite && range.upperBound.isFinite
          && range.lowerBound < range.upperBound,
        "The bounds of a range must be finite, and not equal.")
      for position in try positions(selection, step, \.isNumeric, named: \.isNumber) {
        let finite = values[columns[position].number].filter(\.isFinite)
        try replace(
          position,
          .rescale(
            least: finite.min() ?? 0, greatest: finite.max() ?? 0, lower: range.lowerBound,
            upper: range.upperBound), .numeric)
      }
    case .calendar(let parts, let selection, let unit, let encoding):
      try check(!parts.isEmpty, "A calendar needs at least one part.")
      for position in try positions(selection, step, \.isNumeric).reversed() {
        try calendar(position, parts, unit, encoding)
      }
    case .removing(let names):
      for position in try positions(.named(names), step, { _ in true }).sorted(by: >) {
        let number = columns.remove(at: position).number
        let isSeen = operations.contains { $0.source == number }
        if number < table.columns.count, !isSeen { unseen.insert(number) }
      }
    }
    var names: Set<String> = []
    for column in columns where !names.insert(column.name).inserted {
      throw LearningError(
        .duplicateColumn,
        "After the step “\(step)” two columns are called \(column.name). Rename or drop one before."
      )
    }
  }

  private func check(_ isTrue: Bool, _ sentence: String) throws(LearningError) {
    if !isTrue { throw LearningError(.parameterOutOfRange, sentence + " Change the preparation.") }
  }

  /// The positions of the columns that a step takes, ascending.
  private func positions(
    _ selection: ColumnSelection, _ step: PreparationStep, _ takes: (FeatureKind) -> Bool,
    named takesNamed: (FeatureKind) -> Bool = { _ in false }
  ) throws(LearningError) -> [Int] {
    func find(_ name: String) throws(LearningError) -> Int {
      if let position = columns.firstIndex(where: { $0.name == name }) { return position }
      throw LearningError(
        .missingColumn,
        "The step “\(step)” needs a column \(name), and at this point the columns are "
          + "\(columns.map(\.name).joined(separator: ", ")). Correct the name, or the order of steps."
      )
    }
    switch selection {
    case .all: return columns.indices.filter { takes(columns[$0].kind) }
    case .allBut(let names):
      var left: Set<Int> = []
      for name in names { left.insert(try find(name)) }
      return columns.indices.filter { takes(columns[$0].kind) && !left.contains($0) }
    case .named(let names):
      var result: Set<Int> = []
      for name in names {
        let position = try find(name)
        guard takes(columns[position].kind) || takesNamed(columns[position].kind) else {
          throw LearningError(
            .wrongKind,
            "The column \(name) is \(columns[position].kind.word), and the step “\(step)” has no "
              + "meaning for such columns. Name others.")
        }
        result.insert(position)
      }
      return result.sorted()
    }
  }

  /// Adds an operation on a column; returns the number of the first column that it makes.
  private mutating func add(
    _ column: Column, _ action: PreparationOperation.Action
  ) throws(LearningError) -> Int {
    let operation = PreparationOperation(
      action: action, source: column.number, name: column.name, target: values.count)
    operations.append(operation)
    values += try operation.columns(values[column.number])
    return operation.target
  }

  private mutating func replace(
    _ position: Int, _ action: PreparationOperation.Action, _ kind: FeatureKind
  ) throws(LearningError) {
    columns[position].number = try add(columns[position], action)
    columns[position].kind = kind
  }

  // MARK: Steps

  private mutating func impute(
    _ imputation: Imputation, _ indicator: Bool, _ positions: [Int]
  ) throws(LearningError) {
    for position in positions.reversed() {
      let column = columns[position]
      let codes = values[column.number]
      var kind = column.kind
      var fill: Double?
      switch imputation {
      case .mean: fill = Moments(codes.filter(\.isFinite)).mean ?? 0
      case .median:
        let finite = codes.filter(\.isFinite)
        let sorted = SortedOrder.places(finite).map { finite[Int($0)] }
        fill = Quantiles.median(ofSorted: sorted) ?? 0
      case .mostFrequent:
        fill = Self.mostFrequent(codes) ?? (kind.isCategorical ? nil : 0)
      case .constant(.number(let number)):
        try check(!number.isNaN, "A number that stands for a missing one must not be NaN.")
        fill = number
      case .constant(.flag(let flag)): fill = flag ? 1 : 0
      case .constant(.category(let name)):
        guard case .categorical(let old) = kind else { continue }
        let new = FeatureColumn.sortedCategories(old + [name])
        let places = Dictionary(uniqueKeysWithValues: new.enumerated().map { ($1, Double($0)) })
        if new.count > old.count {
          kind = .categorical(new)
          try replace(position, .recode(old.map { places[$0]! }, width: new.count), kind)
        }
        fill = places[name]
      case .constant(.missing):
        try check(false, "A missing value cannot stand for a missing value.")
      }
      if let fill { try replace(position, .fill(fill), kind) }
      if indicator, codes.contains(where: \.isNaN) {
        let number = try add(column, .isMissing)
        columns.insert(
          Column(name: column.name + "_missing", kind: .boolean, number: number), at: position + 1)
      }
    }
  }

  /// The most frequent known value, the least of equally frequent ones.
  private static func mostFrequent(_ codes: [Double]) -> Double? {
    let finite = codes.filter(\.isFinite)
    var best: (value: Double, count: Int)?
    var (value, count) = (Double.nan, 0)
    for place in SortedOrder.places(finite) {
      let next = finite[Int(place)]
      count = next == value ? count + 1 : 1
      // −0 is 0.
      value = next + 0
      if count > best?.count ?? 0 { best = (value, count) }
    }
    return best?.value
  }

  private func counts(_ column: Column) -> (names: [String], counts: [Int]) {
    guard case .categorical(let names) = column.kind else { return ([], []) }
    var counts = names.map { _ in 0 }
    for code in values[column.number] where code.isFinite { counts[Int(code)] += 1 }
    return (names, counts)
  }

  private mutating func oneHot(
    _ position: Int, _ dropsFirst: Bool, _ unknown: UnknownCategories, _ minimumRows: Int
  ) throws(LearningError) {
    let column = columns[position]
    let (names, counts) = counts(column)
    var made: [String] = []
    var isFirst = dropsFirst
    let places = names.indices.map { category -> Int32 in
      if counts[category] < minimumRows { return PreparationOperation.unknown }
      if isFirst {
        isFirst = false
        return PreparationOperation.nowhere
      }
      made.append("\(column.name)_\(names[category])")
      return Int32(made.count - 1)
    }
    let number = try add(column, .oneHot(places, width: made.count, unknown))
    if unknown == .separate { made.append("\(column.name)_other") }
    columns.replaceSubrange(
      position...position,
      with: made.enumerated().map {
        Column(name: $1, kind: .numeric, number: number + $0)
      })
  }

  private mutating func ordinal(
    _ position: Int, _ order: [String], _ unknown: UnknownCategories
  ) throws(LearningError) {
    let (names, counts) = counts(columns[position])
    let order = order.isEmpty ? names.indices.filter { counts[$0] > 0 }.map { names[$0] } : order
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, Double($0)) })
    try replace(
      position, .ordinal(names.map { places[$0] ?? -1 }, count: order.count, unknown), .numeric)
  }

  private mutating func calendar(
    _ position: Int, _ parts: [CalendarPart], _ unit: TimeUnit, _ encoding: CalendarEncoding
  ) throws(LearningError) {
    let column = columns[position]
    var made: [Column] = []
    for part in parts {
      let number = try add(column, .calendar(part, unit, encoding))
      let name = "\(column.name)_\(part.rawValue)"
      if encoding == .circle, part.isCyclic {
        made.append(Column(name: name + "_sin", kind: .numeric, number: number))
        made.append(Column(name: name + "_cos", kind: .numeric, number: number + 1))
      } else {
        made.append(Column(name: name, kind: part.kind(encoding), number: number))
      }
    }
    columns.replaceSubrange(position...position, with: made)
  }

  /// Mean and standard deviation of the finite numbers; 1 stands for a deviation of 0.
  private static func centerAndScale(_ codes: [Double]) -> (center: Double, scale: Double) {
    let finite = codes.filter(\.isFinite)
    guard let largest = finite.lazy.map(abs).max(), largest > 0 else { return (0, 1) }
    // Squares of very large and very small numbers leave the range of doubles.
    let exponent = abs(largest.exponent) > 400 ? max(-1_000, largest.exponent) : 0
    let factor = Double(sign: .plus, exponent: -exponent, significand: 1)
    let moments = Moments(exponent == 0 ? finite : finite.map { $0 * factor })
    let scale = moments.populationVariance!.squareRoot() / factor
    return (moments.mean! / factor, scale > 0 && scale.isFinite ? scale : 1)
  }
}

extension FeatureKind {
  fileprivate var isNumeric: Bool { self == .numeric }
  fileprivate var isNumber: Bool { !isCategorical }
}

extension Imputation {
  fileprivate func takes(_ kind: FeatureKind) -> Bool {
    switch (self, kind) {
    case (.mean, .numeric), (.median, .numeric), (.mostFrequent, _), (.constant(.missing), _),
      (.constant(.number), .numeric), (.constant(.flag), .boolean),
      (.constant(.category), .categorical):
      true
    default: false
    }
  }
}
