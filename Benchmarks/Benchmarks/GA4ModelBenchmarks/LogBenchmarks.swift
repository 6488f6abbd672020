import Benchmark
import BenchmarkSample
import GA4Model
import GA4Samples

/// From events or logs to another log.
func logBenchmarks() {
  Benchmark("build from a tenth of the events") { benchmark in
    let events = Sample.events
    benchmark.startMeasurement()
    blackHole(try EventLog(events))
  }

  Benchmark("merge three logs") { benchmark in
    let parts = Sample.parts
    benchmark.startMeasurement()
    blackHole(try parts[0].merging(parts.dropFirst()))
  }

  Benchmark("filter by name") { benchmark in
    let log = Sample.log
    benchmark.startMeasurement()
    blackHole(log.filter(names: [.purchase, .addToCart]))
  }

  Benchmark("filter by days") { benchmark in
    let log = Sample.log
    let first = Sample.shop.days.lowerBound
    benchmark.startMeasurement()
    blackHole(log.filter(days: first...first.advanced(by: 6)))
  }

  Benchmark("count by predicate") { benchmark in
    let log = Sample.log
    let predicate = EventPredicate { $0.name == .addToCart && $0[.value] > 50 }
    benchmark.startMeasurement()
    blackHole(log.count(where: predicate))
  }

  Benchmark("sessions by id") { benchmark in
    let log = Sample.log
    benchmark.startMeasurement()
    blackHole(log.regrouped(EventLogOptions()))
  }

  Benchmark("sessions by gap") { benchmark in
    let log = Sample.log
    benchmark.startMeasurement()
    blackHole(log.regrouped(EventLogOptions(sessions: SessionRule(.gap))))
  }

  Benchmark("walk over the sessions") { benchmark in
    let log = Sample.log
    benchmark.startMeasurement()
    var engaged = 0
    for session in log.sessions where session.isEngaged { engaged += 1 }
    blackHole(engaged)
  }
}
