import StatisticsCore
import TestSupport
import Testing

@testable import GA4Model

@Suite struct DayRunsTests {
  @Test(arguments: Rounds.parts)
  func `runs are those of the obvious way`(part: Int) throws {
    for var generator in Rounds.generators("day runs", part: part) {
      let isRising = generator.bernoulli(0.5)
      var events: [Event] = []
      for index in 0..<generator.integer(in: 0...30) {
        let user = generator.choose(from: ["a", "b", "c", nil])
        var event = Event(.pageView, at: EventTime(seconds: Int64(index) * 20_000), by: user)
        if !isRising, generator.bernoulli(0.5) {
          event.date = CalendarDay(daysSinceEpoch: Int32(generator.integer(in: 0...3)))
        }
        events.append(event)
      }
      let log = try EventLog(events)
      let runs = log.storage.dayRuns

      var first: [UInt32] = []
      var days: [Int32] = []
      var rises = true
      for row in 0..<log.count {
        let day = log.storage.day[row]
        let isNewUser = row == 0 || log.user(ofEvent: row) != log.user(ofEvent: row - 1)
        if !isNewUser && day == days.last { continue }
        if !isNewUser, log.user(ofEvent: row) != nil, day < days.last! { rises = false }
        first.append(UInt32(row))
        days.append(day)
      }
      #expect(runs.firstRow.array == first + [UInt32(log.count)])
      #expect(runs.day.array == days)
      #expect(runs.daysRise == rises)
      for user in log.users {
        let filling = runs.runs(filling: user.events)
        #expect(Int(runs.firstRow[filling.lowerBound]) == user.events.lowerBound)
        #expect(Int(runs.firstRow[filling.upperBound]) == user.events.upperBound)
      }
      #expect(log.days.map { $0.lowerBound.daysSinceEpoch } == days.min())
      #expect(log.days.map { $0.upperBound.daysSinceEpoch } == days.max())
    }
  }
}
