/// Where forecasts differ from a reference case on purpose.
enum ForecastDifferences {
  /// The last of twelve values of `hw.fixed.add` and `hw.fixed.mul`, by the equations written out in
  /// Python 3.11; that of the additive season is also what ETSModel of statsmodels 0.15.0 gives.
  ///
  /// The class ExponentialSmoothing of the same version, from which the cases are, adds for the last
  /// value of the first season ahead the season as it was before the last observation, though its own
  /// final state has the season after it; its thirteenth value has it too.
  static let twelfthValues = [
    "hw.fixed.add": 440.41267502131257, "hw.fixed.mul": 435.71757614045157,
  ]

  /// Parts of reference cases that are not compared number by number, and why.
  static let notCompared = [
    "hw.opt.add": "weights and errors ahead: only the sum of squares is a level to reach",
    "hw.opt.mul": """
    weights and errors ahead: the search ends at a sum of squares of 9,004 instead of 12,595, with \
    other weights and a mean absolute error ahead of 13.9 instead of 10.3
    """,
    "fc.hw_add": """
    the twelve values: the search ends at a lower sum of squares, up to 7 % away, and errs by 13.0 \
    instead of 23.5 on average
    """,
  ]
}
