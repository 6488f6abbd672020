// A file of transactions with columns of one's own.

import GA4Model

let format = TransactionFormat(
  columns: [
    "receipt": .invoice, "member": .customer, "sold at": .time(.iso8601), "article": .itemName,
    "pieces": .quantity, "price": .unitPrice, "shop": .field(.city),
  ], separator: .character(";"), currency: "EUR")
let lines = """
  Receipt;Member;Sold at;Article;Pieces;Price;Shop
  1;m7;2024-01-05 08:30;Tea;2;4.5;Lyon
  1;m7;2024-01-05 08:30;Cup;1;9;Lyon
  """
let log = try TransactionReader(format: format).read(bytes: Array(lines.utf8)).log
print(log.count, log[0].ecommerce.purchaseRevenue!, log[0].geo.city!)
