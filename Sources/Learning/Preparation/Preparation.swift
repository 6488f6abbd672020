/// What is done to the columns of a table before a model learns from them, in this order.
///
/// ```swift
/// let preparation = Preparation([.imputing(.median), .standardizing(), .oneHot()])
/// let model = try preparation.fit(table) { try forest.fit($0, target: target) }
/// try model.probability(of: "true", for: ["sessions": 12, "channel": "Direct"])   // 0.87
/// ```
///
/// A preparation holds no data. ``fit(_:)`` learns medians, means and categories from a table and
/// returns a ``FittedPreparation``; with a closure, `fit` hands the prepared table to a learner and puts
/// both into one ``PreparedModel``, which takes tables and rows as they come, and is saved as one. In
/// cross-validation it is fitted to the rows to learn from, so that nothing of the others leaks:
///
/// ```swift
/// let areas = try await CrossValidation(splits) { split in
///   let known = target.selecting(rows: split.train)
///   let model = try preparation.fit(table.selecting(rows: split.train)) {
///     try forest.fit($0, target: known)
///   }
///   …
/// }
/// ```
public struct Preparation: Sendable, Hashable, Codable {
  /// The steps, each of which sees what those before it made.
  public var steps: [PreparationStep]

  /// Makes a preparation of steps; without any, columns stay as they are.
  public init(_ steps: [PreparationStep]) { self.steps = steps }
}

extension Preparation: ExpressibleByArrayLiteral {
  /// Makes a preparation of steps.
  public init(arrayLiteral elements: PreparationStep...) { self.init(elements) }
}

extension Preparation: CustomStringConvertible {
  /// The steps in words, one after the other.
  public var description: String {
    steps.isEmpty ? "columns as they are" : steps.map(\.description).joined(separator: "; ")
  }
}

/// A step of a ``Preparation``.
///
/// With `columns: .all` a step takes all columns that it has a meaning for at that point. A column
/// that is named must be there and of such a kind.
public enum PreparationStep: Sendable, Hashable, Codable {
  /// Puts a value where one is missing.
  ///
  /// Mean and median are those of the finite numbers, and are for numeric columns; the most frequent
  /// value, the smallest of equally frequent ones, is for all kinds. Where a column has no value to
  /// learn from, it is 0 or false; without any category, values stay missing.
  /// - With `indicator`, every column that had missing values is followed by a Boolean one, called
  ///   `name_missing`.
  /// - A category that was never seen is not missing in this sense: it stays unknown.
  case imputing(Imputation, indicator: Bool = false, columns: ColumnSelection = .all)

  /// Replaces each categorical column by one numeric column of 0 and 1 for each category that occurs,
  /// called `name_category`, in ascending order of the categories' UTF-8 bytes.
  ///
  /// A missing value is 0 in all of them.
  /// - With `dropsFirst`, the first category has no column: for linear models without a penalty.
  /// - A category in fewer than `minimumRows` rows is unknown, as one that does not occur.
  case oneHot(
    dropsFirst: Bool = false, unknown: UnknownCategories = .missing, minimumRows: Int = 1,
    columns: ColumnSelection = .all)

  /// Replaces each categorical column by a numeric one of the categories' positions from 0.
  ///
  /// The order is the one given, or that of the UTF-8 bytes of those that occur. A missing value
  /// stays missing.
  case ordinal(
    order: [String] = [], unknown: UnknownCategories = .missing, columns: ColumnSelection = .all)

  /// Subtracts the mean and divides by the standard deviation, that of a population.
  ///
  /// Both are those of the finite numbers. A constant column becomes 0 where it has its constant.
  /// Missing values and infinities stay.
  case standardizing(columns: ColumnSelection = .all)

  /// Moves the least finite number to the lower and the greatest to the upper bound.
  ///
  /// Numbers outside of those learnt from come to lie outside of the range. A constant column becomes
  /// the lower bound where it has its constant. Missing values and infinities stay.
  case rescaling(to: ClosedRange<Double> = 0...1, columns: ColumnSelection = .all)

  /// Replaces numeric columns of days or times by parts of the calendar.
  ///
  /// New columns are called `name_weekday` and so on. A time that is missing or infinite, or more
  /// than 100 million days away from 1970, gives missing values. Times are taken in the zone in which
  /// they are given: add the offset of yours first.
  case calendar(
    [CalendarPart], of: ColumnSelection, unit: TimeUnit = .days,
    encoding: CalendarEncoding = .number)

  /// Drops columns.
  ///
  /// The model does not expect columns that are dropped before any other step has taken them.
  case removing([String])
}

