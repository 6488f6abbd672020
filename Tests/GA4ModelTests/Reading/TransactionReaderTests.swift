import GA4Model
import StatisticsCore
import TestSupport
import Testing

@Suite struct `Transaction reader` {
  private func read(
    _ text: String, _ format: TransactionFormat = .onlineRetail,
    cleaning: TransactionCleaning = .none, malformed: MalformedPolicy = .fail
  ) throws(ReadError) -> EventReader.Result {
    try TransactionReader(format: format, cleaning: cleaning, malformed: malformed)
      .read(bytes: Array(text.utf8))
  }

  private let retail = """
    InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
    536365,85123A,"HANGING ""HEART"", white",6,2010-12-01 08:27:00,2.55,17850.0,United Kingdom
    C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,France
    536365,71053,,2,2010-12-01 08:26:00,3.25,17850.0,France
    536400,22139,,10,2010-12-02 10:00:00,1.5,,Germany

    """

  @Test func `lines of an invoice become one purchase with items`() throws {
    let result = try read(retail)
    #expect("\(result.report)" == "4 records read, 0 skipped")
    let log = result.log
    #expect(log.count == 3)
    #expect(log.eventsWithoutUser == 1)
    let purchase = try #require(log.first { $0.userID == "17850.0" })
    #expect(purchase.name == .purchase)
    #expect(purchase.time == EventTime("2010-12-01T08:26:00Z"))
    #expect(purchase.ecommerce.transactionID == "536365")
    #expect(purchase.ecommerce.purchaseRevenue == 6 * 2.55 + 6.5)
    #expect(purchase.ecommerce.totalItemQuantity == 8)
    #expect(purchase.geo.country == "United Kingdom")
    #expect(purchase["currency"]?.text == "GBP")
    #expect(
      purchase.items == [
        Item(id: "85123A", name: #"HANGING "HEART", white"#, price: 2.55, quantity: 6),
        Item(id: "71053", price: 3.25, quantity: 2),
      ])
    let nobody = log[2]
    #expect(nobody.ecommerce.transactionID == "536400")
    #expect(nobody.userID == nil && nobody.userPseudoID == nil)
  }

  @Test func `a cancellation is a refund of positive quantities`() throws {
    let refund = try #require(try read(retail).log.first { $0.name == "refund" })
    #expect(refund.userID == "14527.0")
    #expect(refund.ecommerce.transactionID == "C536379")
    #expect(refund.ecommerce.refundValue == 27.5)
    #expect(refund.ecommerce.purchaseRevenue == nil)
    #expect(refund.items == [Item(id: "D", name: "Discount", price: 27.5, quantity: 1)])
  }

