import GA4Model
import StatisticsCore
import TestSupport
import Testing

@Suite struct DimensionValuesTests {
  @Test func `each event has the value that it says`() throws {
    for generator in Rounds.generators("dimension values", part: 0, perPart: 20) {
      var random = RandomEvents(generator)
      let log = try EventLog(random.events(upTo: 60))
      let names = log.values(of: .name)
      let days = log.values(of: .day)
      let countries = log.values(of: .country)
      #expect(names.count == log.count && days.count == log.count)
      for (position, event) in log.enumerated() {
        #expect(names[position] == event.name.rawValue)
        #expect(names.labels[names.code(at: position)] == names[position])
        #expect(
          days[position]
            == (event.date ?? log.options.timeZone.day(of: event.time)).description)
        #expect(countries[position] == event[field: .country]?.text)
      }
    }
  }
}
