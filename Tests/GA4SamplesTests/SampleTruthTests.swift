import GA4Model
import GA4Samples
import Testing

/// All seeds are fixed, so a bound of five standard deviations never fails by chance: it fails when
/// the planted figure and the drawing of it disagree.
struct SampleTruthTests {
  static let truth = SampleShop(5_000, days: 30).truth

  /// Whether `count` of `trials` is plausible for `probability`.
  private func isPlausible(_ count: Int, of trials: Int, _ probability: Double) -> Bool {
    let mean = Double(trials) * probability
    let deviation = (Double(trials) * probability * (1 - probability)).squareRoot()
    return abs(Double(count) - mean) <= 5 * deviation + 1e-9
  }

  @Test func `sessions reach the steps as often as planted`() {
    let funnel = Self.truth.funnel
    #expect(funnel.map(\.event).first == .sessionStart)
    #expect(funnel.map(\.event).last == .purchase)
    #expect(Double(funnel[0].sessions) == funnel[0].expectedSessions)
    for step in funnel {
      // The variance of a sum of unlike trials is at most that of a Poisson count.
      #expect(
        abs(Double(step.sessions) - step.expectedSessions)
          <= 5 * step.expectedSessions.squareRoot())
      #expect(
        step.sessions == Self.truth.clean.events(step.event) || step.event == .viewItem
          || step.event == .addToCart)
    }
    #expect(zip(funnel, funnel.dropFirst()).allSatisfy { $0.people > $1.people })
  }

  @Test func `a loyal customer converts as planted`() {
    let loyal = Self.truth.segments[2]
    let rates = loyal.stepRates
    #expect(rates.count == Self.truth.funnel.count)
    // Channels, devices and the experiment move the product of the rates a little.
    let conversion = Double(loyal.purchases) / Double(loyal.sessions)
    let planted = rates.reduce(1, *)
    #expect(abs(conversion / planted - 1) < 0.25)
  }

  @Test func `people return as often as planted`() {
    for day in Self.truth.retention {
      #expect(isPlausible(day.returned, of: day.people, day.probability), "day \(day.day)")
    }
    #expect(Self.truth.retention.map(\.day) == Array(1...29))
    let rates = Self.truth.retention.map(\.probability)
    #expect(rates[0] > rates[6] && rates[6] > rates[20])
  }

  @Test func `channels bring people and sessions as planted`() {
    let channels = Self.truth.channels
    let later = channels.reduce(0) { $0 + $1.sessions } - Self.truth.people
    for channel in channels {
      #expect(isPlausible(channel.people, of: Self.truth.people, channel.firstShare))
      #expect(
        isPlausible(channel.sessions - channel.people, of: later, channel.returnShare),
        "\(channel.group)")
    }
    #expect(abs(channels.reduce(0) { $0 + $1.firstShare } - 1) < 1e-12)
    #expect(abs(channels.reduce(0) { $0 + $1.returnShare } - 1) < 1e-12)
    #expect(channels.reduce(0) { $0 + $1.revenue } == Self.truth.clean.revenue)
  }

  @Test func `segments have the profiles that their names promise`() {
    let segments = Self.truth.segments
    for segment in segments {
      #expect(isPlausible(segment.people, of: Self.truth.people, segment.share))
    }
    #expect(segments.reduce(0) { $0 + $1.sessions } == Self.truth.clean.sessions)
    #expect(segments.reduce(0) { $0 + $1.purchases } == Self.truth.clean.purchases)
    #expect(segments.reduce(0) { $0 + $1.revenue } == Self.truth.clean.revenue)
    func perOrder(_ index: Int) -> Double {
      segments[index].revenue / Double(segments[index].purchases)
    }
    func ordersPerPerson(_ index: Int) -> Double {
      Double(segments[index].purchases) / Double(segments[index].people)
    }
    #expect(perOrder(1) < perOrder(0) && perOrder(0) < perOrder(3))
    #expect(perOrder(3) > 2 * perOrder(2))
    #expect(ordersPerPerson(2) == (0..<4).map(ordersPerPerson).max())
  }

  @Test func `the experiment splits people evenly and moves only the last step`() {
    let variants = Self.truth.variants
    #expect(variants.map(\.name) == ["control", "treatment"])
    #expect(isPlausible(variants[0].people, of: Self.truth.people, 0.5))
    #expect(variants[0].people + variants[1].people == Self.truth.people)
    for variant in variants {
      #expect(
        abs(Double(variant.buyers) - variant.expectedBuyers)
          <= 5 * variant.expectedBuyers.squareRoot())
    }
    let rates = variants.map { $0.expectedBuyers / Double($0.people) }
    #expect(rates[1] / rates[0] > 1.02 && rates[1] / rates[0] < 1.2)

    let without = SampleShop(600, days: 5, experiment: nil)
    let neutral = SampleShop(600, days: 5, experiment: SampleExperiment(lift: 0))
    let best = SampleShop(600, days: 5, experiment: SampleExperiment(lift: 0.3))
    #expect(
      neutral.events.filter { $0.name != "experiment_impression" } == Array(without.events))
    #expect(without.truth.variants.isEmpty && without.truth.lift == nil)
    let (before, after) = (neutral.truth, best.truth)
    #expect(before.variants[0] == after.variants[0])
    #expect(before.variants[1].purchases < after.variants[1].purchases)
    #expect(before.funnel.dropLast() == after.funnel.dropLast())
  }

  @Test func `everybody is exposed once, in the variant of the truth`() {
    let shop = SampleShop(500, days: 5)
    var people: [String: Int] = [:]
    for event in shop.events where event.name == "experiment_impression" {
      #expect(event["experiment_id"] == "checkout_button")
      people[event["variant"]!.text!, default: 0] += 1
    }
    #expect(shop.truth.variants.map { people[$0.name] ?? 0 } == shop.truth.variants.map(\.people))
    #expect(shop.truth.clean.events("experiment_impression") == 500)
  }

  @Test func `new visitors follow the week and the sales`() {
    let first = CalendarDay("2023-11-13")!
    let shop = SampleShop(
      seed: 2, users: 3_000, days: first...CalendarDay("2023-12-03")!, experiment: nil)
    let arrivals = shop.truth.clean.newUsersByDay
    // Saturdays are quiet, Mondays busy, and Black Friday (24 November 2023) is the peak.
    #expect(arrivals[5] < arrivals[0])
    #expect(first.advanced(by: 11).weekday == .friday)
    #expect(arrivals[11] == arrivals.max())
  }

  @Test func `evenings are busier than nights`() {
    var hours = [Int](repeating: 0, count: 24)
    for event in SampleShop(800, days: 5).events where event.name == .sessionStart {
      hours[Int(event.time.microseconds / 3_600_000_000 % 24)] += 1
    }
    #expect(hours[18..<22].reduce(0, +) > 5 * hours[0..<4].reduce(0, +))
  }

  @Test func `popular products come first in the catalogue`() {
    var views: [String: Int] = [:]
    for event in SampleShop(800, days: 5).events where event.name == .viewItem {
      views[event.items[0].id!, default: 0] += 1
    }
    let counts = SampleProduct.catalogue.map { views[$0.id] ?? 0 }
    #expect(counts[0] == counts.max())
    #expect(counts[..<10].reduce(0, +) > counts[50...].reduce(0, +) * 5)
  }

  @Test func `the text shows every table`() {
    let shop = SampleShop(300, days: 10, dirt: .realistic)
    let truth = shop.truth
    let text = truth.description
    #expect(text.hasPrefix("300 people\n\nstep "))
    for title in ["days later", "channel", "segment", "variant", "counted", "defect"] {
      #expect(text.contains("\n\(title) "), "\(title)")
    }
    #expect(text.contains("planted lift of the last step: 10.0 %"))
    #expect(!text.contains(" \n") && !text.hasSuffix("\n"))
    #expect(
      text.split(separator: "\n").contains {
        $0.hasPrefix("events ")
          && $0.hasSuffix(" \(truth.exported.events)")
      })
    #expect(!SampleShop(10, days: 2).truth.description.contains("defect"))
  }
}
