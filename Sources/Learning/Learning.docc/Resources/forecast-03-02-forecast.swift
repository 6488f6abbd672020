import Learning

let pattern = [-9, -12, -4, 0, 3, 5, -2, -6, 1, 6, 14, 30]
let units = (0..<48).map { month in
  let noise = month * 37 % 11 - 5
  return Double(120 + month + pattern[month % 12] + noise)
}
let sales = try TimeSeries(units, season: 12, labels: .months(year: 2022, month: 1))

let automatic = AutomaticSmoothing()
let model = try automatic.fit(sales)
let forecast = model.forecast(6, levels: [0.8, 0.95]).clamped(atLeast: 0)
print(forecast)
if let wide = forecast.interval(at: 0.95) {
  print("January 2026: \(wide.lower[0]) to \(wide.upper[0])")
}