/// Which columns a ``PreparationStep`` takes.
public enum ColumnSelection: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
  /// All columns that the step has a meaning for.
  case all
  /// All columns that the step has a meaning for, but not those called so.
  case allBut([String])
  /// The columns called so.
  case named([String])

  /// The columns called so.
  public init(arrayLiteral elements: String...) { self = .named(elements) }
}

/// What stands for a missing value.
public enum Imputation: Sendable, Hashable, Codable {
  /// The mean of the finite numbers, correctly rounded.
  case mean
  /// The median of the finite numbers.
  case median
  /// The most frequent value, the smallest or first of equally frequent ones.
  case mostFrequent
  /// A value, for the columns of its kind; a category may be a new one.
  case constant(FeatureValue)
}

/// What becomes of a category that did not occur, or too rarely, where the preparation was fitted.
public enum UnknownCategories: Sendable, Hashable, Codable {
  /// It counts as missing: 0 in all columns of one-hot, missing as an ordinal.
  case missing
  /// It has a column of its own, `name_other`, or as an ordinal the position after the last.
  case separate
  /// It is an error.
  case refused
}

/// A part of the calendar.
public enum CalendarPart: String, Sendable, Hashable, Codable, CaseIterable {
  /// The year.
  case year
  /// The month, 1 to 12.
  case month
  /// The day of the month, from 1.
  case dayOfMonth
  /// The day of the year, from 1.
  case dayOfYear
  /// The day of the week, Monday being 1 and Sunday 7.
  case weekday
  /// The hour, 0 to 23.
  case hour
  /// Whether it is a Saturday or Sunday, as a Boolean column.
  case isWeekend
}

/// The unit in which a column counts from the beginning of 1970.
public enum TimeUnit: String, Sendable, Hashable, Codable {
  /// Days; what is behind the point is the time of the day.
  case days
  /// Seconds.
  case seconds
  /// Thousandths of a second.
  case milliseconds
  /// Millionths of a second.
  case microseconds

  /// How many of them a day has.
  var perDay: Double {
    switch self {
    case .days: 1
    case .seconds: 86_400
    case .milliseconds: 86_400_000
    case .microseconds: 86_400_000_000
    }
  }
}

/// How parts of the calendar become columns.
public enum CalendarEncoding: String, Sendable, Hashable, Codable {
  /// Numbers.
  case number
  /// Months and weekdays as categories, such as `Monday`; the rest as numbers.
  case name
  /// Two columns, `name_weekday_sin` and `name_weekday_cos`: the place on a circle, on which Sunday
  /// and Monday are neighbours. The year and the weekend stay as they are.
  case circle
}

extension PreparationStep: CustomStringConvertible {
  /// The step in words.
  public var description: String {
    switch self {
    case .imputing(let imputation, let indicator, let columns):
      "missing values\(columns.words) replaced by \(imputation)"
        + (indicator ? ", with an indicator" : "")
    case .oneHot(let dropsFirst, let unknown, let minimumRows, let columns):
      "categories\(columns.words) as columns of 0 and 1" + (dropsFirst ? " but the first" : "")
        + (minimumRows > 1 ? ", unknown below \(minimumRows) rows" : "")
        + ", unknown ones \(unknown)"
    case .ordinal(let order, let unknown, let columns):
      "categories\(columns.words) as positions"
        + (order.isEmpty ? "" : " in the order \(order.joined(separator: ", "))")
        + ", unknown ones \(unknown)"
    case .standardizing(let columns): "numbers\(columns.words) standardised"
    case .rescaling(let range, let columns):
      "numbers\(columns.words) rescaled to \(range.lowerBound)...\(range.upperBound)"
    case .calendar(let parts, let columns, let unit, let encoding):
      "\(parts.map(\.rawValue).joined(separator: ", "))\(columns.words), counted in \(unit.rawValue)"
        + ", each as a \(encoding.rawValue)"
    case .removing(let names): "without \(names.joined(separator: ", "))"
    }
  }
}

extension ColumnSelection {
  var words: String {
    switch self {
    case .all: ""
    case .allBut(let names): " of all columns but \(names.joined(separator: ", "))"
    case .named(let names): " of \(names.joined(separator: ", "))"
    }
  }
}

extension Imputation: CustomStringConvertible {
  /// What stands for a missing value, in words.
  public var description: String {
    switch self {
    case .mean: "the mean"
    case .median: "the median"
    case .mostFrequent: "the most frequent value"
    case .constant(.number(let number)): "\(number)"
    case .constant(.category(let name)): name
    case .constant(.flag(let flag)): "\(flag)"
    case .constant(.missing): "nothing"
    }
  }
}

extension UnknownCategories: CustomStringConvertible {
  /// The rule in words.
  public var description: String {
    switch self {
    case .missing: "missing"
    case .separate: "apart"
    case .refused: "refused"
    }
  }
}
