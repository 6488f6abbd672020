/// Reads lines of transactions, such as those of a till or a shop system, into a log of purchases.
///
/// ```swift
/// let reader = TransactionReader(format: .onlineRetail, cleaning: .completeSales)
/// let result = try reader.read(path: "online_retail.csv")
/// print(result.report)                      // 541909 records read, 0 skipped …
/// result.log.count                          // 18532 invoices
/// ```
///
/// An invoice is a `purchase` event with `transaction_id`, `purchase_revenue` and its items, a
/// cancellation a `refund` event with `refund_value`, whose quantities are positive. The lines of an
/// invoice may lie anywhere in the input; its time is that of the earliest. What is not usable is
/// counted in the report.
public struct TransactionReader: Sendable {
  /// What the columns mean.
  public var format: TransactionFormat
  /// Which sound lines are kept.
  public var cleaning: TransactionCleaning
  /// How the log groups its events.
  public var options: EventLogOptions
  /// What to do with a line that cannot be read.
  public var malformed: MalformedPolicy
  /// How much is taken before reading refuses.
  public var limits: ReadLimits
  /// Called now and then with the number of bytes read since the last call.
  public var onProgress: (@Sendable (_ bytes: Int) -> Void)?

  /// Makes a reader that stops at the first malformed line.
  ///
  /// - Parameters:
  ///   - format: What the columns mean.
  ///   - cleaning: Which sound lines are kept.
  ///   - options: How the log groups its events.
  ///   - malformed: What to do with a line that cannot be read.
  ///   - limits: How much is taken before reading refuses.
  public init(
    format: TransactionFormat, cleaning: TransactionCleaning = .none,
    options: EventLogOptions = EventLogOptions(), malformed: MalformedPolicy = .fail,
    limits: ReadLimits = ReadLimits()
  ) {
    self.format = format
    self.cleaning = cleaning
    self.options = options
    self.malformed = malformed
    self.limits = limits
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: ``ReadError`` with file, line, column and field.
  public func read(path: String) throws(ReadError) -> EventReader.Result {
    try read(paths: [path])
  }

  /// Reads the files at `paths`, one after the other, into one log; an invoice may be spread over
  /// several.
  ///
  /// - Throws: ``ReadError`` with file, line, column and field.
  /// - Complexity: O(*b* + *u* log *u*), where *b* is the number of bytes and *u* of users.
  public func read(paths: [String]) throws(ReadError) -> EventReader.Result {
    let parser = TransactionParser(self)
    let block = 1 << 20
    for path in paths {
      let file = try InputFile(path: path)
      parser.beginInput(path: path)
      let buffer = MutableColumn<UInt8>(uninitialized: block)
      var offset = 0
      while true {
        let count = try unsafe file.read(into: buffer.base, count: block, at: offset)
        if count == 0 { break }
        offset += count
        try unsafe parser.take(UnsafeBufferPointer(start: buffer.base, count: count))
        onProgress?(count)
      }
      try parser.endInput()
    }
    return try parser.result()
  }

  /// Reads `bytes`.
  ///
  /// - Throws: ``ReadError`` with line, column and field.
  public func read(bytes: [UInt8]) throws(ReadError) -> EventReader.Result {
    let parser = TransactionParser(self)
    parser.beginInput(path: nil)
    try parser.take(bytes)
    try parser.endInput()
    onProgress?(bytes.count)
    return try parser.result()
  }

  /// Reads one input that arrives in `chunks`, cut anywhere.
  ///
  /// - Throws: ``ReadError`` with line, column and field, or the error of `chunks`.
  public func read<Chunks: AsyncSequence>(chunks: Chunks) async throws -> EventReader.Result
  where Chunks.Element == [UInt8] {
    let parser = TransactionParser(self)
    parser.beginInput(path: nil)
    for try await chunk in chunks {
      try parser.take(chunk)
      onProgress?(chunk.count)
    }
    try parser.endInput()
    return try parser.result()
  }
}
