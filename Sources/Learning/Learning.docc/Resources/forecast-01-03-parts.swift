import Learning

let pattern = [-9, -12, -4, 0, 3, 5, -2, -6, 1, 6, 14, 30]
let units = (0..<48).map { month in
  let noise = month * 37 % 11 - 5
  return Double(120 + month + pattern[month % 12] + noise)
}
let sales = try TimeSeries(units, season: 12, labels: .months(year: 2022, month: 1))

let parts = try STLDecomposition(sales)
print(parts.trendStrength, parts.seasonalStrength)
print(parts.seasonal.suffix(12))
