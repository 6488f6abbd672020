public import GA4Model

/// A fault in the tracking of a shop: for some days events are lost, or a parameter of theirs.
///
/// ```swift
/// let days = CalendarDay("2024-01-10")!...CalendarDay("2024-01-12")!
/// TrackingBreak(.lost(.addToCart, browser: "Safari"), on: days)
/// TrackingBreak(.stripped(.transactionID, of: .purchase), on: days)
/// ```
///
/// What the customers did stays the same, and so does ``SampleTruth/clean``; only the export
/// changes, as ``SampleTruth/exported`` says.
public struct TrackingBreak: Sendable, Hashable {
  /// What goes wrong.
  public enum Fault: Sendable, Hashable {
    /// Events of this name are not logged, in one browser or (`nil`) in all.
    case lost(EventName, browser: String?)
    /// Events of this name lack the parameter, and with `value` or `transaction_id` the field of the
    /// record `ecommerce` that the export fills from it.
    case stripped(ParameterKey, of: EventName)
  }

  /// What goes wrong.
  public var fault: Fault
  /// The days on which it does, both ends included.
  public var days: ClosedRange<CalendarDay>

  /// Makes a break.
  public init(_ fault: Fault, on days: ClosedRange<CalendarDay>) {
    self.fault = fault
    self.days = days
  }
}
