/// Where each session of a log came from.
///
/// ```swift
/// let attribution = SessionAttribution(log)
/// attribution.source(ofSession: 0)          // ChannelInput(source: "google", medium: "organic")
/// ```
///
/// The first of these that a session's events carry decides: `session_traffic_source_last_click`,
/// which the export has already attributed; `collected_traffic_source`; the parameters `source`,
/// `medium` and `campaign`. A session without any, or a direct one, takes the last source of the
/// same user's sessions within the look-back that was not direct; without one it is direct.
///
/// `traffic_source` is where the *user* first came from. It is not used, unless
/// ``Fallback/firstUser`` names it for exports that hold nothing else.
public struct SessionAttribution: Sendable {
  /// What stands in for a session whose own events say nothing.
  public enum Fallback: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing: such a session is direct, or takes an earlier session's source.
    case direct
    /// The user's first source, `traffic_source`.
    case firstUser
  }

  /// The distinct sources.
  public let sources: [ChannelInput]
  /// The position in ``sources`` by session.
  package let codes: [UInt32]

  /// Attributes the sessions of `log`.
  ///
  /// - Parameters:
  ///   - log: the events.
  ///   - lookback: how long before a session's start an earlier one may lie.
  ///   - fallback: what stands in for a session whose own events say nothing.
  /// - Complexity: O(*n*), where *n* is the number of events.
  public init(
    _ log: EventLog, lookback: Duration = .seconds(30 * 86_400), fallback: Fallback = .direct
  ) {
    let storage = log.storage
    let evidence = TrafficEvidence(storage)
    let table = storage.sessions
    var pool = ChannelInputPool()
    let direct = pool.code(ChannelInput(source: "(direct)", medium: "(none)"))
    let unknown = UInt32.max

    // The evidence of lowest rank wins; within a rank the first event's.
    var codes = [UInt32](repeating: unknown, count: table.count)
    var ranks = [UInt8](repeating: .max, count: table.count)
    for row in 0..<storage.rowCount {
      let session = storage.session[row]
      guard session != SessionTable.none else { continue }
      guard let (rank, input) = evidence.best(row, below: ranks[Int(session)]) else { continue }
      ranks[Int(session)] = rank
      codes[Int(session)] = pool.code(input)
    }
    if fallback == .firstUser {
      let first = TrafficEvidence.inputs(
        storage, .trafficSource, "traffic_source.source", "traffic_source.medium",
        "traffic_source.name")
      for session in 0..<table.count where codes[session] == unknown {
        let code = storage.recordCode(.trafficSource, Int(table.firstRow[session]))
        if let input = first[Int(code)] { codes[session] = pool.code(input) }
      }
    }

    // Sessions of a user stand side by side in the order of their starts.
    let longest = lookback.microseconds
    var lastUser = SessionTable.noUser
    var lastCode = unknown
    var lastStart: Int64 = 0
    for session in 0..<table.count {
      if table.user[session] != lastUser || table.user[session] == SessionTable.noUser {
        lastUser = table.user[session]
        lastCode = unknown
      }
      let own = codes[session]
      if own != unknown && own != direct {
        lastCode = own
        lastStart = table.start[session]
      } else if ranks[session] == 0 {
        // The export's own attribution stands, also when it says direct.
        codes[session] = direct
      } else if lastCode != unknown,
        table.start[session].subtractingSaturated(lastStart) <= longest
      {
        codes[session] = lastCode
      } else {
        codes[session] = direct
      }
    }
    sources = pool.inputs
    self.codes = codes
  }

  /// Where session number `session` came from.
  public func source(ofSession session: Int) -> ChannelInput { sources[Int(codes[session])] }
}

/// Gives distinct sources codes in the order of first appearance.
package struct ChannelInputPool {
  package private(set) var inputs: [ChannelInput] = []
  private var codes: [Key: UInt32] = [:]

  /// Texts that look alike are kept apart, or which one is reported would depend on their order.
  private struct Key: Hashable {
    var texts: [Bytewise?]
    var hasGclid: Bool
  }

  package init() {}

  package mutating func code(_ input: ChannelInput) -> UInt32 {
    let texts = [input.source, input.medium, input.campaign].map { $0.map(Bytewise.init) }
    let key = Key(texts: texts, hasGclid: input.hasGclid)
    if let code = codes[key] { return code }
    let code = UInt32(inputs.count)
    inputs.append(input)
    codes[key] = code
    return code
  }
}

/// What the events of a log say about where their session came from.
private struct TrafficEvidence {
  private let storage: EventLogStorage
  private let lastClick: [ChannelInput?]
  private let collected: [ChannelInput?]
  private let source: AttributeColumn
  private let medium: AttributeColumn
  private let campaign: AttributeColumn

  init(_ storage: EventLogStorage) {
    self.storage = storage
    let root = "session_traffic_source_last_click."
    let crossChannel = Self.inputs(
      storage, .sessionTrafficSource, root + "cross_channel_campaign.source",
      root + "cross_channel_campaign.medium", root + "cross_channel_campaign.campaign_name")
    let manual = Self.inputs(
      storage, .sessionTrafficSource, root + "manual_campaign.source",
      root + "manual_campaign.medium", root + "manual_campaign.campaign_name")
    lastClick = zip(crossChannel, manual).map { $0 ?? $1 }
    collected = Self.inputs(
      storage, .collectedTrafficSource, "collected_traffic_source.manual_source",
      "collected_traffic_source.manual_medium", "collected_traffic_source.manual_campaign_name",
      gclid: "collected_traffic_source.gclid")
    source = AttributeColumn(storage, .parameter, "source")
    medium = AttributeColumn(storage, .parameter, "medium")
    campaign = AttributeColumn(storage, .parameter, "campaign")
  }

  /// The sources that the records of `group` name, by code; `nil` where a record names none.
  static func inputs(
    _ storage: EventLogStorage, _ group: RecordGroup, _ source: String, _ medium: String,
    _ campaign: String, gclid: String? = nil
  ) -> [ChannelInput?] {
    func texts(_ path: String) -> [String?] {
      storage.recordValues(group, FieldPath(rawValue: path)).map { $0?.text }
    }
    let sources = texts(source)
    let mediums = texts(medium)
    let campaigns = texts(campaign)
    let clicks = gclid.map(texts)
    return sources.indices.map { code in
      let hasClick = clicks?[code]?.isEmpty == false
      if sources[code] == nil && mediums[code] == nil && campaigns[code] == nil && !hasClick {
        return nil
      }
      return ChannelInput(
        source: sources[code], medium: mediums[code], campaign: campaigns[code],
        hasGclid: hasClick)
    }
  }

  /// The best evidence of `row` if its rank is below `limit`.
  func best(_ row: Int, below limit: UInt8) -> (UInt8, ChannelInput)? {
    if limit > 0, let input = lastClick[Int(storage.recordCode(.sessionTrafficSource, row))] {
      return (0, input)
    }
    if limit > 1, let input = collected[Int(storage.recordCode(.collectedTrafficSource, row))] {
      return (1, input)
    }
    if limit > 2, let source = source.value(row)?.text {
      return (
        2,
        ChannelInput(
          source: source, medium: medium.value(row)?.text, campaign: campaign.value(row)?.text)
      )
    }
    return nil
  }
}
