public import GA4Model

/// What a correct analysis counts in the events of a sample shop.
///
/// Users are told apart by GA4's rule, `user_id` and otherwise `user_pseudo_id`, so a person who
/// signs in halfway or uses two devices counts more than once, as in any log.
public struct SampleCounts: Sendable, Hashable, Codable {
  /// The events and users of one event name.
  public struct Name: Sendable, Hashable, Codable {
    /// What happened.
    public let name: EventName
    /// How many events have the name.
    public let events: Int
    /// How many users have such an event.
    public let users: Int
  }

  /// All events.
  public internal(set) var events = 0
  /// Events with neither `user_id` nor `user_pseudo_id`.
  public internal(set) var eventsWithoutUser = 0
  /// The names that occur, in their order.
  public internal(set) var names: [Name] = []
  /// Distinct users.
  public internal(set) var users = 0
  /// Distinct `user_pseudo_id`.
  public internal(set) var pseudoIDs = 0
  /// Distinct `user_id`.
  public internal(set) var userIDs = 0
  /// Distinct pairs of `user_pseudo_id` and `ga_session_id`.
  public internal(set) var sessions = 0
  /// Sessions with an event whose `session_engaged` is 1.
  public internal(set) var engagedSessions = 0
  /// Events `purchase`.
  public internal(set) var purchases = 0
  /// Purchases with each `transaction_id` once, and those without a real one all.
  public internal(set) var transactions = 0
  /// The revenue of all ``purchases``, in US dollars.
  public internal(set) var revenue = 0.0
  /// The revenue of the ``transactions``, in US dollars.
  public internal(set) var transactionRevenue = 0.0
  /// Events `refund`.
  public internal(set) var refunds = 0
  /// What they gave back, in US dollars.
  public internal(set) var refundValue = 0.0
  /// Distinct users on each day of the shop.
  public internal(set) var usersByDay: [Int] = []
  /// Users by the day of their first event.
  public internal(set) var newUsersByDay: [Int] = []
  /// How many users have an event *k* days after their first, by *k* from 0.
  public internal(set) var returningUsers: [Int] = []
  /// Users who got at least as far as each of ``funnelSteps``, in order and without a window.
  public internal(set) var funnelUsers: [Int] = []

  /// The steps of ``funnelUsers``.
  public static let funnelSteps: [EventName] = [
    .sessionStart, .viewItem, .addToCart, .beginCheckout, .purchase,
  ]

  /// The events named `name`.
  public func events(_ name: EventName) -> Int { names.first { $0.name == name }?.events ?? 0 }

  /// The users with an event named `name`.
  public func users(_ name: EventName) -> Int { names.first { $0.name == name }?.users ?? 0 }

  init() {}
}