  @Test func `every line left out is counted with its reason`() throws {
    let text = """
      InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID
      1,A,1,2010-12-01,2,7
      1,A,-1,2010-12-01,2,7
      1,A,0,2010-12-01,2,7
      1,A,1,,2,7
      1,A,,2010-12-01,2,7
      1,A,1,2010-12-01,,7
      A2,B,1,2010-12-01,-5,
      3,B,1,2010-12-01,0,7
      4,B,1,2010-12-01,2,
      C5,B,-1,2010-12-01,2,7
      """
    let all = try read(text)
    #expect(all.log.count == 4)
    #expect(
      "\(all.report)" == """
        10 records read, 0 skipped
          1 left out: no time
          1 left out: no quantity
          1 left out: no price
          2 left out: the quantity of a sale is not above 0, or of a cancellation 0
          1 left out: the price is below 0
        """)
    let clean = try read(text, cleaning: .completeSales)
    #expect(clean.log.count == 1)
    #expect(clean.report.leftOut.reduce(0) { $0 + $1.lines } == 9)
    #expect(clean.report.leftOut.map(\.lines) == [1, 1, 1, 1, 2, 1, 1, 1])
  }

  @Test func `lines with blanks between cells are events of their own`() throws {
    let text =
      " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970101  1    0.00\r\n\r\n 7 0002 19980630 9 9\r\n"
    let result = try read(text, .cdnowSample)
    #expect(result.report.lines == 3)
    #expect(result.log.map(\.userID) == ["0001", "0001", "0002"])
    let first = result.log[0]
    #expect(first.time == EventTime("1997-01-01"))
    #expect(first.ecommerce.purchaseRevenue == 29.33)
    #expect(first.ecommerce.transactionID == nil)
    #expect(first.items == [Item(quantity: 2, revenue: 29.33)])
    #expect(result.log[1].ecommerce.purchaseRevenue == 0)
  }

  @Test func `columns of one's own are named`() throws {
    var format = TransactionFormat(
      columns: [
        "receipt": .invoice, "member": .customer, "sold": .time(.seconds), "group": .itemCategory,
        "pieces": .quantity, "price": .unitPrice,
      ], separator: .character(";"))
    format.currency = "EUR"
    let log = try read("Receipt;Member;Sold;Group;Pieces;Price;Note\n9;m;60;Tea;3;1.5;x\n", format)
      .log
    #expect(log[0].time == EventTime(seconds: 60))
    #expect(log[0].items == [Item(category: "Tea", price: 1.5, quantity: 3)])
    #expect(log[0].ecommerce.purchaseRevenue == 4.5)
  }

  // MARK: Refusals

  @Test func `a line that cannot be read is an error with its place`() throws {
    let head = "InvoiceNo,Quantity,InvoiceDate,UnitPrice\n"
    for (line, sentence) in [
      ("1,x,2010-12-01,2", "line 2, column 3: Quantity: expected a whole number"),
      ("1,1.5,2010-12-01,2", "line 2, column 3: Quantity: expected a whole number"),
      (
        "1,1,12/01/2010,2",
        "line 2, column 5: InvoiceDate: expected a time such as 2020-12-20T17:20:05Z"
      ),
      ("1,1,2010-12-01,two", "line 2, column 16: UnitPrice: expected a number"),
      ("1,1,2010-12-01", "line 2, column 1: the line has 3 cells where the header has 4"),
      ("1,\"1,2010-12-01,2", "line 2, column 3: the double quote of the cell is never closed"),
      ("1,\"1\"1,2010-12-01,2", "line 2, column 6: text after the closing quote of a cell"),
      (
        "1,1\",2010-12-01,2\"",
        "line 2, column 4: a double quote inside a cell that does not begin with one"
      ),
    ] {
      let error = #expect(throws: ReadError.self) { try read(head + line) }
      #expect("\(try #require(error))" == sentence)
    }
    let text = head + "1,x,2010-12-01,2\n\n2,1,2010-12-01,2\n3,1,y,2\n"
    let report = try read(text, malformed: .skip(limit: 2)).report
    #expect(report.skipped == 2)
    #expect(report.lines == 3)
    #expect(report.problems.map(\.line) == [2, 5])
    let error = #expect(throws: ReadError.self) { try read(text, malformed: .skip(limit: 1)) }
    #expect(error?.code == .tooManyMalformed)
  }

  @Test func `a header that lacks what is needed is refused`() throws {
    for (text, sentence) in [
      ("Quantity,UnitPrice\n", "line 1: no column holds the time"),
      ("InvoiceDate,UnitPrice\n", "no columns hold quantity and unit price"),
      ("InvoiceDate,Quantity,UnitPrice,Price\n", "two columns hold the unit price"),
      ("\u{1F}\u{8B}", "line 1: no column holds the time"),
    ] {
      let error = #expect(throws: ReadError.self) { try read(text) }
      #expect("\(try #require(error))".contains(sentence))
    }
    let zipped = #expect(throws: ReadError.self) {
      try TransactionReader(format: .onlineRetail).read(bytes: [0x1F, 0x8B, 8])
    }
    #expect(zipped?.reason == "the input is gzip-compressed; decompress it first")
    #expect(try read("").log.isEmpty)
  }

  // MARK: Random files

  @Test(arguments: Rounds.parts)
  func `events are those of the obvious way, however the input is cut`(part: Int) async throws {
    for var generator in Rounds.generators("transactions", part: part, perPart: 20) {
      struct Line {
        var invoice: String, item: String, quantity: Int64, price: Double, customer: String
      }
      let lines = (0..<generator.integer(below: 25)).map { _ in
        Line(
          invoice: generator.choose(from: ["1", "2", "3", "C4", "C5", ""]),
          item: generator.choose(from: ["a", "say \"b\"", "c,d", "e\nf", "caf\u{E9}", ""]),
          quantity: Int64(generator.integer(in: -3...5)),
          price: generator.choose(from: [0, 0.1, 0.2, 0.7, 10, -1]),
          customer: generator.choose(from: ["x", "y", ""]))
      }
      let ending = generator.choose(from: ["\n", "\r\n"])
      var text = "InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID" + ending
      for (number, line) in lines.enumerated() {
        let item = line.item.split(separator: "\"", omittingEmptySubsequences: false)
          .joined(separator: "\"\"")
        let day = "2020-01-" + (number < 9 ? "0" : "") + "\(number + 1)"
        text +=
          "\(line.invoice),\"\(item)\",\(line.quantity),\(day),\(line.price),\(line.customer)"
        text += ending
      }
      let cleaning = TransactionCleaning(
        requiresCustomer: generator.bernoulli(0.5), requiresPrice: generator.bernoulli(0.5),
        keepsCancellations: generator.bernoulli(0.7))
      var events: [String: (event: Event, sum: ExactSum)] = [:]
      var order: [String] = []
      var left = 0
      for (number, line) in lines.enumerated() {
        let isCancelled = line.invoice.hasPrefix("C")
        let units = isCancelled ? abs(line.quantity) : line.quantity
        if isCancelled && !cleaning.keepsCancellations || units <= 0 || line.price < 0
          || cleaning.requiresPrice && line.price == 0
          || cleaning.requiresCustomer && line.customer.isEmpty
        {
          left += 1
          continue
        }
        let key = line.invoice.isEmpty ? "#\(number)" : line.invoice + "/" + line.customer
        if events[key] == nil {
          order.append(key)
          var event = Event(
            isCancelled ? "refund" : .purchase,
            at: EventTime(seconds: 1_577_836_800 + Int64(number) * 86_400), by: nil,
            userID: line.customer.isEmpty ? nil : line.customer)
          event.parameters.append("currency", "GBP")
          event.ecommerce.transactionID = line.invoice.isEmpty ? nil : line.invoice
          event.ecommerce.totalItemQuantity = 0
          events[key] = (event, ExactSum())
        }
        events[key]!.event.items.append(
          Item(
            name: line.item.isEmpty ? nil : line.item, price: line.price, quantity: units))
        events[key]!.event.ecommerce.totalItemQuantity! += units
        events[key]!.sum.addProduct(line.price, Double(units))
      }
      let expected = try EventLog(
        order.map { key in
          var (event, sum) = events[key]!
          if event.name == .purchase {
            event.ecommerce.purchaseRevenue = sum.rounded
          } else {
            event.ecommerce.refundValue = sum.rounded
          }
          return event
        })
      let reader = TransactionReader(format: .onlineRetail, cleaning: cleaning)
      let result = try reader.read(bytes: Array(text.utf8))
      #expect(Array(result.log) == Array(expected))
      #expect(result.report.lines == lines.count)
      #expect(result.report.leftOut.reduce(0) { $0 + $1.lines } == left)
      var chunks: [[UInt8]] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = min(rest.count, generator.integer(in: 1...40))
        chunks.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      let pieces = chunks
      let stream = AsyncStream { continuation in
        for chunk in pieces { continuation.yield(chunk) }
        continuation.finish()
      }
      let cut = try await reader.read(chunks: stream)
      #expect(Array(cut.log) == Array(expected))
      #expect(cut.report == result.report)
    }
  }

  @Test func `what is wrong with an input does not depend on how it is cut`() async throws {
    let bytes = Array("InvoiceNo,Quantity,InvoiceDate,UnitPrice\n1,\u{E9}\n2,1,2010-12-01,2".utf8)
    let reader = TransactionReader(format: .onlineRetail, malformed: .skip(limit: 1))
    let whole = try reader.read(bytes: bytes)
    #expect(whole.log.count == 1)
    let stream = AsyncStream { continuation in
      for byte in bytes { continuation.yield([byte]) }
      continuation.finish()
    }
    #expect(try await reader.read(chunks: stream).report == whole.report)
  }
}

