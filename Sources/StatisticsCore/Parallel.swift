/// Applies `body` to every item with at most `workers` calls under way, and returns the results in
/// the order of the items.
///
/// The outcome does not depend on timing. If bodies throw, the error of the *first* failing item in
/// order is thrown: items start in order, no item starts after a failure is known, and every item
/// before a failing one has been started and is waited for. With one worker or one item everything
/// runs in the calling task. `body` decides whether to look at `Task.isCancelled`; items are never
/// dropped.
package func concurrentMap<Item: Sendable, Output: Sendable, Failure: Error>(
  _ items: [Item],
  workers: Int,
  _ body: @escaping @Sendable (Item) throws(Failure) -> Output
) async throws(Failure) -> [Output] {
  precondition(workers >= 1, "The number of workers must be at least 1.")
  if workers == 1 || items.count <= 1 {
    var outputs: [Output] = []
    outputs.reserveCapacity(items.count)
    for item in items { outputs.append(try body(item)) }
    return outputs
  }

  var outcomes = [Result<Output, Failure>?](repeating: nil, count: items.count)
  await withTaskGroup(of: (Int, Result<Output, Failure>).self) { group in
    func start(_ index: Int) {
      let item = items[index]
      group.addTask { (index, Result { () throws(Failure) in try body(item) }) }
    }

    var next = min(workers, items.count)
    for index in 0..<next { start(index) }
    var failed = false
    while let (index, outcome) = await group.next() {
      if case .failure = outcome { failed = true }
      outcomes[index] = outcome
      if !failed, next < items.count {
        start(next)
        next += 1
      }
    }
  }

  var outputs: [Output] = []
  outputs.reserveCapacity(items.count)
  for outcome in outcomes {
    // Only items after a failing one were never started, and `get()` throws before them.
    outputs.append(try outcome!.get())
  }
  return outputs
}

/// Splits `0..<count` into at most `parts` neighbouring ranges whose lengths differ by at most one,
/// the longer ones first; no range is empty.
package func splitRanges(count: Int, into parts: Int) -> [Range<Int>] {
  precondition(count >= 0, "The count to split must not be negative.")
  precondition(parts >= 1, "The number of parts must be at least 1.")
  let parts = min(parts, count)
  guard parts > 0 else { return [] }
  let (length, longer) = count.quotientAndRemainder(dividingBy: parts)
  var ranges: [Range<Int>] = []
  ranges.reserveCapacity(parts)
  var start = 0
  for part in 0..<parts {
    let end = start + length + (part < longer ? 1 : 0)
    ranges.append(start..<end)
    start = end
  }
  return ranges
}
