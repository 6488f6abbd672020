import GA4Model
import StatisticsCore

/// How a visit comes by its `user_id`.
enum SignIn: UInt8, Sendable {
  case never, fromTheStart, early, atCheckout
}

/// A visit as it is planned, before anything happens in it.
struct Visit: Sendable {
  let user: Int32
  /// The day, counted from the first of the shop.
  let day: Int32
  /// Which visit of the visitor: twice the days since the first one, plus one for the second visit
  /// of a day.
  let slot: Int32
  /// `ga_session_number`, on the device.
  let number: Int32
  /// Microseconds since 1970.
  let start: Int64
  /// The start of the first visit on the device.
  let firstTouch: Int64
  let device: UInt8
  let channel: UInt8
  /// The channel of the last visit that was not direct, in 30 days.
  let lastClick: UInt8
  let signIn: SignIn
  let isFirst: Bool
  let isLastOfDay: Bool

  var isFirstOnDevice: Bool { number == 1 }
}

/// When the visitors of a shop come.
struct VisitPlan: Sendable {
  let seed: UInt64
  let firstDay: Int32
  let dayCount: Int
  /// The probability that an arrival until day *d* is on day *d* itself.
  private let arrivals: [Double]
  /// By segment and days since the first visit.
  private let returns: [[Double]]

  static let microsecondsPerDay: Int64 = 86_400_000_000

  init(seed: UInt64, days: ClosedRange<CalendarDay>) {
    self.seed = seed
    firstDay = days.lowerBound.daysSinceEpoch
    dayCount = days.lowerBound.distance(to: days.upperBound) + 1
    var sum = 0.0
    arrivals = days.map { day in
      let weight = Season.weight(of: day)
      sum += weight
      return weight / sum
    }
    let count = dayCount
    returns = Behaviour.all.map { behaviour in
      (0..<count).map { $0 == 0 ? 1 : behaviour.returnProbability(onDay: $0) }
    }
  }

  /// The first microsecond after the last day.
  var end: Int64 { (Int64(firstDay) + Int64(dayCount)) * Self.microsecondsPerDay }

  /// The day of a time, counted from the first.
  func day(of time: Int64) -> Int {
    Int(time / Self.microsecondsPerDay) - Int(firstDay)
  }

  /// The day on which a visitor first comes.
  ///
  /// Each day in turn takes its share of all arrivals so far, so that one more day moves a few
  /// visitors to it and leaves all others where they are.
  func arrival(of visitor: Visitor) -> Int {
    var stream = visitor.root.stream(Stream.arrival)
    var day = 0
    for (candidate, probability) in arrivals.enumerated() where stream.uniform() < probability {
      day = candidate
    }
    return day
  }

  /// The probability of a visit `day` days after the first.
  func returnProbability(segment: Int, onDay day: Int) -> Double { returns[segment][day] }

  /// Calls `body` with the visits of a visitor in the order of time.
  func visits(of visitor: Visitor, _ body: (Visit) -> Void) {
    let arrival = arrival(of: visitor)
    let table = returns[visitor.segment]
    var stream = visitor.root.stream(Stream.returns)
    var numbers: (Int32, Int32) = (0, 0)
    var firstTouches: (Int64, Int64) = (0, 0)
    var lastClick = Channel.direct
    var lastClickDay = -31

    for offset in 0..<(dayCount - arrival) {
      if offset > 0, !(stream.uniform() < table[offset]) { continue }
      let day = arrival + offset
      let midnight = (Int64(firstDay) + Int64(day)) * Self.microsecondsPerDay
      var draws = visitor.stream(ofVisit: 2 * offset).stream(Stream.plan)
      let hour = Season.hours.index(at: draws.uniform())
      let minutes = draws.uniform()
      let second = draws.uniform()
      let pause = draws.uniform()
      // No visit begins in the first half hour, lasts longer than 54 minutes or crosses midnight:
      // so a gap of 30 minutes tells the same sessions apart as the ids do.
      let seconds = hour == 0 ? 1860 + 1740 * minutes : Double(hour) * 3600 + 3600 * minutes
      let secondStart = seconds + 5400 + 14_400 * pause
      let hasSecond = second < 0.12 && secondStart < 82_800

      for sequence in 0...(hasSecond ? 1 : 0) {
        let slot = 2 * offset + sequence
        if sequence == 1 { draws = visitor.stream(ofVisit: slot).stream(Stream.plan) }
        let channelShare = draws.uniform()
        let deviceShare = draws.uniform()
        let signInShare = draws.uniform()
        let isFirst = slot == 0
        let channel =
          isFirst ? visitor.firstChannel : Channel.returnWeights.index(at: channelShare)
        let device = !isFirst && visitor.secondDevice != nil && deviceShare < 0.4 ? 1 : 0
        if channel != Channel.direct {
          lastClick = channel
          lastClickDay = day
        } else if day - lastClickDay > 30 {
          lastClick = Channel.direct
        }
        let start = midnight + Int64((sequence == 0 ? seconds : secondStart) * 1_000_000)
        let number: Int32
        let firstTouch: Int64
        if device == 0 {
          if numbers.0 == 0 { firstTouches.0 = start }
          numbers.0 += 1
          (number, firstTouch) = (numbers.0, firstTouches.0)
        } else {
          if numbers.1 == 0 { firstTouches.1 = start }
          numbers.1 += 1
          (number, firstTouch) = (numbers.1, firstTouches.1)
        }
        body(
          Visit(
            user: Int32(visitor.number), day: Int32(day), slot: Int32(slot), number: number,
            start: start, firstTouch: firstTouch, device: UInt8(device), channel: UInt8(channel),
            lastClick: UInt8(lastClick),
            signIn: Self.signIn(
              visitor, share: signInShare, isFirst: isFirst, isNewDevice: number == 1),
            isFirst: isFirst, isLastOfDay: sequence == (hasSecond ? 1 : 0)))
      }
    }
  }

  private static func signIn(
    _ visitor: Visitor, share: Double, isFirst: Bool, isNewDevice: Bool
  ) -> SignIn {
    guard visitor.hasAccount else { return .never }
    if isFirst { return share < 0.45 ? .early : share < 0.85 ? .atCheckout : .never }
    if isNewDevice { return share < 0.8 ? .early : .never }
    return share < 0.5 ? .fromTheStart : share < 0.8 ? .early : .never
  }
}
