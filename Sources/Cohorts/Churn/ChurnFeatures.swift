public import GA4Model

/// Numbers about users in named columns, a row for each user, with or without the answer to learn.
///
/// ```swift
/// table.names                               // ["active_days", "events", …]
/// table["revenue"]?[0]                      // that of table.users[0]
/// table.labels?.count { $0 }                // how many churned
/// ```
public struct ChurnFeatures: Sendable, Hashable, Codable {
  /// The users, one for each row.
  public let users: [UserKey]
  /// The names of the features.
  public let names: [String]
  /// For each feature the values of all users; never NaN.
  public let columns: [[Double]]
  /// What the labels say when they are true.
  public let labelName: String
  /// Whether it is so for each user, `nil` where that is not known yet.
  public let labels: [Bool]?

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - users: The users, one for each row.
  ///   - names: The names of the features, each of its own.
  ///   - columns: For each feature the values of all users, none of them NaN.
  ///   - labelName: What the labels say when they are true.
  ///   - labels: Whether it is so for each user, `nil` where that is not known.
  public init(
    users: [UserKey], names: [String], columns: [[Double]], labelName: String, labels: [Bool]?
  ) {
    self.users = users
    self.names = names
    self.columns = columns
    self.labelName = labelName
    self.labels = labels
    if let problem { preconditionFailure(problem) }
  }

  /// Reads a table back.
  ///
  /// - Throws: `DecodingError` with a sentence when rows and columns do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    users = try container.decode([UserKey].self, forKey: .users)
    names = try container.decode([String].self, forKey: .names)
    columns = try container.decode([[Double]].self, forKey: .columns)
    labelName = try container.decode(String.self, forKey: .labelName)
    labels = try container.decodeIfPresent([Bool].self, forKey: .labels)
    if let problem { throw DecodingError.senseless(problem, decoder) }
  }

  /// What is wrong with the table, `nil` when it makes sense.
  private var problem: String? {
    guard names.count == columns.count, Set(names).count == names.count else {
      return "A table of features needs one name of its own for each column"
    }
    guard columns.allSatisfy({ $0.count == users.count }),
      labels?.count ?? users.count == users.count
    else { return "Every column of a table of features needs a value for each user" }
    guard !columns.contains(where: { $0.contains(where: \.isNaN) }) else {
      return "A feature must not be NaN"
    }
    return nil
  }

  /// The values of the feature called `name`, `nil` when there is none.
  public subscript(name: String) -> [Double]? {
    names.firstIndex(of: name).map { columns[$0] }
  }

  /// The table without some features, such as those that leak.
  public func removing(_ names: Set<String>) -> ChurnFeatures {
    let kept = self.names.indices.filter { !names.contains(self.names[$0]) }
    return ChurnFeatures(
      users: users, names: kept.map { self.names[$0] }, columns: kept.map { columns[$0] },
      labelName: labelName, labels: labels)
  }

  /// The table as CSV: `user_id`, `user_pseudo_id`, the features, and the label as 1 or 0.
  public func csv(format: CSVFormat = CSVFormat()) -> String {
    var table = CSVTable(
      header: ["user_id", "user_pseudo_id"] + names + (labels == nil ? [] : [labelName]))
    for row in users.indices {
      var (userID, pseudoID) = (CSVCell.absent, CSVCell.absent)
      switch users[row] {
      case .userID(let id): userID = .text(id)
      case .pseudoID(let id): pseudoID = .text(id)
      }
      var cells = [userID, pseudoID] + columns.map { CSVCell.number($0[row]) }
      if let labels { cells.append(.int(labels[row] ? 1 : 0)) }
      table.append(cells)
    }
    return String(decoding: table.bytes(format), as: UTF8.self)
  }
}
