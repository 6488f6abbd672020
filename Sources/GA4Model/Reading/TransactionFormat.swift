/// What the columns of a file of transaction lines mean.
///
/// ```swift
/// var format = TransactionFormat(columns: [
///   "receipt": .invoice, "member": .customer, "sold at": .time(.iso8601), "article": .itemID,
///   "pieces": .quantity, "price": .unitPrice,
/// ])
/// format.currency = "EUR"
/// ```
///
/// A line is an item of an invoice. Lines of one invoice and customer become one event; a line
/// without an invoice is an event of its own.
public struct TransactionFormat: Sendable, Hashable {
  /// What one column holds.
  public enum Column: Sendable, Hashable {
    /// The number of the invoice, which becomes `transaction_id`.
    case invoice
    /// Whose invoice it is, which becomes `user_id`, as it is written; empty for nobody known.
    case customer
    /// When it was sold.
    case time(CSVMapping.TimeFormat)
    /// `item_id`.
    case itemID
    /// `item_name`.
    case itemName
    /// `item_category`.
    case itemCategory
    /// How many units, a whole number, which becomes `quantity`.
    case quantity
    /// What a unit costs, which becomes `price`.
    case unitPrice
    /// What the line comes to, which becomes `item_revenue`; for files without unit prices.
    case amount
    /// A field of the event as text, such as `geo.country`; the first line of an invoice decides.
    case field(FieldPath)
    /// Nothing that is kept.
    case ignored
  }

  /// What stands between the cells of a line.
  public enum Separator: Sendable, Hashable {
    /// One ASCII character, as in CSV; cells may be quoted.
    case character(Character)
    /// One or more blanks, also before the first cell.
    case blanks
  }

  /// Columns by the name in the header, in lower case; others are not kept.
  public var columns: [String: Column]
  /// The names of the columns where the file has no header line.
  public var header: [String]?
  /// What stands between cells.
  public var separator: Separator
  /// How the number of an invoice begins that takes back a sale, `nil` where the file has none.
  public var cancellationPrefix: String?
  /// The currency of all amounts, which becomes the parameter `currency`.
  public var currency: String?

  /// Makes a format.
  ///
  /// - Parameters:
  ///   - columns: Columns by the name in the header, in lower case.
  ///   - header: The names of the columns where the file has no header line.
  ///   - separator: What stands between cells: one ASCII character other than a quote or a line
  ///     end, or blanks.
  ///   - cancellationPrefix: How the number of an invoice begins that takes back a sale.
  ///   - currency: The currency of all amounts.
  public init(
    columns: [String: Column], header: [String]? = nil, separator: Separator = .character(","),
    cancellationPrefix: String? = nil, currency: String? = nil
  ) {
    if case .character(let character) = separator {
      precondition(
        character.isASCII && character != "\"" && character != "\n" && character != "\r",
        "A separator must be one ASCII character other than a quote or a line end")
    }
    self.columns = columns
    self.header = header
    self.separator = separator
    self.cancellationPrefix = cancellationPrefix
    self.currency = currency
  }

  /// The columns of the Online Retail data set.
  ///
  /// They are `InvoiceNo`, `StockCode`, `Description`, `Quantity`, `InvoiceDate`, `UnitPrice`,
  /// `CustomerID` and `Country`; those that its successor calls `Invoice`, `Price` and
  /// `Customer ID` are known too. Invoices that begin with C are cancellations.
  ///
  /// Source: UCI Machine Learning Repository, data sets 352 and 502.
  public static let onlineRetail = TransactionFormat(
    columns: [
      "invoiceno": .invoice, "invoice": .invoice, "stockcode": .itemID, "description": .itemName,
      "quantity": .quantity, "invoicedate": .time(.iso8601), "unitprice": .unitPrice,
      "price": .unitPrice, "customerid": .customer, "customer id": .customer,
      "country": .field(.country),
    ], cancellationPrefix: "C", currency: "GBP")

  /// The text file of the CDNOW sample.
  ///
  /// It has no header: the customer in the master file, the customer in the sample, the day, the
  /// number of CDs and dollars, with blanks between them. The customer is that of the sample.
  ///
  /// Source: Fader and Hardie, "Forecasting Repeat Sales at CDNOW", Interfaces 31 (2001).
  public static let cdnowSample = TransactionFormat(
    columns: [
      "id": .customer, "date": .time(.iso8601), "quantity": .quantity, "dollars": .amount,
    ], header: ["master_id", "id", "date", "quantity", "dollars"], separator: .blanks,
    currency: "USD")

  /// What the columns called `names` hold.
  func columns(named names: [String]) throws(ReadError) -> [Column] {
    let found = names.map { columns[$0.lowercased()] ?? .ignored }
    func has(_ isWanted: (Column) -> Bool) -> Bool { found.contains(where: isWanted) }
    let single: [(String, (Column) -> Bool)] = [
      ("time", { if case .time = $0 { true } else { false } }), ("invoice", { $0 == .invoice }),
      ("customer", { $0 == .customer }), ("quantity", { $0 == .quantity }),
      ("unit price", { $0 == .unitPrice }), ("amount", { $0 == .amount }),
    ]
    for (name, isWanted) in single where found.count(where: isWanted) > 1 {
      throw ReadError(.header, "two columns hold the \(name); name one of them .ignored")
    }
    guard has(single[0].1) else {
      throw ReadError(.header, "no column holds the time; name it in TransactionFormat.columns")
    }
    guard has({ $0 == .amount }) || has({ $0 == .unitPrice }) && has({ $0 == .quantity }) else {
      throw ReadError(
        .header,
        "no columns hold quantity and unit price, nor one the amount; name them in TransactionFormat.columns"
      )
    }
    return found
  }
}

/// Which sound lines of transactions are kept.
///
/// Whatever the rule, some lines cannot be events: those without a time, quantity or price, sales of
/// no or a negative quantity, and prices below 0. All that is left out is counted in
/// ``ReadReport/leftOut``.
public struct TransactionCleaning: Sendable, Hashable, Codable {
  /// Whether lines without a customer are left out; otherwise they are events without a user.
  public var requiresCustomer: Bool
  /// Whether lines that cost nothing are left out.
  public var requiresPrice: Bool
  /// Whether cancellations become `refund` events; otherwise they are left out.
  public var keepsCancellations: Bool

  /// Makes a rule.
  public init(requiresCustomer: Bool, requiresPrice: Bool, keepsCancellations: Bool) {
    self.requiresCustomer = requiresCustomer
    self.requiresPrice = requiresPrice
    self.keepsCancellations = keepsCancellations
  }

  /// Keeps whatever can be an event.
  public static let none = TransactionCleaning(
    requiresCustomer: false, requiresPrice: false, keepsCancellations: true)

  /// Keeps sales of a quantity above 0 at a price above 0 to a known customer at a known time, as
  /// most work on Online Retail does: 397,884 of its 541,909 lines.
  public static let completeSales = TransactionCleaning(
    requiresCustomer: true, requiresPrice: true, keepsCancellations: false)
}
