import GA4Model

/// The values of the dimensions of one group.
typealias GroupKey = [Bytewise?]

/// The group of a row by several dimensions, first as one word of codes and then as labels.
struct GroupKeys {
  private let columns: [DimensionColumn]
  private let isTime: [Bool]
  private let sizes: [UInt64]

  /// Whether a dimension is a time, by which sessions count where they start.
  var hasTime: Bool { isTime.contains(true) }

  init(_ dimensions: [EventDimension], in log: EventLog) {
    columns = dimensions.map { DimensionColumn($0, in: log) }
    isTime = dimensions.map(\.isTime)
    sizes = columns.map { UInt64(max(1, $0.labels.count)) }
    let combinations = sizes.reduce((1 as UInt64, false)) { product, size in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: size)
      return (value, product.1 || overflow)
    }
    precondition(!combinations.1, "The dimensions have more than 2^64 combinations of values")
  }

  /// The codes at `row`, those of times at `sessionRow`, in one word.
  @inline(__always)
  func word(_ row: Int, sessionRow: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in columns.indices {
      let code = columns[index].code(isTime[index] ? sessionRow : row)
      word = word &* sizes[index] &+ UInt64(code)
    }
    return word
  }

  /// The labels of a word.
  func labels(ofWord word: UInt64) -> GroupKey {
    var rest = word
    var labels: GroupKey = []
    for index in columns.indices.reversed() {
      labels.append(columns[index].labels[Int(rest % sizes[index])].map(Bytewise.init))
      rest /= sizes[index]
    }
    return labels.reversed()
  }

  /// Whether the group `left` comes before `right`: weekdays from Monday, the rest by its text,
  /// which for times is the order of time; a missing value first.
  static func precedes(
    _ left: GroupKey, _ right: GroupKey, _ dimensions: [EventDimension]
  ) -> Bool {
    for (index, (a, b)) in zip(left, right).enumerated() where a != b {
      if dimensions[index] == .weekday {
        return weekday(a) < weekday(b)
      }
      return Bytewise?.precedes(a, b)
    }
    return false
  }

  /// The number of a weekday's name, from 1 for Monday.
  private static func weekday(_ name: Bytewise?) -> Int {
    Weekday.allCases.first { $0.description == name?.text }?.isoNumber ?? 0
  }
}

/// Gives the words of groups consecutive codes.
struct GroupCodes {
  private(set) var words: [UInt64] = []
  private var codes: [UInt64: Int] = [:]
  private var last: (word: UInt64, code: Int) = (0, -1)

  /// The code of `word`; a new one is the number of codes so far.
  mutating func code(_ word: UInt64) -> Int {
    if last.code >= 0, last.word == word { return last.code }
    if let code = codes[word] {
      last = (word, code)
      return code
    }
    let code = words.count
    words.append(word)
    codes[word] = code
    last = (word, code)
    return code
  }
}
