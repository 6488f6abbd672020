public import GA4Model

/// One funnel under several windows, in one pass over the events.
///
/// ```swift
/// let query = FunnelWindowsQuery(
///   FunnelQuery(steps), windows: [.fromFirstStep(.seconds(3_600)), .fromFirstStep(.seconds(86_400)), .none])
/// print(query.evaluate(log))                // a column for each window
/// ```
///
/// Every report is that of the funnel with the window alone.
public struct FunnelWindowsQuery: EventQuery {
  /// The most windows of a query.
  public static let mostWindows = 32

  /// The funnel; its own window has no meaning here.
  public let funnel: FunnelQuery
  /// The windows.
  public let windows: [FunnelWindow]

  /// Makes a query for `funnel` under 1 to ``mostWindows`` windows, each positive.
  public init(_ funnel: FunnelQuery, windows: [FunnelWindow]) {
    self.funnel = funnel
    self.windows = windows
    if let problem { preconditionFailure(problem) }
  }

  /// The funnel under each window.
  public var queries: [FunnelQuery] {
    windows.map { window in
      var query = funnel
      query.window = window
      return query
    }
  }

  public func makeState() -> FunnelWindowsState { FunnelWindowsState(self) }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if windows.isEmpty { return "A comparison of windows needs at least one" }
    if windows.count > Self.mostWindows {
      return "A comparison can have at most \(Self.mostWindows) windows"
    }
    for window in windows {
      if let problem = funnel.problem(with: window) { return problem }
    }
    return nil
  }

  /// The query in words.
  public var description: String { funnel.description(under: windows) }

  private enum CodingKeys: CodingKey {
    case funnel, windows
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    funnel = try container.decode(FunnelQuery.self, forKey: .funnel)
    windows = try container.decode([FunnelWindow].self, forKey: .windows)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
