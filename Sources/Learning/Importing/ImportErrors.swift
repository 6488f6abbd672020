/// Whether a model tells classes apart.
enum ImportedKind { case classes, number }

extension LearningError {
  static func unsupported(_ tool: TreeTool, _ what: String) -> LearningError {
    LearningError(.unsupported, "The model of \(tool.rawValue) cannot be read: \(what)")
  }

  static func damaged(_ tool: TreeTool, _ what: String) -> LearningError {
    LearningError(
      .unreadable, "The model of \(tool.rawValue) is damaged: \(what). Save it again with its tool."
    )
  }
}

extension FeatureSchema {
  /// Numeric columns of these names.
  static func numbers(_ names: [String], _ tool: TreeTool) throws(LearningError) -> FeatureSchema {
    guard Set(names).count == names.count else {
      throw .unsupported(tool, "two of its columns have the same name. Train it with other names.")
    }
    return FeatureSchema(columns: names.map { Column(name: $0, kind: .numeric) })
  }
}

extension ImportedTreeModel {
  /// The names of so many classes, none where a number is predicted.
  static func classes(_ count: Int, _ names: [String]?) throws(LearningError) -> [String] {
    let names = names ?? (0..<count).map { "\($0)" }
    guard names.count == count, Set(names).count == count else {
      throw LearningError(
        .parameterOutOfRange,
        "The model has \(count) classes, and \(names.count) names were given. Give each class a name "
          + "of its own.")
    }
    return names
  }
}

extension Substring {
  /// Without blanks and tabs around it.
  var trimmingBlanks: Substring {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
    var text = drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
