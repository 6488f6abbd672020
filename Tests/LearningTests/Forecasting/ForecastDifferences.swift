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
}
