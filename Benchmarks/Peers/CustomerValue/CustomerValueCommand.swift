import Cohorts
import Foundation

/// Fits the models of customer value to a table and prints parameters and times as JSON, for
/// `compare_clv.py`.
///
///     customer-value-swift <table.csv with ID, x, t_x, T, zbar> <runs>
@main
struct CustomerValueCommand {
  static func main() throws {
    guard CommandLine.arguments.count == 3, let runs = Int(CommandLine.arguments[2]), runs > 0
    else {
      FileHandle.standardError.write(Data("usage: customer-value-swift <table.csv> <runs>\n".utf8))
      exit(64)
    }
    let text = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",").map { Double($0)! }
    }
    let customers = try CustomerHistory.table(
      frequencies: rows.map { $0[1] }, recencies: rows.map { $0[2] }, ages: rows.map { $0[3] },
      monetaryValues: rows.map { $0[4] })

    var answers: [String: Answer] = [:]
    try measure("bg_nbd", runs, &answers) { try BetaGeometricNBD().fit(customers).fit! }
    try measure("mbg_nbd", runs, &answers) { try ModifiedBetaGeometricNBD().fit(customers).fit! }
    try measure("pareto_nbd", runs, &answers) { try ParetoNBD().fit(customers).fit! }
    try measure("gamma_gamma", runs, &answers) { try GammaGamma().fit(customers).fit! }
    print(String(decoding: try JSONEncoder().encode(answers), as: UTF8.self))
  }

  struct Answer: Encodable {
    var parameters: [String: Double]
    var seconds: [Double]
  }

  static func measure(
    _ name: String, _ runs: Int, _ answers: inout [String: Answer], _ fit: () throws -> ModelFit
  ) throws {
    var answer = Answer(parameters: [:], seconds: [])
    for run in 0...runs {
      let start = ContinuousClock.now
      let result = try fit()
      // The first run warms up.
      if run > 0 { answer.seconds.append((ContinuousClock.now - start) / .seconds(1)) }
      for parameter in result.parameters { answer.parameters[parameter.name] = parameter.estimate }
    }
    answers[name] = answer
  }
}
