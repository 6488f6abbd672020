/// Which side of the anchor a path is on.
public enum PathDirection: String, Sendable, Hashable, Codable, CaseIterable {
  /// What comes after it.
  case following
  /// What came before it, read backwards from it.
  case preceding
}

/// At which of the events that meet the condition paths begin.
public enum PathAnchors: String, Sendable, Hashable, Codable, CaseIterable {
  /// At the first of each unit.
  case first
  /// At the last of each unit.
  case last
  /// At every one, so that paths of one unit may overlap.
  case all
}

/// What becomes of an event without a value of the dimension.
public enum PathMissing: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is a node of its own, which is not that of the empty text.
  case node
  /// It is passed over, as if it were not there, and counted in
  /// ``PathReport/eventsWithoutValue``.
  case skipped
}

/// How long a path may go on; all windows include their end and are elapsed time, not calendar days.
public enum PathWindow: Sendable, Hashable, Codable {
  /// As long as there are events.
  case none
  /// So long from the anchor on, in the direction of the path.
  case fromAnchor(Duration)
  /// So long from each event of the path to the next, the anchor and collapsed repeats included; a
  /// longer silence ends the path.
  case fromPrevious(Duration)
}

extension PathWindow: CustomStringConvertible {
  /// The window in words.
  public var description: String {
    switch self {
    case .none: "without window"
    case .fromAnchor(let duration): "within \(duration.words) of the anchor"
    case .fromPrevious(let duration): "each event within \(duration.words) of the one before"
    }
  }

  var duration: Duration? {
    switch self {
    case .none: nil
    case .fromAnchor(let duration), .fromPrevious(let duration): duration
    }
  }
}
