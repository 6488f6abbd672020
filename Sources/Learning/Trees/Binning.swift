import StatisticsCore

/// How the values of a column become one byte: 0 is missing, and 1 to 255 are bins in order.
enum ColumnBins: Sendable, Hashable {
  /// Ascending borders, at most 254: the bin is 1 + the number of borders below the value.
  case numeric(edges: [Double])
  /// For each category its bin.
  case categorical(bins: [UInt8])

  static let most = 254

  /// The number of bins, that of missing values with them.
  var binCount: Int {
    switch self {
    case .numeric(let edges): edges.count + 2
    case .categorical(let bins): Int(bins.max() ?? 0) + 1
    }
  }

  var isCategorical: Bool { if case .categorical = self { true } else { false } }

  /// The bin of a value as ``FeatureColumn`` codes it.
  func bin(_ code: Double) -> UInt8 {
    if code.isNaN { return 0 }
    switch self {
    case .categorical(let bins): return bins[Int(code)]
    case .numeric(let edges):
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] < code { low = middle + 1 } else { high = middle }
      }
      return UInt8(low + 1)
    }
  }

  /// Finds bins that hold about equally many rows, or one for each value where there are few.
  ///
  /// A border lies midway between the values beside it. From 200,000 rows on, every *k*-th row is
  /// looked at, where *k* is the rows over 100,000.
  init(_ column: FeatureColumn) {
    switch column.kind {
    case .boolean: self = .numeric(edges: [0.5])
    case .numeric: self = .numeric(edges: Self.edges(column.codes))
    case .categorical(let categories):
      var counts = categories.map { _ in 0 }
      for code in column.codes where !code.isNaN { counts[Int(code)] += 1 }
      guard categories.count > Self.most + 1 else {
        self = .categorical(bins: categories.indices.map { UInt8($0 + 1) })
        return
      }
      // The most frequent get bins of their own; the others share the last.
      let order = categories.indices.sorted {
        counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1
      }
      var bins = categories.map { _ in UInt8(255) }
      for (position, category) in order.prefix(Self.most).sorted().enumerated() {
        bins[category] = UInt8(position + 1)
      }
      self = .categorical(bins: bins)
    }
  }

  private static func edges(_ codes: [Double]) -> [Double] {
    let stride = codes.count >= 200_000 ? codes.count / 100_000 : 1
    let sample =
      stride == 1
      ? codes.filter { !$0.isNaN }
      : Swift.stride(from: 0, to: codes.count, by: stride).map { codes[$0] }.filter { !$0.isNaN }
    var values: [Double] = []
    var counts: [Int] = []
    for place in SortedOrder.places(sample) {
      let value = sample[Int(place)]
      if value == values.last {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
    }
    if values.count <= 1 { return [] }
    var edges: [Double] = []
    if values.count <= most + 1 {
      for index in 1..<values.count { edges.append(midpoint(values[index - 1], values[index])) }
      return edges
    }
    var remaining = sample.count
    var inBin = 0
    for index in 0..<values.count - 1 {
      inBin += counts[index]
      let binsLeft = most + 1 - edges.count
      // A value that alone is worth a bin does not share one with what comes before it.
      let target = Double(remaining) / Double(binsLeft)
      if Double(inBin) >= target || Double(counts[index + 1]) >= target {
        edges.append(midpoint(values[index], values[index + 1]))
        remaining -= inBin
        inBin = 0
        if edges.count == most { break }
      }
    }
    return edges
  }

  /// A number from `low` on and below `high` that is as near to the middle as can be.
  static func midpoint(_ low: Double, _ high: Double) -> Double {
    let gap = high - low
    let middle = gap < .infinity ? low + gap / 2 : low / 2 + high / 2
    return middle >= low && middle < high ? middle : low
  }

  func encode(into writer: inout BinaryWriter) {
    switch self {
    case .numeric(let edges):
      writer.uint8(0)
      writer.doubles(edges)
    case .categorical(let bins):
      writer.uint8(1)
      writer.byteArray(bins)
    }
  }

  init(
    from reader: inout BinaryReader, kind: FeatureKind
  ) throws(BinaryDecodingError) {
    let offset = reader.offset
    let damaged = BinaryDecodingError.valueOutOfRange(name: "list of bins", offset: offset)
    switch (try reader.uint8(), kind) {
    case (0, .numeric), (0, .boolean):
      let edges = try reader.doubles()
      guard edges.count <= Self.most, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }),
        !edges.contains(where: \.isNaN)
      else { throw damaged }
      self = .numeric(edges: edges)
    case (1, .categorical(let categories)):
      let bins = try reader.byteArray()
      guard bins.count == categories.count, !bins.contains(0) else { throw damaged }
      self = .categorical(bins: bins)
    default: throw damaged
    }
  }
}

