/// Why a unit did not get further.
public enum StopReason: String, Sendable, Hashable, Codable, CaseIterable {
  /// It did the last step.
  case completed
  /// No event of the next step came after the last one of the path.
  case noLaterEvent
  /// An event of the next step came, but after the window.
  case windowExpired
  /// An exclusion stood between the path and an event of the next step.
  case excluded
  /// Events of the next step came before the path only.
  case wrongOrder
  /// An event of the next step came inside the window, but not next to the step before.
  case notAdjacent
  /// The data end before the window of the latest entry does.
  case windowStillOpen
}

extension StopReason: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .completed: "completed"
    case .noLaterEvent: "no later event"
    case .windowExpired: "window expired"
    case .excluded: "excluded"
    case .wrongOrder: "wrong order"
    case .notAdjacent: "not adjacent"
    case .windowStillOpen: "window still open"
    }
  }
}
