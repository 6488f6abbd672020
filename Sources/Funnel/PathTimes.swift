import GA4Model

/// The times of the events of paths, which come in no order.
struct PathTimes: Sendable {
  /// By the steps on the path as bits, the times of their events, one path after the other.
  var byShape: [UInt64: [Int64]] = [:]

  /// Adds a path by the times of its events, by step.
  mutating func append(_ shape: UInt64, _ times: some Sequence<Int64>) {
    byShape[shape, default: []] += times
  }

  mutating func merge(_ other: PathTimes) {
    for (shape, times) in other.byShape { append(shape, times) }
  }

  /// The durations in microseconds between two steps of all paths that have both, in no order.
  func durations(from first: Int, to last: Int) -> [Int64] {
    let wanted = 1 << UInt64(first) | 1 << UInt64(last) as UInt64
    var durations: [Int64] = []
    for (shape, times) in byShape where shape & wanted == wanted {
      let width = shape.nonzeroBitCount
      let a = (shape & ((1 << UInt64(first)) - 1)).nonzeroBitCount
      let b = (shape & ((1 << UInt64(last)) - 1)).nonzeroBitCount
      for path in stride(from: 0, to: times.count, by: width) {
        durations.append(times[path + b].subtractingSaturated(times[path + a]))
      }
    }
    return durations
  }

  /// The shapes ascending, each with its paths in the order of their times.
  var sorted: [(shape: UInt64, times: [Int64])] {
    byShape.sorted { $0.key < $1.key }.map { shape, times in
      let width = shape.nonzeroBitCount
      let paths = stride(from: 0, to: times.count, by: width).map { times[$0..<$0 + width] }
      return (shape, paths.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 })
    }
  }
}

extension PathTimes: Hashable, Codable {
  private struct Paths: Hashable, Codable {
    var shape: UInt64
    var times: [Int64]
  }

  private var canonical: [Paths] { sorted.map { Paths(shape: $0.shape, times: $0.times) } }

  static func == (left: PathTimes, right: PathTimes) -> Bool { left.canonical == right.canonical }

  func hash(into hasher: inout Hasher) { hasher.combine(canonical) }

  func encode(to encoder: any Encoder) throws { try canonical.encode(to: encoder) }

  init(from decoder: any Decoder) throws {
    for paths in try [Paths](from: decoder) { byShape[paths.shape] = paths.times }
  }
}

/// The time from one step to another of many paths, found when it is asked for.
enum PathDurations: Sendable {
  case of(PathTimes, from: Int, to: Int)
  case known(TimeToConvert?)

  var time: TimeToConvert? {
    switch self {
    case .of(let paths, let first, let last): TimeToConvert(paths.durations(from: first, to: last))
    case .known(let time): time
    }
  }
}

extension PathDurations: Hashable, Codable {
  static func == (left: PathDurations, right: PathDurations) -> Bool { left.time == right.time }

  func hash(into hasher: inout Hasher) { hasher.combine(time) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(time)
  }

  init(from decoder: any Decoder) throws {
    self = .known(try decoder.singleValueContainer().decode(TimeToConvert?.self))
  }
}
