import Foundation
package import GA4Model
package import StatisticsCore

/// A law of ``MergeableState`` that does not hold.
package struct LawViolation: Error, CustomStringConvertible {
  package var description: String
}

/// Checks the laws of ``EventQuery`` and ``MergeableState`` on `log`: however the users are split
/// over logs, slices, states and workers, in whatever order and brackets the states are merged, and
/// whether or not they are stored in between, the report is the same in every bit; and a state is
/// read and continued under its own query only.
///
/// - Parameters:
///   - other: a query whose states must be refused.
///   - seed: decides on the splits, the orders and the damage.
/// - Throws: ``LawViolation``.
package func checkMergeLaws<Query: EventQuery>(
  _ query: Query, _ log: EventLog, other: Query? = nil, seed: UInt64 = 1
) async throws where Query.State.Report: Encodable {
  var laws = MergeLaws(
    query: query, log: log, other: other, expected: try bits(query.evaluate(log)),
    generator: SeededGenerator(seed: seed))
  try await laws.checkWorkers()
  try laws.checkSplits()
  try laws.checkIdentity()
  try laws.checkEncoding()
  try laws.checkRefusals()
  try laws.checkDamage()
}

private struct MergeLaws<Query: EventQuery> where Query.State.Report: Encodable {
  let query: Query
  let log: EventLog
  let other: Query?
  let expected: String
  var generator: SeededGenerator

  func require(_ state: Query.State, _ law: String) throws {
    let found = try bits(state.report())
    guard found == expected else {
      throw LawViolation(
        description: "\(law) changes the report of \(query) on \(log.count) events:\n\(found)\n"
          + "instead of\n\(expected)")
    }
  }

  func state(of logs: [EventLog]) -> Query.State {
    var state = query.makeState()
    for log in logs { state.update(log) }
    return state
  }

  /// Merges states of disjoint users in a random order and with random brackets.
  mutating func merged(_ states: [Query.State]) throws -> Query.State {
    var states = states
    while states.count > 1 {
      generator.shuffle(&states)
      let last = states.removeLast()
      try states[states.count - 1].merge(last)
    }
    return states.first ?? query.makeState()
  }

  func checkWorkers() async throws {
    for workers in [1, 2, 7] {
      let found = try bits(await query.evaluate(log, workers: workers))
      guard found == expected else {
        throw LawViolation(
          description: "\(workers) workers change the report of \(query):\n\(found)\ninstead of\n"
            + expected)
      }
    }
  }

  mutating func checkSplits() throws {
    for _ in 0..<3 {
      var logs = log.split(into: generator.integer(in: 1...5), using: &generator)
      generator.shuffle(&logs)
      try require(state(of: logs), "Continuing over the users in several logs")
      try require(merged(logs.map { state(of: [$0]) }), "Merging states of several logs")
      let slices = log.slices(generator.integer(in: 1...6)).map { slice in
        var state = query.makeState()
        state.update(slice)
        return state
      }
      try require(merged(slices), "Merging states of several slices")
    }
  }

  func checkIdentity() throws {
    var left = query.makeState()
    try left.merge(state(of: [log]))
    try require(left, "Merging into a fresh state")
    var right = state(of: [log])
    try right.merge(query.makeState())
    try require(right, "Merging a fresh state")
  }

  mutating func checkEncoding() throws {
    let whole = state(of: [log])
    let read = try Query.State(decoding: whole.encoded(), query: query)
    try require(read, "Storing a state")
    guard read.encoded() == whole.encoded() else {
      throw LawViolation(description: "A state of \(query) that was stored has other bytes")
    }
    let parts = log.split(into: 3, using: &generator)
    let states = try parts.map {
      try Query.State(decoding: state(of: [$0]).encoded(), query: query)
    }
    try require(merged(states), "Merging stored states")
    var continued = try Query.State(decoding: state(of: [parts[0]]).encoded(), query: query)
    for part in parts.dropFirst() { continued.update(part) }
    try require(continued, "Continuing a stored state")
    try require(
      Query.State(decoding: query.makeState().encoded(), query: query).merging(whole),
      "Storing a fresh state")
  }

  func checkRefusals() throws {
    guard let other, other != query else { return }
    var state = state(of: [log])
    do {
      try state.merge(other.makeState())
      throw LawViolation(description: "A state of \(query) takes up one of \(other)")
    } catch let error as StateError {
      try require(error, .otherQuery)
    }
    do {
      _ = try Query.State(decoding: state.encoded(), query: other)
      throw LawViolation(description: "A state of \(query) is read as one of \(other)")
    } catch let error as StateError {
      try require(error, .otherQuery)
    }
  }

  private func require(_ error: StateError, _ code: StateError.Code) throws {
    guard error.code == code else {
      throw LawViolation(description: "A state of \(query) is refused for a wrong reason: \(error)")
    }
  }

  /// Damaged bytes are refused; those with a matching checksum never stop the program.
  mutating func checkDamage() throws {
    let bytes = state(of: [log]).encoded()
    for round in 0..<40 {
      var damaged = bytes
      switch generator.integer(below: 4) {
      case 0: damaged.removeLast(generator.integer(in: 1...damaged.count))
      case 1: damaged.insert(UInt8(generator.integer(below: 256)), at: anyPlace(in: damaged))
      case 2: damaged.remove(at: anyPlace(in: damaged))
      default:
        for _ in 0...generator.integer(below: 3) {
          let choices: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(generator.integer(below: 256))]
          damaged[anyPlace(in: damaged)] = generator.choose(from: choices)
        }
      }
      if damaged == bytes { continue }
      let isSigned = round % 2 == 1 && damaged.count > 8
      if isSigned { damaged.renewChecksum() }
      guard let state = try? Query.State(decoding: damaged, query: query) else { continue }
      guard isSigned else {
        throw LawViolation(description: "A damaged state of \(query) is read")
      }
      _ = state.report()
      _ = state.encoded()
    }
  }

  private mutating func anyPlace(in bytes: [UInt8]) -> Int { generator.integer(below: bytes.count) }
}

extension MergeableState {
  fileprivate func merging(_ other: Self) throws -> Self {
    var result = self
    try result.merge(other)
    return result
  }
}

/// A report in a form in which every bit of every number shows.
private func bits(_ report: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return String(decoding: try encoder.encode(report), as: UTF8.self)
}

extension EventLog {
  /// The users at random in `count` logs; ids that ever occur together stay together, since they
  /// share sessions.
  package func split(into count: Int, using generator: inout SeededGenerator) -> [EventLog] {
    var parents: [String: String] = [:]
    func root(_ id: String) -> String {
      var id = id
      while let parent = parents[id] { id = parent }
      return id
    }
    let ids = map { event in
      [event.userPseudoID.map { "p\($0)" }, event.userID.map { "u\($0)" }].compactMap { $0 }
    }
    for pair in ids where pair.count == 2 {
      let (left, right) = (root(pair[0]), root(pair[1]))
      if left != right { parents[left] = right }
    }
    var partOfRoot: [String: Int] = [:]
    var rows = [[UInt32]](repeating: [], count: count)
    for (row, ids) in ids.enumerated() {
      let part: Int
      if let id = ids.first {
        part = partOfRoot[root(id)] ?? generator.integer(below: count)
        partOfRoot[root(id)] = part
      } else {
        part = generator.integer(below: count)
      }
      rows[part].append(UInt32(row))
    }
    return rows.map(selecting)
  }
}
