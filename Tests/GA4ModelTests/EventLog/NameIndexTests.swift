import StatisticsCore
import TestSupport
import Testing

@testable import GA4Model

@Suite struct NameIndexTests {
  /// A log with many events of the name "z" and few of the others, some without user.
  private static func log(_ generator: inout SeededGenerator, events: Int) throws -> EventLog {
    try EventLog(
      (0..<events).map { _ in
        Event(
          generator.bernoulli(0.8) ? "z" : generator.choose(from: ["a", "b", "c"]),
          at: EventTime(seconds: Int64(generator.integer(in: 0...20))),
          by: generator.choose(from: ["u", "v", "w", "x", nil]))
      })
  }

  private static func codes(_ names: [EventName], _ log: EventLog) -> [UInt16] {
    names.compactMap { log.storage.nameCode($0) }.sorted()
  }

  @Test(arguments: Rounds.parts)
  func `the index holds the events of its names, user by user`(part: Int) throws {
    var found = 0
    for var generator in Rounds.generators("name index", part: part) {
      let log = try Self.log(&generator, events: generator.integer(in: 1...60))
      let names = generator.choose(from: [["a"], ["a", "b"], ["a", "b", "c"]] as [[EventName]])
      let codes = Self.codes(names, log)
      for slice in log.slices(2) { _ = slice.index(ofNames: codes) }
      for slice in log.slices(2) {
        guard let index = slice.index(ofNames: codes) else { continue }
        found += 1
        var rows: [[Int]] = []
        for user in slice.users {
          let own = log.storage.rows(ofUser: user).filter { codes.contains(log.storage.name[$0]) }
          if !own.isEmpty { rows.append(own) }
        }
        let runs = index.runs(of: slice.userRows)
        #expect(runs.count == rows.count)
        for (run, rows) in zip(runs, rows) {
          let places = Int(index.runs[run].start)..<Int(index.runs[run + 1].start)
          #expect(places.map { Int(index.entries[$0].row) } == rows)
          for place in places {
            let entry = index.entries[place]
            #expect(entry.time == log.storage.time[Int(entry.row)])
            #expect(entry.name == log.storage.name[Int(entry.row)])
          }
          #expect(index.runs[run].lastTime == log.storage.time[rows.last!])
          let own = Set(rows.map { log.storage.name[$0] })
          for code in codes {
            let isThere = index.runs[run].names & index.nameSet { $0 == code } != 0
            #expect(isThere == own.contains(code))
          }
        }
      }
    }
    #expect(found > 0)
  }

  @Test func `only who asks again has events brought together`() throws {
    var generator = SeededGenerator(seed: 1)
    let log = try Self.log(&generator, events: 1_000)
    let codes = Self.codes(["a", "b"], log)
    #expect(log.wholeSlice.index(ofNames: codes) == nil)
    #expect(log.memory.indexes == 0)
    let index = try #require(log.wholeSlice.index(ofNames: codes))
    #expect(log.memory.indexes == index.byteCount)
    #expect(log.wholeSlice.index(ofNames: Self.codes(["b"], log)) == nil)
  }

  @Test func `names of most events have no index`() throws {
    var generator = SeededGenerator(seed: 2)
    let log = try Self.log(&generator, events: 1_000)
    for _ in 0..<3 { #expect(log.wholeSlice.index(ofNames: Self.codes(["z"], log)) == nil) }
  }

  @Test func `a log keeps the indexes asked for last`() throws {
    var names: [EventName] = (0..<12).map { EventName("n\($0)") }
    let log = try EventLog(
      names.map { Event($0, at: .unixEpoch, by: "u") }
        + (0..<50).map { Event("z", at: EventTime(seconds: $0), by: "u") })
    names.append("z")
    for name in names.prefix(12) {
      for _ in 0..<2 { _ = log.wholeSlice.index(ofNames: Self.codes([name], log)) }
    }
    #expect(log.wholeSlice.index(ofNames: Self.codes(["n11"], log)) != nil)
    #expect(log.wholeSlice.index(ofNames: Self.codes(["n0"], log)) == nil)
  }

  @Test func `beyond thirty-two names sets tell what is not there`() throws {
    let names = (0..<40).map { EventName("n\($0 + 10)") }
    let log = try EventLog(
      names.map { Event($0, at: .unixEpoch, by: "u") }
        + (0..<200).map { Event("z", at: EventTime(seconds: $0), by: "u") })
    let codes = Self.codes(names, log)
    _ = log.wholeSlice.index(ofNames: codes)
    let index = try #require(log.wholeSlice.index(ofNames: codes))
    #expect(!index.setsAreExact)
    #expect(index.runs[0].names == .max)
    #expect(index.nameSet { $0 == codes[39] } == index.nameSet { $0 == codes[31] })
  }
}
