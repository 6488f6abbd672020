import Benchmark
import Learning

/// Three years of weekly seasons with a trend, made without random numbers.
private let series: TimeSeries = {
  let values = (0..<1_095).map { day -> Double in
    let season = [0.8, 0.9, 1, 1, 1.2, 1.4, 0.7][day % 7]
    let noise = Double(day &* 7_919 % 101) / 101 - 0.5
    return (100 + 0.1 * Double(day)) * season + 10 * noise
  }
  guard let series = try? TimeSeries(values, season: 7) else {
    preconditionFailure("The series is finite and has many seasons")
  }
  return series
}()

/// Registers the benchmarks of forecasts.
func forecastBenchmarks() {
  Benchmark("forecast: automatic smoothing") { benchmark in
    let series = series
    benchmark.startMeasurement()
    blackHole(try AutomaticSmoothing().fit(series).forecast(28, levels: [0.95]))
  }
  Benchmark("forecast: theta") { benchmark in
    let series = series
    benchmark.startMeasurement()
    blackHole(try ThetaForecaster().fit(series).forecast(28, levels: [0.95]))
  }
  Benchmark("forecast: STL") { benchmark in
    let series = series
    benchmark.startMeasurement()
    blackHole(try STLDecomposition(series))
  }
}
