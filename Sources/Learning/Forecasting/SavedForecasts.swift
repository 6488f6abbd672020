import StatisticsCore

// The file of a model of forecasting holds the series that it was fitted to.

extension NaiveModel: SavedModel {
  private static let kind = "NaiveModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    ForecastDocument.write(Self.kind, learner, notes, series) { _ in }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ForecastDocument.read(bytes, Self.kind) {
      (reader, learner: NaiveForecaster, notes, series) throws(BinaryDecodingError) in
      let offset = reader.offset
      guard var model = try? learner.fit(series) else {
        throw .valueOutOfRange(name: "time series", offset: offset)
      }
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard { ForecastDocument.card(Self.kind, notes, "\(learner)", series) }
}

extension ExponentialSmoothingModel: SavedModel {
  private static let kind = "ExponentialSmoothingModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    ForecastDocument.write(Self.kind, learner, notes, series) { writer in
      for weight in [weights.level, weights.trend, weights.season, weights.damping] {
        writer.optional(weight) { $0.double($1) }
      }
      for state in [initialState, state] {
        writer.double(state.level)
        writer.double(state.trend)
        writer.doubles(state.seasons)
      }
      writer.doubles(expected)
      writer.count(parameterCount)
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ForecastDocument.read(bytes, Self.kind) {
      (reader, learner: ExponentialSmoothing, notes, series) throws(BinaryDecodingError) in
      let offset = reader.offset
      var weights: [Double?] = []
      for _ in 0..<4 {
        weights.append(
          try reader.optional { (reader: inout BinaryReader) throws(BinaryDecodingError) in
            try reader.double()
          })
      }
      var states: [SmoothingState] = []
      for _ in 0..<2 {
        states.append(
          SmoothingState(
            level: try reader.double(), trend: try reader.double(),
            seasons: try reader.doubles()))
      }
      let expected = try reader.doubles()
      let parameterCount = Int(clamping: try reader.varint("number of parameters"))
      let seasons = learner.season == .none ? 0 : series.season
      let isWhole =
        weights.allSatisfy { $0.map { $0 >= 0 && $0 <= 1 } ?? true }
        && weights[0] != nil && (weights[1] != nil) == (learner.trend != .none)
        && (weights[2] != nil) == (learner.season != .none)
        && (weights[3] != nil) == (learner.trend == .damped)
        && states.allSatisfy { state in
          state.seasons.count == seasons
            && ([state.level, state.trend] + state.seasons).allSatisfy { abs($0) <= 1e150 }
        }
        && expected.count == series.count && expected.allSatisfy { abs($0) <= 1e150 }
        && (learner.noise == .additive || expected.allSatisfy { $0 > 0 })
        && parameterCount <= series.count
      guard isWhole else { throw .valueOutOfRange(name: "state of smoothing", offset: offset) }
      var model = ExponentialSmoothingModel(
        learner: learner, series: series,
        weights: SmoothingWeights(
          level: weights[0], trend: weights[1], season: weights[2], damping: weights[3]),
        initial: states[0], state: states[1], expected: expected, parameterCount: parameterCount)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard { ForecastDocument.card(Self.kind, notes, "\(learner)", series) }
}

extension ThetaModel: SavedModel {
  private static let kind = "ThetaModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    ForecastDocument.write(Self.kind, learner, notes, series) { writer in
      writer.doubles([
        levelWeight, inverseTheta, initialLevel, level, intercept, slope, standardDeviation,
      ])
      writer.bool(seasonKind == .multiplicative)
      writer.doubles(seasons)
      writer.doubles(expected)
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ForecastDocument.read(bytes, Self.kind) {
      (reader, learner: ThetaForecaster, notes, series) throws(BinaryDecodingError) in
      let offset = reader.offset
      let numbers = try reader.doubles()
      let isFactor = try reader.bool("kind of season")
      let seasons = try reader.doubles()
      let expected = try reader.doubles()
      guard numbers.count == 7, (numbers + seasons + expected).allSatisfy({ abs($0) <= 1e150 }),
        numbers[0] > 0, numbers[0] <= 1, numbers[1] >= 0, numbers[1] <= 1, numbers[6] >= 0,
        seasons.isEmpty || seasons.count == series.season, expected.count == series.count
      else {
        throw .valueOutOfRange(name: "state of the theta method", offset: offset)
      }
      var model = ThetaModel(
        learner: learner, series: series, levelWeight: numbers[0], inverseTheta: numbers[1],
        initialLevel: numbers[2], level: numbers[3], intercept: numbers[4], slope: numbers[5],
        seasonKind: seasons.isEmpty ? nil : isFactor ? .multiplicative : .additive,
        seasons: seasons, expected: expected, standardDeviation: numbers[6])
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard { ForecastDocument.card(Self.kind, notes, "\(learner)", series) }
}

extension IntermittentDemandModel: SavedModel {
  private static let kind = "IntermittentDemandModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    ForecastDocument.write(Self.kind, learner, notes, series) { writer in
      writer.double(demandPerPeriod)
      writer.double(probability)
      writer.array(fitted) { writer, value in writer.optional(value) { $0.double($1) } }
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ForecastDocument.read(bytes, Self.kind) {
      (reader, learner: IntermittentDemand, notes, series) throws(BinaryDecodingError) in
      let offset = reader.offset
      let rate = try reader.double()
      let probability = try reader.double()
      let fitted = try reader.array("number of expected values") {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try reader.optional { (reader: inout BinaryReader) throws(BinaryDecodingError) in
          try reader.double()
        }
      }
      guard rate >= 0, rate <= 1e150, probability >= 0, probability <= 1,
        series.values.allSatisfy({ $0 >= 0 }), fitted.count == series.count,
        fitted.allSatisfy({ $0.map { abs($0) <= 1e150 } ?? true })
      else {
        throw .valueOutOfRange(name: "rate of demand", offset: offset)
      }
      var model = IntermittentDemandModel(
        learner: learner, series: series, demandPerPeriod: rate, probability: probability,
        expected: fitted)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard { ForecastDocument.card(Self.kind, notes, "\(learner)", series) }
}

/// What the files of models of forecasting have in common.
private enum ForecastDocument {
  static func write(
    _ kind: String, _ learner: some Encodable, _ notes: ModelNotes, _ series: TimeSeries,
    _ body: (inout BinaryWriter) -> Void
  ) -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      series.encode(into: &writer)
      body(&writer)
    }
  }

  static func read<Learner: Decodable, Model>(
    _ bytes: [UInt8], _ kind: String,
    _ body: (inout BinaryReader, Learner, ModelNotes, TimeSeries) throws(BinaryDecodingError) ->
      Model
  ) throws(LearningError) -> Model {
    try ModelDocument.read(bytes, kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: Learner = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      return try body(&reader, learner, notes, try TimeSeries(from: &reader))
    }
  }

  static func card(
    _ kind: String, _ notes: ModelNotes, _ learner: String, _ series: TimeSeries
  ) -> ModelCard {
    ModelCard(
      kind: kind, notes: notes, schema: FeatureSchema([]), classes: [], learner: learner,
      training: series.training, importances: [])
  }
}
