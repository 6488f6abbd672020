import GA4Model
import StatisticsCore

/// What is added up over the units of one group.
struct FunnelTally: Sendable {
  /// A unit that the end of the data may have cut short.
  struct Waiting: Sendable, Hashable, Comparable {
    /// When the window of its latest entry closes.
    var close: Int64
    /// The last step that it did.
    var step: Int
    /// Why it stopped if the data go on behind that.
    var stop: StopReason

    static func < (left: Self, right: Self) -> Bool {
      (left.close, left.step, left.stop.rawValue) < (right.close, right.step, right.stop.rawValue)
    }
  }

  /// By step, how many units did it.
  var counts: [Int]
  /// By step, how many came to it from a step before.
  var continued: [Int]
  /// By last step done, why units stopped there; only where that is asked.
  var stops: [[StopReason: Int]]
  var waiting: [Waiting] = []
  var paths = PathTimes()
  /// By day of entry, how many units entered and how many of these converted.
  var trend: [Int32: (entered: Int, converted: Int)] = [:]

  init(steps: Int) {
    counts = Array(repeating: 0, count: steps)
    continued = counts
    stops = Array(repeating: [:], count: steps)
  }

  mutating func merge(_ other: FunnelTally) {
    for step in counts.indices {
      counts[step] += other.counts[step]
      continued[step] += other.continued[step]
      stops[step].merge(other.stops[step], uniquingKeysWith: +)
    }
    waiting += other.waiting
    paths.merge(other.paths)
    for (day, entries) in other.trend {
      let known = trend[day] ?? (0, 0)
      trend[day] = (known.entered + entries.entered, known.converted + entries.converted)
    }
  }

  /// Adds one unit or attempt.
  mutating func add(
    _ outcome: UnitOutcome, times: [Int64], dataEnd: Int64, query: FunnelQuery
  ) {
    var bits = outcome.steps
    while bits != 0 {
      counts[bits.trailingZeroBitCount] += 1
      bits &= bits &- 1
    }
    bits = outcome.continued
    while bits != 0 {
      continued[bits.trailingZeroBitCount] += 1
      bits &= bits &- 1
    }
    if query.times != .notMeasured { addPath(outcome.path, times) }
    addEntries(outcome.entries)
    guard outcome.steps != 0 else { return }
    let last = 63 - outcome.steps.leadingZeroBitCount
    if last < counts.count - 1, let close = outcome.close, close >= dataEnd {
      waiting.append(Waiting(close: close, step: last, stop: outcome.stop))
      return
    }
    if query.explainsStops { stops[last][outcome.stop, default: 0] += 1 }
  }

  /// Adds the entries of one unit, which counts once on each of their days.
  mutating func addEntries(_ entries: [(day: Int32, converts: Bool)]) {
    var days: [(day: Int32, converts: Bool)] = []
    for entry in entries {
      // Neighbours are mostly of one day.
      if let known = days.lastIndex(where: { $0.day == entry.day }) {
        if entry.converts { days[known].converts = true }
      } else {
        days.append(entry)
      }
    }
    for (day, converts) in days {
      let known = trend[day] ?? (0, 0)
      trend[day] = (known.entered + 1, known.converted + (converts ? 1 : 0))
    }
  }

  private mutating func addPath(_ path: [Int?], _ times: [Int64]) {
    var shape: UInt64 = 0
    for (step, event) in path.enumerated() where event != nil { shape |= 1 << UInt64(step) }
    // A single event has no time to another.
    guard shape & (shape &- 1) != 0 else { return }
    paths.append(shape, path.lazy.compactMap { $0 }.map { times[$0] })
  }

  // MARK: Encoding

  func write(to writer: inout BinaryWriter) {
    for step in counts.indices {
      writer.count(counts[step])
      writer.count(continued[step])
      for reason in StopReason.allCases { writer.count(stops[step][reason] ?? 0) }
    }
    writer.array(waiting.sorted()) { writer, unit in
      writer.int64(unit.close)
      writer.count(unit.step)
      writer.count(StopReason.allCases.firstIndex(of: unit.stop)!)
    }
    // The order in which units came must not show.
    writer.array(paths.sorted) { writer, entry in
      writer.uint64(entry.shape)
      writer.int64s(entry.times)
    }
    writer.array(trend.sorted { $0.key < $1.key }) { writer, entry in
      writer.int32(entry.key)
      writer.count(entry.value.entered)
      writer.count(entry.value.converted)
    }
  }

  init(from reader: inout BinaryReader, steps: Int) throws(BinaryDecodingError) {
    self.init(steps: steps)
    for step in 0..<steps {
      counts[step] = try reader.tally()
      continued[step] = try reader.tally()
      for reason in StopReason.allCases {
        let count = try reader.tally()
        if count > 0 { stops[step][reason] = count }
      }
    }
    waiting = try reader.array { reader throws(BinaryDecodingError) in
      let close = try reader.int64()
      let step = try reader.integer("step", in: 0...steps - 1)
      let stop = try reader.integer("reason", in: 0...StopReason.allCases.count - 1)
      return Waiting(close: close, step: step, stop: StopReason.allCases[stop])
    }
    let shapes = try reader.array { reader throws(BinaryDecodingError) in
      let offset = reader.offset
      let shape = try reader.uint64()
      let times = try reader.int64s()
      guard shape.nonzeroBitCount > 1, shape >> UInt64(steps) == 0,
        times.count.isMultiple(of: shape.nonzeroBitCount)
      else { throw .valueOutOfRange(name: "steps of a path", offset: offset) }
      // Times of a path never fall, so that their distances are durations.
      let width = shape.nonzeroBitCount
      for index in times.indices where !index.isMultiple(of: width) {
        guard times[index] >= times[index - 1] else {
          throw .valueOutOfRange(name: "times of a path", offset: offset)
        }
      }
      return (shape, times)
    }
    for (shape, times) in shapes { paths.append(shape, times) }
    let days = try reader.array { reader throws(BinaryDecodingError) in
      (day: try reader.int32(), entered: try reader.tally(), converted: try reader.tally())
    }
    for entry in days { trend[entry.day] = (entry.entered, entry.converted) }
  }
}
