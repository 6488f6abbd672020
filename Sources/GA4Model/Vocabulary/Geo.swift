/// Where the user was, by IP address: the record `geo`.
///
/// ```swift
/// event.geo.country                         // "Canada"
/// ```
public struct Geo: EventRecord {
  public static let record = "geo"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes a place from the fields most used; those that are `nil` are absent.
  public init(
    continent: String? = nil, subContinent: String? = nil, country: String? = nil,
    region: String? = nil, city: String? = nil, metro: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.continent = continent
    self.subContinent = subContinent
    self.country = country
    self.region = region
    self.city = city
    self.metro = metro
  }

  /// `geo.continent`.
  public var continent: String? {
    get { self[text: "continent"] }
    set { self[text: "continent"] = newValue }
  }

  /// `geo.sub_continent`.
  public var subContinent: String? {
    get { self[text: "sub_continent"] }
    set { self[text: "sub_continent"] = newValue }
  }

  /// `geo.country`.
  public var country: String? {
    get { self[text: "country"] }
    set { self[text: "country"] = newValue }
  }

  /// `geo.region`.
  public var region: String? {
    get { self[text: "region"] }
    set { self[text: "region"] = newValue }
  }

  /// `geo.city`.
  public var city: String? {
    get { self[text: "city"] }
    set { self[text: "city"] = newValue }
  }

  /// `geo.metro`: the metropolitan area.
  public var metro: String? {
    get { self[text: "metro"] }
    set { self[text: "metro"] = newValue }
  }
}

extension Event {
  /// Where the user was, by IP address: the record `geo`.
  public var geo: Geo {
    get { self[record: Geo.self] }
    set { self[record: Geo.self] = newValue }
  }
}
