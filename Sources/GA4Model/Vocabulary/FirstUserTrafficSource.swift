/// Where the *user* first came from: the record `traffic_source`.
///
/// It is the same on all events of the user and says nothing of the session. Streaming exports leave
/// it out.
public struct FirstUserTrafficSource: EventRecord {
  public static let record = "traffic_source"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes a first source from the fields most used; those that are `nil` are absent.
  public init(
    source: String? = nil, medium: String? = nil, campaign: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.source = source
    self.medium = medium
    self.campaign = campaign
  }

  /// `traffic_source.source`.
  public var source: String? {
    get { self[text: "source"] }
    set { self[text: "source"] = newValue }
  }

  /// `traffic_source.medium`.
  public var medium: String? {
    get { self[text: "medium"] }
    set { self[text: "medium"] = newValue }
  }

  /// `traffic_source.name`: the campaign.
  public var campaign: String? {
    get { self[text: "name"] }
    set { self[text: "name"] = newValue }
  }
}

extension Event {
  /// Where the *user* first came from: the record `traffic_source`.
  public var firstUserTrafficSource: FirstUserTrafficSource {
    get { self[record: FirstUserTrafficSource.self] }
    set { self[record: FirstUserTrafficSource.self] = newValue }
  }
}
