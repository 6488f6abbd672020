// A forecast with intervals: compare methods in the past, take the best, say how sure it is.

import Learning

// Made-up units sold in four years of months: more each year, most in December.
let pattern = [-9, -12, -4, 0, 3, 5, -2, -6, 1, 6, 14, 30]
let units = (0..<48).map { month in
  let noise = month * 37 % 11 - 5
  return Double(120 + month + pattern[month % 12] + noise)
}
let sales = try TimeSeries(units, season: 12, labels: .months(year: 2022, month: 1))

let methods: [any ForecastLearner] = [
  NaiveForecaster(.lastSeason), ThetaForecaster(), ExponentialSmoothing.simple(),
  ExponentialSmoothing.holtWinters(season: .additive),
]
let past = RollingOrigin(initial: 30, horizon: 3, step: 3)
let comparison = try past.compare(methods, on: sales)
print(comparison)

let best = methods[comparison.best(by: .meanAbsoluteScaledError)!]
print(try best.fit(sales).forecast(3, levels: [0.8]))
