import StatisticsCore
import Synchronization
import Testing

@Suite struct ParallelTests {
  struct Failure: Error, Equatable { let item: Int }

  @Test(arguments: [1, 2, 3, 8, 100])
  func `results come in the order of the items`(workers: Int) async {
    let items = Array(0..<57)
    let squares = await concurrentMap(items, workers: workers) { (item: Int) in
      // Early items take longer, so that they finish after later ones.
      var sum = 0
      for step in 0..<(57 - item) * 100 { sum &+= step }
      return sum >= 0 ? item * item : -1
    }
    #expect(squares == items.map { $0 * $0 })
  }

  @Test func `no items give no results`() async {
    let results = await concurrentMap([Int](), workers: 4) { $0 }
    #expect(results.isEmpty)
  }

  @Test(arguments: [1, 2, 4, 16])
  func `the first error in the order of the items is thrown`(workers: Int) async {
    for trial in 0..<20 {
      let failing = Set([3 + trial, 5 + trial, 30])
      await #expect(throws: Failure(item: 3 + trial)) {
        try await concurrentMap(Array(0..<40), workers: workers) { item throws(Failure) in
          if item == 3 + trial {
            var sum = 0
            for step in 0..<20_000 { sum &+= step }
            guard sum > 0 else { return 0 }
          }
          if failing.contains(item) { throw Failure(item: item) }
          return item
        }
      }
    }
  }

  @Test func `nothing starts after a failure is known`() async {
    let started = Mutex(0)
    await #expect(throws: Failure(item: 0)) {
      try await concurrentMap(Array(0..<1_000), workers: 1) { item throws(Failure) in
        started.withLock { $0 += 1 }
        throw Failure(item: item)
      }
    }
    #expect(started.withLock { $0 } == 1)
    await #expect(throws: Failure(item: 0)) {
      try await concurrentMap(Array(0..<1_000), workers: 4) { item throws(Failure) in
        started.withLock { $0 += 1 }
        throw Failure(item: item)
      }
    }
    #expect(started.withLock { $0 } <= 5)
  }

  @Test func `no more calls run at once than there are workers`() async {
    let running = Mutex((now: 0, most: 0))
    _ = await concurrentMap(Array(0..<200), workers: 3) { item in
      running.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      var sum = item
      for step in 0..<500 { sum &+= step }
      running.withLock { $0.now -= 1 }
      return sum
    }
    #expect(running.withLock { $0.most } <= 3)
    #expect(running.withLock { $0.now } == 0)
  }

  @Test func `split ranges cover the whole in order and differ by at most one`() {
    for count in 0...50 {
      for parts in 1...60 {
        let ranges = splitRanges(count: count, into: parts)
        #expect(ranges.count == min(parts, count))
        #expect(ranges.flatMap { Array($0) } == Array(0..<count))
        let lengths = ranges.map(\.count)
        #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
        #expect(lengths == lengths.sorted(by: >))
        #expect(!lengths.contains(0))
      }
    }
  }

  @Test func `ten split in four is 3 3 2 2`() {
    #expect(splitRanges(count: 10, into: 4) == [0..<3, 3..<6, 6..<8, 8..<10])
  }
}
