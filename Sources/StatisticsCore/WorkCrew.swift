import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Workers who stay awake between many short pieces of work, one after the other.
///
/// ```swift
/// let sums = await withWorkCrew(workers: 4) { crew in
///   (0..<1_000).map { round in crew.map(20) { column in sum(of: column, in: round) } }
/// }
/// ```
///
/// Starting tasks for a piece of a tenth of a millisecond costs as much as the piece. Here helpers look
/// for work until all is done; the caller takes part and waits only for what somebody has begun, so that
/// it gets on alone where there are no threads for helpers.
package final class WorkCrew: Sendable {
  /// Which piece comes next: 24 bits for the number of the work, 20 for its pieces, 20 for the next.
  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  private let helpers: Int
  // Written before a ticket for it is published, read by those who hold one.
  nonisolated(unsafe) private var body: (@Sendable (Int) -> Void)?

  fileprivate init(helpers: Int) { self.helpers = helpers }

  private static let bits: UInt64 = 20
  private static let mask: UInt64 = 1 << bits - 1
  /// How often a helper looks for work before it lets other tasks have its thread.
  private static let patience = 4_096

  /// Calls `body` once for each number below `count`, with whoever is free, and waits for the end.
  ///
  /// Must not be called by `body`, nor by two threads at a time.
  package func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    precondition(count <= Int(Self.mask), "Work can have at most a million pieces")
    if helpers == 0 || count < 2 {
      for index in 0..<count { body(index) }
      return
    }
    unsafe self.body = body
    finished.store(0, ordering: .relaxed)
    let work = (ticket.load(ordering: .relaxed) >> (2 * Self.bits) + 1) & (1 << 24 - 1)
    ticket.store(
      work << (2 * Self.bits) | UInt64(count) << Self.bits, ordering: .releasing)
    while takePiece() {}
    while finished.load(ordering: .acquiring) < count {}
    unsafe self.body = nil
  }

  /// Does the next piece; false where there is none.
  private func takePiece() -> Bool {
    let seen = ticket.load(ordering: .acquiring)
    let index = seen & Self.mask
    guard index < seen >> Self.bits & Self.mask else { return false }
    // Whoever changes the whole word owns the piece, and the work cannot end without it.
    guard
      ticket.compareExchange(expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
        .exchanged
    else { return true }
    unsafe body!(Int(index))
    finished.add(1, ordering: .releasing)
    return true
  }

  fileprivate func help() async {
    while !isOver.load(ordering: .acquiring) {
      var rounds = 0
      while rounds < Self.patience {
        rounds = takePiece() ? 0 : rounds + 1
        if rounds & 63 == 63, isOver.load(ordering: .acquiring) { return }
      }
      await Task.yield()
    }
  }

  fileprivate func end() { isOver.store(true, ordering: .releasing) }
}

extension WorkCrew {
  /// What `body` returns for each number below `count`, in order.
  package func map<Output: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Output
  ) -> [Output] {
    guard count > 0 else { return [] }
    return unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      // Each piece writes a place of its own.
      nonisolated(unsafe) let start = buffer.baseAddress!
      run(count) { index in unsafe (start + index).initialize(to: body(index)) }
      initialized = count
    }
  }

  /// The same for very many short calls, of which a piece has `chunk`.
  @inlinable
  package func map<Output: Sendable>(
    _ count: Int, chunk: Int, _ body: @escaping @Sendable (Int) -> Output
  ) -> [Output] {
    guard count > 0 else { return [] }
    return unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let start = buffer.baseAddress!
      run((count - 1) / chunk + 1) { piece in
        for index in piece * chunk..<min(count, (piece + 1) * chunk) {
          unsafe (start + index).initialize(to: body(index))
        }
      }
      initialized = count
    }
  }

  /// Changes `values` in pieces, each of which changes places that no other one does.
  @inlinable
  package func change<Value: BitwiseCopyable & Sendable>(
    _ values: inout [Value], pieces: Int,
    _ body: @escaping @Sendable (_ piece: Int, UnsafeMutableBufferPointer<Value>) -> Void
  ) {
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = unsafe buffer
      run(pieces) { piece in unsafe body(piece, buffer) }
    }
  }
}

/// How many processors the machine has; very many where it does not say.
private let processorCount: Int = {
  let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
  return count > 0 ? count : .max
}()

/// Calls `body` with a crew of `workers`, of whom the caller is one, but no more than there are
/// processors: those who wait would be in the way of those who work.
package func withWorkCrew<Output: Sendable>(
  workers: Int, _ body: (WorkCrew) throws -> Output
) async rethrows -> Output {
  precondition(workers >= 1, "The number of workers must be at least 1.")
  let workers = min(workers, processorCount)
  let crew = WorkCrew(helpers: workers - 1)
  if workers == 1 { return try body(crew) }
  return try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 1..<workers { group.addTask { await crew.help() } }
    defer { crew.end() }
    return try body(crew)
  }
}
