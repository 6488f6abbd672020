/// What the user was worth so far: the record `user_ltv`; absent from streaming exports.
public struct UserLifetimeValue: EventRecord {
  public static let record = "user_ltv"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes a lifetime value from the fields most used; those that are `nil` are absent.
  public init(
    revenue: Double? = nil, currency: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.revenue = revenue
    self.currency = currency
  }

  /// `user_ltv.revenue`, in the currency beside it.
  public var revenue: Double? {
    get { self[number: "revenue"] }
    set { self[number: "revenue"] = newValue }
  }

  /// `user_ltv.currency`: its ISO 4217 code.
  public var currency: String? {
    get { self[text: "currency"] }
    set { self[text: "currency"] = newValue }
  }
}

extension Event {
  /// What the user was worth so far: the record `user_ltv`.
  public var userLifetimeValue: UserLifetimeValue {
    get { self[record: UserLifetimeValue.self] }
    set { self[record: UserLifetimeValue.self] = newValue }
  }
}