@Suite(.enabled(if: RealData.isAvailable)) struct `Real transactions` {
  @Test func `Online Retail has the lines, invoices and revenue that are known of it`() async throws
  {
    let clean = try await RealData.onlineRetail()
    #expect(clean.report.lines == 541_909)
    #expect(clean.report.skipped == 0)
    #expect(541_909 - clean.report.leftOut.reduce(0) { $0 + $1.lines } == 397_884)
    #expect(clean.log.count == 18_532)
    #expect(clean.log.users.count == 4_338)
    var revenue = ExactSum()
    for event in clean.log { revenue.add(event.ecommerce.purchaseRevenue ?? 0) }
    #expect(abs(revenue.rounded - 8_911_407.904) < 1e-6)
    #expect(clean.log.reduce(0) { $0 + $1.items.count } == 397_884)

    let all = try TransactionReader(format: .onlineRetail)
      .read(bytes: RealData.onlineRetailText())
    let names = Dictionary(grouping: all.log, by: \.name.rawValue).mapValues(\.count)
    #expect(names == ["purchase": 20_726, "refund": 3_836])
    #expect(
      all.report.leftOut.map(\.lines) + [all.log.reduce(0) { $0 + $1.items.count }]
        == [1_336, 2, 540_571])
  }

  @Test func `the CDNOW sample has 6,919 purchases of 2,357 customers`() throws {
    let result = try TransactionReader(format: .cdnowSample)
      .read(bytes: Array(RealData.text("retail/cdnow_sample.txt").utf8))
    #expect(result.report.lines == 6_919)
    #expect(result.report.leftOut.isEmpty)
    #expect(result.log.count == 6_919)
    #expect(result.log.users.count == 2_357)
    #expect(result.log.days == CalendarDay("1997-01-01")!...CalendarDay("1998-06-30")!)
  }
}
