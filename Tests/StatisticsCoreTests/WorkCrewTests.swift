import StatisticsCore
import Testing

@Suite struct WorkCrewTests {
  @Test(arguments: [1, 2, 3, 7, 16])
  func `every piece is done once and stands at its place`(workers: Int) async {
    let rounds = await withWorkCrew(workers: workers) { crew in
      (0..<400).map { round in crew.map(round % 50) { piece in round * 1_000 + piece } }
    }
    for (round, found) in rounds.enumerated() {
      #expect(found == (0..<(round % 50)).map { round * 1_000 + $0 })
    }
  }

  @Test(arguments: [1, 2, 5])
  func `pieces of many short calls cover all of them`(workers: Int) async {
    let values = Array(0..<10_001)
    await withWorkCrew(workers: workers) { crew in
      for (count, chunk) in [(0, 8), (1, 8), (8, 8), (9, 8), (10_001, 64), (10_001, 20_000)] {
        #expect(crew.map(count, chunk: chunk) { values[$0] * 2 } == (0..<count).map { $0 * 2 })
      }
    }
  }

  @Test(arguments: [1, 2, 5])
  func `pieces change places of their own`(workers: Int) async {
    let sums = await withWorkCrew(workers: workers) { crew in
      var values = [Int](repeating: 1, count: 1_000)
      for _ in 0..<100 {
        unsafe crew.change(&values, pieces: 10) { piece, values in
          for place in piece * 100..<(piece + 1) * 100 { unsafe values[place] += place }
        }
      }
      return values
    }
    #expect(sums == (0..<1_000).map { 1 + 100 * $0 })
  }

  @Test func `an error ends the helpers`() async {
    struct Refusal: Error {}
    await #expect(throws: Refusal.self) {
      try await withWorkCrew(workers: 4) { crew in
        crew.run(20) { _ in }
        throw Refusal()
      }
    }
  }

  /// Helpers of many crews are more than there are threads; each crew gets on alone.
  @Test func `crews do not wait for threads that are not there`() async {
    let sums = await withTaskGroup(of: Int.self) { group in
      for number in 0..<32 {
        group.addTask {
          await withWorkCrew(workers: 8) { crew in
            (0..<50).reduce(0) { sum, _ in sum + crew.map(20) { $0 + number }.reduce(0, +) }
          }
        }
      }
      return await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(sums.sorted() == (0..<32).map { 50 * (190 + 20 * $0) })
  }
}
