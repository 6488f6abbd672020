import ExamplesTestSupport
import Foundation
import GA4Model
import GA4Samples
import Learning
import ProductMetrics
import PropensityKit
import Testing

/// The models of purchases that the report trains.
@Suite struct ModelTests {
  private static let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!
  private static let log = Result { try SampleShop(seed: 3, users: 1_500, days: days).log() }
  private var log: EventLog { get throws { try Self.log.get() } }

  @Test func `the model of channels has the published columns and settings`() async throws {
    let task = try await PropensityTask.channels(of: log, workers: 2)
    let facts = await StarSchemaQuery(channels: .simple, counting: .events)
      .evaluate(try log, workers: 1).factFunnel
    #expect(
      task.table.columns.map(\.name) == [
        "sessions", "add_to_cart", "month", "channel_group", "day_name",
      ])
    #expect(task.table.rowCount == facts.count)
    #expect(task.bought == facts.map { $0.figures.purchases > 0 })
    #expect(task.forest.trees == 200 && task.forest.classWeights == .balanced)
    #expect(task.split.test.count == (facts.count * 3 + 9) / 10)
    let fitted = try task.preparation.fit(task.table)
    #expect(fitted.preparedSchema.names.contains("day_name_Monday"))
    #expect(fitted.preparedSchema.columns.allSatisfy { $0.kind == .numeric })
  }

  @Test func `what is known of a session does not depend on what happens in it or later`() throws {
    func event(_ name: EventName, _ time: String, user: String? = nil) throws -> Event {
      var event = Event(name, at: try #require(EventTime("2024-01-\(time):00Z")), by: "device")
      event.userID = user
      return event
    }
    let begun = [
      try event(.sessionStart, "01T10:00"), try event(.viewItem, "01T10:01"),
      try event(.sessionStart, "03T12:00"),
    ]
    // A login in the session does not change whose it is.
    let rest = [
      try event(.addToCart, "03T12:05"), try event(.purchase, "03T12:10", user: "customer"),
      try event(.sessionStart, "04T08:00", user: "customer"),
    ]
    let before = SessionHistories(try EventLog(begun)).sessions
    let after = SessionHistories(try EventLog(begun + rest)).sessions
    #expect(before.count == 2 && after.count == 3)
    for (before, after) in zip(before, after) {
      #expect(before.start == after.start && before.hour == after.hour)
      #expect(before.before == after.before && before.daysSinceLast == after.daysSinceLast)
      #expect(before.device == after.device && before.dayName == after.dayName)
    }
    #expect(before.map(\.hasPurchase) == [false, false])
    #expect(after.map(\.hasPurchase) == [false, true, false])
    #expect(after.map(\.before.sessions) == [0, 1, 2])
    #expect(after.map(\.before.views) == [0, 1, 1])
    #expect(after.map(\.before.carts) == [0, 0, 1])
    #expect(after.map(\.before.purchases) == [0, 0, 1])
    #expect(after[1].dayName == "Wednesday" && after[1].hour == 12)
  }

  @Test func `sessions to test on begin after those to learn from`() throws {
    let log = try log
    let task = try PropensityTask.sessions(of: log)
    let starts = SessionHistories(log).sessions.map(\.start)
    let last = try #require(task.split.train.map { starts[$0] }.max())
    #expect(task.split.test.allSatisfy { starts[$0] >= last })
    #expect(task.split.train.count + task.split.test.count == task.table.rowCount)
  }

  @Test func `the program writes models that can be read back, and reports them`() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(NDJSONWriter().bytes(of: Array(try log)), "events.ndjson")
    let models = folder.path("models")
    let run = try Program.run(["--train", models, "--format", "json", file])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("6 files of 2 models written to"))
    let reported = try run.json().rows("models")
    #expect(
      try reported.map { try $0.string("name") } == ["channel-propensity", "session-propensity"])
    for figures in reported {
      let own = models + "/" + (try figures.string("name"))
      let model = try PreparedModel<RandomForestClassifierModel>(
        contentsOf: own + "/model.bin")
      #expect(figures["expected_columns"] as? [String] == model.schema.names)
      let columns = try JSONDecoder().decode(
        FeatureSchema.self,
        from: Data(contentsOf: URL(fileURLWithPath: own + "/expected_columns.json")))
      #expect(columns == model.schema)
      let card = try JSONDecoder().decode(
        ModelCard.self, from: Data(contentsOf: URL(fileURLWithPath: own + "/model_card.json")))
      #expect(card == model.card)
      // The two readers of JSON differ in the last bit.
      let area = try #require(card.notes.metrics["auc"])
      #expect(try abs(area - figures.double("auc")) < 1e-12)
      #expect(figures["leaks"] as? [String] == [])
    }
    let again = try await PropensityTask.channels(of: log, workers: 1).train(workers: 1)
    #expect(try folder.read("models/channel-propensity/model.bin") == again.model.encoded())
  }

  @Test func `too few events are refused with what to do`() throws {
    let folder = try TemporaryFolder()
    let events = try log.prefix(40).filter { $0.name != .purchase }
    let file = try folder.write(NDJSONWriter().bytes(of: Array(events)), "few.ndjson")
    let run = try Program.run(["--train", folder.path("models"), file])
    #expect(run.status == 1)
    #expect(run.errors.contains("Purchases of a channel on a day: of the days of channels"))
    #expect(run.errors.contains("read more events"))
  }

  @Test func `one row is predicted as a service would be asked`() async throws {
    let trained = try await PropensityTask.channels(of: log, workers: 2).train(workers: 2)
    let low = try trained.model.probability(
      of: "true",
      for: [
        "sessions": 0, "add_to_cart": 0, "month": 1, "channel_group": "Email", "day_name": "Monday",
      ])
    let high = try trained.model.probability(
      of: "true",
      for: [
        "sessions": 60, "add_to_cart": 30, "month": 1, "channel_group": "Direct",
        "day_name": "Monday",
      ])
    #expect(low < 0.5 && high > low)
  }
}
