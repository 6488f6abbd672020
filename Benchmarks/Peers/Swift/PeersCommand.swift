import GA4Model
import GA4Samples

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Our side of the comparison; `compare.py` drives it.
///
/// ```
/// peers-swift generate csv 300000 events.csv
/// peers-swift generate ndjson 20000 events.ndjson
/// peers-swift run --csv events.csv --ndjson events.ndjson --runs 5 read_csv dau
/// ```
///
/// Without task names `run` takes one line after the other from standard input, a task or
/// `task answer`, and runs it once, so that the runs of several engines can alternate. It prints a
/// line of JSON for each task.
@main
struct PeersCommand {
  static func main() async throws {
    var arguments = CommandLine.arguments.dropFirst()
    switch arguments.popFirst() {
    case "generate": try generate(Array(arguments))
    case "run": try await run(Array(arguments))
    case "funnel-scaling":
      guard let csv = arguments.popFirst(), let runs = Int(arguments.popFirst() ?? "9"), runs > 0
      else { throw usage }
      var scaling = try await FunnelScaling(csv: csv)
      scaling.run(runs, only: arguments.popFirst())
    default: throw usage
    }
  }

  static let usage = UsageError(
    description: """
      usage: peers-swift generate csv|ndjson|purchases USERS FILE
             peers-swift funnel-scaling CSV [RUNS [FUNNEL]]
             peers-swift run [--csv FILE] [--ndjson FILE] [--purchases FILE] [--runs N] \
      [--threads N] [--without-answers] [TASK …]
      tasks: \(BenchmarkTask.allCases.map(\.rawValue).joined(separator: " "))
      """)

  /// Writes the sample shop to a file.
  static func generate(_ arguments: [String]) throws {
    guard arguments.count == 3, let users = Int(arguments[1]) else { throw usage }
    if arguments[0] == "purchases" {
      try PurchaseFile.write(customers: users, to: arguments[2])
      return
    }
    let shop = SampleShop(seed: 1, users: users, days: SampleShop.benchmark.days)
    let report: ExportReport
    switch arguments[0] {
    case "csv": report = try CSVWriter(.skinny).write(shop.events, toPath: arguments[2])
    case "ndjson": report = try NDJSONWriter().write(shop.events, toPath: arguments[2])
    default: throw usage
    }
    print(#"{"events":\#(report.written)}"#)
  }

  /// Runs tasks and prints a line for each.
  static func run(_ arguments: [String]) async throws {
    var runner = TaskRunner()
    var runs = 3
    var tasks: [BenchmarkTask] = []
    var rest = arguments[...]
    func number() throws -> Int {
      guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { throw usage }
      return number
    }
    while let argument = rest.popFirst() {
      switch argument {
      case "--csv": runner.csv = rest.popFirst()
      case "--ndjson": runner.ndjson = rest.popFirst()
      case "--purchases": runner.purchases = rest.popFirst()
      case "--runs": runs = try number()
      case "--threads": runner.threads = try number()
      case "--without-answers": runner.givesAnswers = false
      default:
        guard let task = BenchmarkTask(rawValue: argument) else { throw usage }
        tasks.append(task)
      }
    }
    for task in tasks { report(try await runner.run(task, runs: runs)) }
    if !tasks.isEmpty { return }
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard let task = words.first.flatMap({ BenchmarkTask(rawValue: String($0)) }) else {
        throw usage
      }
      runner.givesAnswers = words.dropFirst() == ["answer"]
      report(try await runner.run(task, runs: 1))
    }
  }

  static func report(_ line: TaskResult) {
    print(line)
    // A pipe would keep the line until it has kilobytes of them.
    _ = fflush(nil)
  }
}

/// What to type instead.
struct UsageError: Error, CustomStringConvertible {
  var description: String
}