/// Bins of several columns, with the borders laid out for a search without branches.
struct Binning: Sendable {
  let columns: [ColumnBins]
  /// For each column where its borders begin, and how many there are: one less than a power of two,
  /// the last of them infinite.
  private let starts: [Int]
  private let padded: [Double]
  /// For each column the logarithm, to base 2, of the first step of the search; −1 without borders.
  private let shifts: [Int]

  init(_ columns: [ColumnBins]) {
    self.columns = columns
    var starts: [Int] = []
    var shifts: [Int] = []
    var padded: [Double] = []
    for column in columns {
      starts.append(padded.count)
      guard case .numeric(let edges) = column else {
        shifts.append(-1)
        continue
      }
      var width = 1
      while width - 1 < edges.count { width *= 2 }
      shifts.append(width.trailingZeroBitCount - 1)
      padded += edges
      padded += Array(repeating: .infinity, count: width - 1 - edges.count)
    }
    self.starts = starts
    self.shifts = shifts
    self.padded = padded
  }

  /// Writes the bins of `codes`, one after the other.
  @inline(__always)
  func write(
    _ codes: UnsafeBufferPointer<Double>, column: Int, to bins: UnsafeMutablePointer<UInt8>
  ) {
    if case .categorical(let map) = columns[column] {
      for row in 0..<codes.count {
        let code = unsafe codes[row]
        unsafe bins[row] = code.isNaN ? 0 : map[Int(code)]
      }
      return
    }
    let shift = shifts[column]
    let start = starts[column]
    unsafe padded.withUnsafeBufferPointer { padded in
      for row in 0..<codes.count {
        let code = unsafe codes[row]
        var position = start
        var bit = shift
        while bit >= 0 {
          // Adding what a comparison gives, moved up, needs no branch that would be mispredicted.
          let isBelow = unsafe padded[position &+ (1 &<< bit) &- 1] < code ? 1 : 0
          position &+= isBelow &<< bit
          bit &-= 1
        }
        unsafe bins[row] =
          code.isNaN ? 0 : UInt8(truncatingIfNeeded: position &- start &+ 1)
      }
    }
  }

  /// The bins of one row.
  func row(_ codes: [Double]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: codes.count) { bins, count in
      unsafe codes.withUnsafeBufferPointer { codes in
        for column in 0..<codes.count {
          unsafe write(
            UnsafeBufferPointer(rebasing: codes[column...column]), column: column,
            to: bins.baseAddress! + column)
        }
      }
      count = codes.count
    }
  }
}

/// A table as bytes, column after column, to learn trees from.
struct BinnedTable: Sendable {
  let rowCount: Int
  let binning: Binning
  /// The bytes, column after column.
  let bins: [UInt8]
  /// For each column the least and the greatest value in each bin of numbers.
  let lows: [[Double]]
  let highs: [[Double]]

  var columnCount: Int { binning.columns.count }

  private struct Part: Sendable {
    var bins: [UInt8]
    var lows: [Double]
    var highs: [Double]
  }

  /// Bins the columns.
  init(_ columns: [FeatureColumn], workers: Int) async {
    let rowCount = columns.first?.count ?? 0
    // Nothing throws; the columns are independent of each other.
    let kinds = await concurrentMap(columns, workers: workers) { column in ColumnBins(column) }
    self.init(
      rowCount: rowCount, binning: Binning(kinds),
      parts: await concurrentMap(Array(columns.indices), workers: workers) {
        [binning = Binning(kinds)] position in Self.part(columns[position], position, binning)
      })
  }

  /// Bins the columns in the calling thread.
  init(_ columns: [FeatureColumn]) {
    let binning = Binning(columns.map(ColumnBins.init))
    self.init(
      rowCount: columns.first?.count ?? 0, binning: binning,
      parts: columns.indices.map { Self.part(columns[$0], $0, binning) })
  }

  private init(rowCount: Int, binning: Binning, parts: [Part]) {
    self.rowCount = rowCount
    self.binning = binning
    bins = Array(parts.map(\.bins).joined())
    lows = parts.map(\.lows)
    highs = parts.map(\.highs)
  }

  private static func part(
    _ column: FeatureColumn, _ position: Int, _ binning: Binning
  ) -> Part {
    let count = column.count
    let bins = unsafe [UInt8](unsafeUninitializedCapacity: count) { bins, filled in
      if count > 0 {
        unsafe column.codes.withUnsafeBufferPointer {
          unsafe binning.write($0, column: position, to: bins.baseAddress!)
        }
      }
      filled = count
    }
    var lows = [Double](repeating: .infinity, count: 256)
    var highs = [Double](repeating: -.infinity, count: 256)
    if !binning.columns[position].isCategorical {
      for row in 0..<count {
        let (bin, value) = (Int(bins[row]), column.codes[row])
        if value < lows[bin] { lows[bin] = value }
        if value > highs[bin] { highs[bin] = value }
      }
    }
    return Part(bins: bins, lows: lows, highs: highs)
  }
}
