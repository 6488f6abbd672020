/// Names clusters by where their centres lie: rules that people can read and replace.
///
/// ```swift
/// let names = SegmentNames.recencyFrequencyMonetary(
///   recency: "days_since_last", frequency: "orders", monetary: "revenue")
/// names.names(of: model)             // ["High-Value Loyal", "Lapsed", "New", "Occasional"]
/// ```
///
/// A centre is high in a column when it lies more than ``threshold`` standard deviations above the mean
/// of the rows the model was fitted to, low when as far below, and otherwise middle. The first rule
/// whose levels all hold gives the name. Without one the name tells the columns that stand out most. A
/// second cluster of the same name gets a number.
public struct SegmentNames: Sendable, Hashable, Codable {
  /// Where a centre lies in a column.
  public enum Level: Int, Sendable, Hashable, Codable {
    /// Below the mean.
    case low = -1
    /// Near the mean.
    case middle = 0
    /// Above the mean.
    case high = 1
  }

  /// A name, and where a centre must lie to get it.
  public struct Rule: Sendable, Hashable, Codable {
    /// The name.
    public var name: String
    /// By column the levels of which one must hold; other columns do not matter.
    public var levels: [String: Set<Level>]

    /// Makes a rule.
    public init(_ name: String, _ levels: [String: Set<Level>]) {
      self.name = name
      self.levels = levels
    }
  }

  /// The rules, of which the first that holds counts.
  public var rules: [Rule]
  /// From how many standard deviations on a centre is high or low.
  public var threshold: Double
  /// How many columns a name without a rule tells.
  public var columnsInName: Int

  /// Makes a list of rules; without any all names tell the columns that stand out.
  public init(_ rules: [Rule] = [], threshold: Double = 0.5, columnsInName: Int = 2) {
    precondition(threshold >= 0, "The threshold must not be negative.")
    self.rules = rules
    self.threshold = threshold
    self.columnsInName = columnsInName
  }

  /// Names for customers by when they last bought, how often and for how much.
  ///
  /// - Parameters:
  ///   - recency: The column with the time since the last purchase: low is good.
  ///   - frequency: The column with the number of purchases.
  ///   - monetary: The column with the revenue.
  public static func recencyFrequencyMonetary(
    recency: String, frequency: String, monetary: String
  ) -> SegmentNames {
    let fresh: Set<Level> = [.low, .middle]
    return SegmentNames([
      Rule("High-Value Loyal", [recency: fresh, frequency: [.high], monetary: [.high]]),
      Rule("High-Value Lapsed", [recency: [.high], monetary: [.high]]),
      Rule("Big Spenders", [recency: fresh, monetary: [.high]]),
      Rule("Loyal", [recency: fresh, frequency: [.high]]),
      Rule("Lapsed", [recency: [.high]]),
      Rule("New", [recency: [.low], frequency: [.low]]),
      Rule("Recent", [recency: [.low]]),
      Rule("Occasional", [frequency: [.low]]),
    ])
  }

  /// Returns for each cluster its name.
  public func names(of model: KMeansModel) -> [String] {
    var used: [String: Int] = [:]
    return model.centers.map { center in
      let name = name(center, model)
      used[name, default: 0] += 1
      let number = used[name]!
      return number == 1 ? name : "\(name) \(number)"
    }
  }

  private func name(_ center: [Double], _ model: KMeansModel) -> String {
    let columns = model.schema.names
    let deviations = columns.indices.map { column in
      model.deviations[column] > 0
        ? (center[column] - model.means[column]) / model.deviations[column] : 0
    }
    func level(_ deviation: Double) -> Level {
      deviation > threshold ? .high : deviation < -threshold ? .low : .middle
    }
    let rule = rules.first { rule in
      rule.levels.allSatisfy { name, levels in
        columns.firstIndex(of: name).map { levels.contains(level(deviations[$0])) } ?? false
      }
    }
    if let rule { return rule.name }
    let order = columns.indices.sorted {
      let (a, b) = (abs(deviations[$0]), abs(deviations[$1]))
      return a != b ? a > b : $0 < $1
    }
    let parts = order.prefix(columnsInName).compactMap { column -> String? in
      switch level(deviations[column]) {
      case .high: "high \(columns[column])"
      case .low: "low \(columns[column])"
      case .middle: nil
      }
    }
    return parts.isEmpty ? "average" : parts.joined(separator: ", ")
  }
}
