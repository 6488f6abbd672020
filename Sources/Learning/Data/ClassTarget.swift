/// The class of each row, which a classifier learns.
///
/// ```swift
/// ClassTarget([true, false, true]).classes          // ["false", "true"]
/// ClassTarget(["vip", "new", "vip"]).classes        // ["new", "vip"]
/// ```
public struct ClassTarget: Sendable, Hashable, Codable {
  /// The names of the classes: `false` before `true`, whole numbers by size, texts by UTF-8 bytes.
  public let classes: [String]
  /// For each row the position of its class.
  public let codes: [Int]

  /// Makes a target of positions among the classes.
  ///
  /// - Parameters:
  ///   - classes: The names of the classes, each once. One may occur in no row.
  ///   - codes: For each row the position of its class.
  public init(classes: [String], codes: [Int]) {
    precondition(Set(classes).count == classes.count, "Each class needs a name of its own.")
    precondition(
      codes.allSatisfy { classes.indices.contains($0) },
      "The class of a row must be the position of one of the classes.")
    self.classes = classes
    self.codes = codes
  }

  /// Makes a target of yes and no; the second class is yes, even where one does not occur.
  public init(_ labels: [Bool]) {
    self.init(classes: ["false", "true"], codes: labels.map { $0 ? 1 : 0 })
  }

  /// Makes a target of whole numbers, whose classes are those that occur in ascending order.
  public init(_ labels: [Int]) {
    let values = Set(labels).sorted()
    let positions = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    self.init(classes: values.map { "\($0)" }, codes: labels.map { positions[$0]! })
  }

  /// Makes a target of names, whose classes are those that occur.
  public init(_ labels: [String]) {
    let values = FeatureColumn.sortedCategories(labels)
    let positions = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    self.init(classes: values, codes: labels.map { positions[$0]! })
  }

  /// The number of rows.
  public var count: Int { codes.count }

  /// For each class the number of its rows.
  public var counts: [Int] {
    var counts = classes.map { _ in 0 }
    for code in codes { counts[code] += 1 }
    return counts
  }

  /// For each row the name of its class.
  public var labels: [String] { codes.map { classes[$0] } }

  /// For each row whether it is of the class at a position.
  public func isClass(_ position: Int) -> [Bool] { codes.map { $0 == position } }

  /// The target with the rows at the positions; the classes stay as they are.
  public func selecting(rows: [Int]) -> ClassTarget {
    ClassTarget(classes: classes, codes: rows.map { codes[$0] })
  }
}

extension ClassTarget: CustomStringConvertible {
  /// The classes and how many rows each has.
  public var description: String {
    zip(classes, counts).map { "\($0): \($1)" }.joined(separator: ", ")
  }
}
