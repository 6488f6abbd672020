import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct RetentionOracleTests {
  private func expect(
    _ rows: [RetentionMatrix.Row], _ wanted: [RetentionOracle.Row], _ query: RetentionQuery,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(rows.map(\.label) == wanted.map(\.label), "\(query)", sourceLocation: location)
    #expect(rows.map(\.size) == wanted.map(\.size), "\(query)", sourceLocation: location)
    for (row, naive) in zip(rows, wanted) {
      let found = row.cells.map { cell in
        cell.map { RetentionOracle.Cell(units: $0.units, size: $0.size, isPartial: $0.isPartial) }
      }
      let cells = naive.cells.map { cell in
        cell.map { RetentionOracle.Cell(units: $0.units, size: $0.size, isPartial: $0.isPartial) }
      }
      #expect(found == cells, "\(row.label) of \(query)", sourceLocation: location)
      let values = naive.cells.map { cell -> Double? in
        guard let cell else { return nil }
        switch query.measure {
        case .users: return nil
        case .sum: return ExactSum(cell.values).rounded
        case .mean:
          return cell.values.isEmpty
            ? nil : ExactSum(cell.values).rounded(dividedBy: cell.values.count)
        }
      }
      #expect(
        row.cells.map { $0?.value } == values, "\(row.label) of \(query)",
        sourceLocation: location)
    }
  }

  @Test(arguments: Rounds.parts)
  func `the matrix is what its definition says`(part: Int) throws {
    for var generator in Rounds.generators("retention", part: part) {
      let (query, log) = try RandomCohorts.retentionAndLog(&generator)
      let matrix = query.evaluate(log)
      let oracle = RetentionOracle(query, log)
      #expect(matrix.dataEnd == oracle.dataEnd, "\(query)")
      expect(matrix.rows, oracle.rows(nil), query)
      #expect(
        [matrix.units, matrix.leftOut.unitsWithoutBirth, matrix.leftOut.unitsOutsideCohorts]
          == oracle.unitCounts(), "\(query)")
      #expect(matrix.leftOut.eventsAfterDataEnd == oracle.eventsAfterDataEnd)
      #expect(matrix.leftOut.eventsWithoutUser == log.eventsWithoutUser)
      if query.breakdown == nil {
        #expect(matrix.groups.isEmpty)
        continue
      }
      let units = oracle.unitsByValue()
      for group in matrix.groups {
        guard case .value(let value) = group.label else { continue }
        expect(group.rows, oracle.rows(.some(value)), query)
      }
      let listed = matrix.groups.compactMap { group -> Int? in
        if case .value(let value) = group.label { units[value] } else { nil }
      }
      #expect(listed == Array(units.values.sorted(by: >).prefix(query.breakdown!.limit)))
      #expect(matrix.groups.contains { $0.label == .other } == (units.count > listed.count))
    }
  }

  @Test(arguments: Rounds.parts)
  func `the fast walks over days count as the walk over events does`(part: Int) throws {
    // It holds for every event, but nothing knows that.
    let always = EventPredicate { $0.name != "no such event" }
    for var generator in Rounds.generators("plain retention", part: part) {
      let log = try RandomCohorts.log(&generator)
      var query = RetentionQuery(
        birthRule: generator.choose(from: [.first, .first, .firstEver(), .recurring]))
      if generator.bernoulli(0.5) { query.periods = generator.integer(in: 1...9) }
      if generator.bernoulli(0.3) { query.period = .week() }
      if generator.bernoulli(0.3) { query.counting = .onOrBefore }
      let plain = query.evaluate(log)
      expect(plain.rows, RetentionOracle(query, log).rows(nil), query)
      if query.birthRule != .firstEver() { query.birth = always }
      query.returning = always
      let walked = query.evaluate(log)
      #expect(plain.rows == walked.rows && plain.averages == walked.averages)
      #expect(plain.units == walked.units && plain.leftOut == walked.leftOut)
    }
  }

  @Test(arguments: Rounds.parts)
  func `the state obeys the laws of merging`(part: Int) async throws {
    for var generator in Rounds.generators("retention laws", part: part, perPart: 8) {
      let (query, log) = try RandomCohorts.retentionAndLog(&generator, users: 12)
      var other = query
      other.minimumOccurrences += 1
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }

  @Test(arguments: Rounds.parts)
  func `averages are those of the complete cells`(part: Int) throws {
    for var generator in Rounds.generators("retention averages", part: part, perPart: 10) {
      let (query, log) = try RandomCohorts.retentionAndLog(&generator)
      let matrix = query.evaluate(log)
      #expect(matrix.averages.count == matrix.columns.count)
      for column in matrix.columns.indices {
        let cells = matrix.rows.compactMap { $0.cells[column] }.filter { !$0.isPartial }
        let average = matrix.averages[column]
        #expect(average?.cohorts ?? 0 == cells.count)
        #expect(average?.size ?? 0 == cells.reduce(0) { $0 + $1.size })
        #expect(average?.units ?? 0 == cells.reduce(0) { $0 + $1.units })
      }
    }
  }
}
