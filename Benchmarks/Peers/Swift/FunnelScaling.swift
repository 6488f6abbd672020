import Funnel
import GA4Model

/// What a funnel costs: by event, beside reading the columns that it looks at; by the number of events
/// and of steps; and with each option, as a multiple of the plain funnel.
///
/// All in one thread. The configurations take turns, and the best run of each counts.
struct FunnelScaling {
  private struct Entry {
    var name: String
    var events: Int
    var run: () -> Void
    var best = Double.infinity
  }

  private static let plainName = "5 steps, 1/1 of the events"
  private let log: EventLog
  private var entries: [Entry] = []
  private static let week = FunnelWindow.fromFirstStep(.seconds(7 * 86_400))
  private static let names: [EventName] = [
    .viewItem, .addToCart, .beginCheckout, .addPaymentInfo, .purchase,
  ]

  init(csv: String) async throws {
    let read = try await EventReader(format: .csv(.skinny)).read(path: csv, workers: 2).log
    // The sample has few countries; a breakdown is tried with two hundred.
    var number = 0
    log = try EventLog(
      read.users.lazy.flatMap { user in
        number += 1
        let country = "country \(number % 200)"
        return read[user.events].map { event in
          var event = event
          event[field: .country] = .string(country)
          return event
        }
      })
  }

  /// Runs all configurations `runs` times, or the plain funnel and the one whose name is `only`.
  mutating func run(_ runs: Int, only: String?) {
    addColumns()
    let plain = FunnelQuery(Self.names.map { Step($0) }, window: Self.week)
    for parts in [4, 2, 1] {
      let slices = log.slices(parts)
      add("5 steps, 1/\(parts) of the events", slices[0], plain)
    }
    for count in [2, 4, 8, 16, 32] {
      let steps = Self.steps.prefix(count)
      add("\(count) steps", FunnelQuery(Array(steps), window: Self.week))
    }
    var query = plain
    query.times = .notMeasured
    add("no times", query)
    query = plain
    query.times = .fromFirstEntry
    add("times from the first entry", query)
    query = plain
    query.breakdown = FunnelBreakdown(by: .country, limit: 200)
    add("by 200 countries", query)
    query = plain
    query.exclusions = [
      FunnelExclusion(EventPredicate { $0.name == "select_item" }, from: 1, to: 4)
    ]
    add("an exclusion", query)
    query = plain
    for step in 1..<5 { query.steps[step].within = .seconds(3_600) }
    add("a window for each step", query)
    query = plain
    query.explainsStops = true
    add("why units stop", query)
    query = plain
    query.hasTrend = true
    add("a trend", query)
    query = plain
    query.unit = .sessions
    add("sessions", query)
    addWindows(plain)

    if let only { entries.removeAll { $0.name != only && $0.name != Self.plainName } }
    for _ in 0..<runs {
      for index in entries.indices {
        let start = Instant()
        entries[index].run()
        entries[index].best = min(entries[index].best, Instant().seconds - start.seconds)
      }
    }
    report()
  }

  /// All names of the sample but one, then views of pages in single countries.
  private static let steps: [Step] =
    (names + [
      "view_item_list", "select_item", "add_shipping_info", "view_promotion", "select_promotion",
      "view_search_results", "sign_up", "login", "refund", "scroll", "user_engagement",
      "first_visit", "session_start", "experiment_impression",
    ]).map { Step($0) }
    + (0..<13).map { number in
      Step("page_view \(number)") {
        $0.name == .pageView && $0[field: .country] == "country \(number)"
      }
    }

  /// The name code and the time of every event, read one after the other.
  private mutating func addColumns() {
    var codes: [EventName: UInt16] = [:]
    let names = log.map { event in
      let code = codes[event.name] ?? UInt16(codes.count)
      codes[event.name] = code
      return code
    }
    let times = log.map(\.time.microseconds)
    entries.append(
      Entry(name: "reading names and times", events: log.count) {
        var sum: Int64 = 0
        for name in names { sum &+= Int64(name) }
        for time in times { sum &+= time }
        keep(sum)
      })
  }

  private mutating func add(_ name: String, _ slice: EventLog.UserSlice, _ query: FunnelQuery) {
    let events = slice.users.last.map { log.users[$0].events.upperBound } ?? 0
    entries.append(
      Entry(name: name, events: events) {
        var state = query.makeState()
        state.update(slice)
        keep(state.report().steps[0].count)
      })
  }

  private mutating func add(_ name: String, _ query: FunnelQuery) {
    add(name, log.wholeSlice, query)
  }

  private mutating func addWindows(_ plain: FunnelQuery) {
    let query = FunnelWindowsQuery(
      plain, windows: [1, 24, 7 * 24].map { .fromFirstStep(.seconds($0 * 3_600)) })
    let log = log
    entries.append(
      Entry(name: "three windows", events: log.count) {
        keep(query.evaluate(log).reports[0].steps[0].count)
      })
  }

  private func report() {
    let plain = entries.first { $0.name == Self.plainName }!.best
    print("| funnel | ms | ns an event | of the plain one |")
    print("|---|---|---|---|")
    for entry in entries {
      let cells = [
        rounded(entry.best * 1e3, 2), rounded(entry.best * 1e9 / Double(entry.events), 2),
        rounded(entry.best / plain, 2) + "×",
      ]
      print("| \(entry.name) | " + cells.joined(separator: " | ") + " |")
    }
  }

  private func rounded(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    let fraction = "\(scaled % Int(scale) + Int(scale))".dropFirst()
    return "\(scaled / Int(scale)).\(fraction)"
  }
}

/// Keeps the compiler from leaving out what has no other use.
@inline(never)
@_optimize(none)
private func keep(_ value: some Any) {}
