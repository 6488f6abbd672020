/// A way in which real exports are worse than they should be.
public enum Defect: String, Sendable, Hashable, Codable, CaseIterable {
  /// An event that is exported twice; a share of events.
  case duplicate
  /// An event with the time of the event before it; a share of events.
  case tie
  /// An event that stands up to six hours late in the file of its day; a share of events.
  case late
  /// An event without a city and region, a language or the text of its page title; a share of events.
  case missingField
  /// An event whose numbers are text, and whose `session_engaged` is a number; a share of events.
  case wrongType
  /// An event that says `<Other>`, `(data deleted)` or `(not set)` for its first source, its place or
  /// the names of its items; a share of events.
  case placeholder
  /// An event with a second, different `page_title`; the first one is right; a share of events.
  case repeatedParameter
  /// A visit without consent: its events have neither ids nor a session; a share of visits.
  case consentDenied
  /// A visit moved so that midnight falls into it; a share of visits, of which those of one moment
  /// and those before another visit of the day stay where they are.
  ///
  /// What falls after the last day is not exported and counted as ``afterLastDay``.
  case acrossMidnight
  /// A visit whose `session_start` is lost; a share of visits.
  case missingSessionStart
  /// A purchase whose `transaction_id` is `(not set)`; a share of purchases.
  case unsetTransaction
  /// A purchase logged again seconds later with the same `transaction_id`; a share of purchases.
  case doubleFired
  /// An event beyond the last day; follows from ``acrossMidnight`` and has no rate of its own.
  case afterLastDay
  /// An event lost or changed by a ``TrackingBreak``; has no rate of its own.
  case trackingBreak
}

/// How often each defect was made.
public struct DefectCounts: Sendable, Hashable {
  private var counts = [Int](repeating: 0, count: Defect.allCases.count)

  /// Makes the counts of clean data.
  public init() {}

  /// How many events, visits or purchases have the defect.
  public subscript(defect: Defect) -> Int { counts[defect.index] }

  mutating func add(_ defect: Defect, _ count: Int = 1) { counts[defect.index] += count }
}

extension DefectCounts: Codable {
  /// Reads an object with a number for each defect; those that are absent were not made.
  public init(from decoder: any Decoder) throws {
    let values = try [String: Int](from: decoder)
    for defect in Defect.allCases { add(defect, values[defect.rawValue] ?? 0) }
  }

  /// Writes an object with a number for each defect that was made.
  public func encode(to encoder: any Encoder) throws {
    let made = Defect.allCases.filter { self[$0] > 0 }
    try Dictionary(uniqueKeysWithValues: made.map { ($0.rawValue, self[$0]) }).encode(to: encoder)
  }
}

/// How dirty a sample is: a rate for each ``Defect``.
///
/// ```swift
/// SampleShop(seed: 1, users: 500, days: days, dirt: .realistic)
/// SampleShop(seed: 1, users: 500, days: days, dirt: [.duplicate: 0.01, .unsetTransaction: 0.06])
/// ```
///
/// Dirt lies on top: the same customers do the same things at any rate, each defect has a random
/// stream of its own, and ``SampleTruth/defects`` counts what was done.
public struct DirtyData: Sendable, Hashable {
  private var rates = [Double](repeating: 0, count: Defect.allCases.count)

  /// The share of events, visits or purchases with the defect, 0 to 1.
  public subscript(defect: Defect) -> Double {
    get { rates[defect.index] }
    set {
      precondition(newValue >= 0 && newValue <= 1, "The rate of a defect must lie in 0...1.")
      precondition(
        defect != .afterLastDay && defect != .trackingBreak,
        "A defect that follows from others has no rate of its own.")
      rates[defect.index] = newValue
    }
  }

  /// Makes clean data.
  public init() {}

  /// No defects.
  public static let none = DirtyData()

  /// About what Google's public sample has: many ties and placeholders, few purchases without an id.
  public static let realistic: DirtyData = [
    .duplicate: 0.001, .tie: 0.3, .late: 0.01, .missingField: 0.05, .wrongType: 0.01,
    .placeholder: 0.1, .repeatedParameter: 0.001, .consentDenied: 0.02, .acrossMidnight: 0.005,
    .missingSessionStart: 0.02, .unsetTransaction: 0.05, .doubleFired: 0.02,
  ]

  /// Far more of everything than any export should have.
  public static let filthy: DirtyData = [
    .duplicate: 0.05, .tie: 0.6, .late: 0.1, .missingField: 0.3, .wrongType: 0.2,
    .placeholder: 0.4, .repeatedParameter: 0.05, .consentDenied: 0.2, .acrossMidnight: 0.1,
    .missingSessionStart: 0.2, .unsetTransaction: 0.3, .doubleFired: 0.2,
  ]

  var isNone: Bool { rates.allSatisfy { $0 == 0 } }
}

extension DirtyData: ExpressibleByDictionaryLiteral {
  /// Makes dirt of the given rates; of two rates of one defect the last one counts.
  public init(dictionaryLiteral elements: (Defect, Double)...) {
    self.init()
    for (defect, rate) in elements { self[defect] = rate }
  }
}

extension Defect {
  /// The place of the defect among all.
  var index: Int {
    switch self {
    case .duplicate: 0
    case .tie: 1
    case .late: 2
    case .missingField: 3
    case .wrongType: 4
    case .placeholder: 5
    case .repeatedParameter: 6
    case .consentDenied: 7
    case .acrossMidnight: 8
    case .missingSessionStart: 9
    case .unsetTransaction: 10
    case .doubleFired: 11
    case .afterLastDay: 12
    case .trackingBreak: 13
    }
  }
}

/// The defects of one event.
struct DefectSet: OptionSet, Sendable {
  var rawValue: UInt16
  init(rawValue: UInt16) { self.rawValue = rawValue }
  init(_ defect: Defect) { rawValue = 1 << UInt16(defect.index) }
}
