// Lines of a till as purchases and refunds.

import GA4Model

let lines = """
  InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
  536365,85123A,T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
  536365,71053,METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
  536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
  C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom
  536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom
  """
let all = try TransactionReader(format: .onlineRetail).read(bytes: Array(lines.utf8))
print(all.report)
for event in all.log {
  print(
    event.name, event.ecommerce.transactionID ?? "", event.userID ?? "nobody",
    event.items.count, event.ecommerce.purchaseRevenue ?? event.ecommerce.refundValue ?? 0)
}

let sales = TransactionReader(format: .onlineRetail, cleaning: .completeSales)
print(try sales.read(bytes: Array(lines.utf8)).report)
