import ArgumentParser
import Foundation
import Funnel
import GA4Model
import ReportKit

/// The options of the funnel.
struct FunnelArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The steps of the funnel: the names of 1 to \(FunnelQuery.mostSteps) events in their order,"
        + " joined by commas.", valueName: "names"))
  var funnel = ReportSettings.shopSteps.map(\.rawValue).joined(separator: ",")

  // Also what begins with a minus, so that it is refused as a time.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How long the path from the first step to the last may take, end included: a number with"
        + " s, m, h or d, such as 30s, 15m, 1h or 7d; none for no limit.", valueName: "time"))
  var window = "7d"

  @Option(
    help: ArgumentHelp(
      "Whose paths are followed, each counted once: users or sessions. The JSON calls either"
        + " users.", valueName: "unit"))
  var unit = Unit.users

  @Option(
    help: ArgumentHelp(
      "Divide the funnel by the values of a dimension: \(Self.names.joined(separator: ", ")).",
      valueName: "dimension"))
  var breakdown: String?

  enum Unit: String, ExpressibleByArgument, CaseIterable {
    case users, sessions

    var unit: FunnelUnit {
      switch self {
      case .users: .users
      case .sessions: .sessions
      }
    }
  }

  /// The dimensions that make sense for a step, save channels, which have an option of their own.
  static let dimensions: [EventDimension] = [
    .deviceCategory, .operatingSystem, .browser, .field(.language), .platform,
    .field(.continent), .country, .field(.region), .city, .field(.firstUserSource),
    .field(.firstUserMedium), .field(.firstUserCampaign), .day, .week, .month, .weekday, .hour,
  ]

  /// What ``breakdown`` may be: the names that reports print, and a short one for channels.
  static let names = ["channel"] + dimensions.map(\.description)

  func validate() throws {
    _ = try steps
    _ = try limit
    _ = try dimension(channels: .channel)
  }

  /// The question that the options ask.
  ///
  /// - Parameter channels: the dimension by which the report tells channels apart.
  func query(channels: EventDimension) throws -> FunnelQuery {
    ReportSettings.funnel(
      try steps, window: try limit, unit: unit.unit, by: try dimension(channels: channels))
  }

  private var steps: [EventName] {
    get throws {
      let names = funnel.split(separator: ",", omittingEmptySubsequences: false).map { name in
        EventName(name.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      guard names.allSatisfy({ !$0.rawValue.isEmpty }) else {
        throw ValidationError(
          "--funnel has an empty name; join the names of events by single commas, such as"
            + " view_item,add_to_cart,purchase.")
      }
      guard names.count <= FunnelQuery.mostSteps else {
        throw ValidationError(
          "--funnel can have at most \(FunnelQuery.mostSteps) steps, and names \(names.count).")
      }
      return names
    }
  }

  private var limit: FunnelWindow {
    get throws {
      if window == "none" { return .none }
      let forms = "such as 30s, 15m, 1h or 7d, or none"
      let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
      let digits = window.dropLast()
      guard let letter = window.last, let unit = units[letter], !digits.isEmpty,
        digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
      else {
        throw ValidationError("--window must be a whole number with s, m, h or d, \(forms).")
      }
      // Times are counted in microseconds.
      guard let count = Int64(digits), count <= Int64.max / 1_000_000 / unit else {
        throw ValidationError("--window is longer than any data; give a shorter one, \(forms).")
      }
      guard count > 0 else {
        throw ValidationError("--window must be longer than no time, \(forms).")
      }
      return .fromFirstStep(.seconds(count * unit))
    }
  }

  private func dimension(channels: EventDimension) throws -> EventDimension? {
    guard let breakdown else { return nil }
    if breakdown == "channel" { return channels }
    guard let dimension = Self.dimensions.first(where: { $0.description == breakdown }) else {
      throw ValidationError("--breakdown must be one of: \(Self.names.joined(separator: ", ")).")
    }
    return dimension
  }
}
