import Cohorts
public import ExampleSupport
import Funnel
import GA4Model
import ProductMetrics

extension ShopReport {
  /// The report as JSON; keys always come in the same order, and what cannot be computed is null.
  public var json: JSONValue {
    var json = figuresJSON
    json.append("funnel", Self.funnel(funnel.steps))
    if settings.funnel.breakdown != nil {
      json.append(
        "funnel_groups",
        .array(
          funnel.groups.map { group in
            ["value": .text(group.label.text), "funnel": Self.funnel(group.steps)]
          }))
    }
    json.append(
      "retention",
      .array(
        cohorts.retention.rows.map { row in
          [
            "cohort": .string(row.label), "size": .int(row.size),
            "cells": .array(row.cells.map { $0.map { .int($0.units) } ?? .null }),
          ]
        }))
    json.append("lifecycle", .array(cohorts.lifecycle.rows.map(Self.lifecycle)))
    json.append("rfm", cohorts.rfm.map(Self.rfm) ?? .null)
    if !models.isEmpty || !refusedModels.isEmpty { json.append("models", modelsJSON) }
    return json
  }

  private var figuresJSON: JSONValue {
    [
      "source": .string(settings.source),
      "period": [
        "first_day": .text(days?.lowerBound.description),
        "last_day": .text(days?.upperBound.description),
        "as_of": .text(settings.asOf?.description),
        "events_after_as_of": .int(eventsLeftOut),
      ],
      "settings": [
        "time_zone": .string(options.timeZone.identifier),
        "users": .string(options.users.description),
        "sessions": .string(options.sessions.description),
        "channels": .string(settings.channelText),
        "purchases": .string(settings.purchases.description),
        "funnel": .string(settings.funnelText),
        "retention": .string(cohorts.retention.query.description),
        "lifecycle": .string(cohorts.lifecycle.query.description),
        "rfm": .text(cohorts.rfm?.query.description),
        "top_items":
          "quantity and revenue: every purchase event; counted once: the purchase rule",
      ],
      "events": .int(total.events),
      "users": .int(total.users),
      "events_without_user": .int(eventsWithoutUser),
      "events_without_session": .int(eventsWithoutSession),
      "sessions": .int(total.sessions),
      "engaged_sessions": .int(total.engagedSessions),
      "gap_sessions": .int(gapSessions),
      "engagement_rate": .number(total.engagementRate),
      "bounce_rate": .number(total.bounceRate),
      "new_users": .int(total.newUsers),
      "returning_users": .int(total.returningUsers),
      "sessions_per_user": .number(total.sessionsPerUser),
      "events_per_session": .number(total.eventsPerSession),
      "event_counts": .object(eventCounts.map { ($0.name, .int($0.count)) }),
      "daily_active_users": .object(
        dailyActiveUsers.rows.map { ($0.day.description, .int($0.users)) }),
      "active_users": activeUsers.map { active in
        [
          "day": .string(active.day.description),
          "daily": .int(active.daily),
          "weekly": .int(active.weekly),
          "monthly": .int(active.monthly),
          "is_week_partial": .bool(active.isWeekPartial),
          "is_month_partial": .bool(active.isMonthPartial),
          "dau_wau": .number(active.dailyOverWeekly),
          "dau_mau": .number(active.dailyOverMonthly),
          "wau_mau": .number(active.weeklyOverMonthly),
        ]
      } ?? .null,
      "purchases": [
        "rule": .string(settings.purchases.description),
        "rows": .int(total.purchaseEvents),
        "orders": .int(total.orders),
        "purchasers": .int(total.purchasers),
        "revenue": .double(total.revenue),
        "refunds": .double(total.refunds),
        "average_order_value": .number(total.averageOrderValue),
        "revenue_per_user": .number(total.revenuePerUser),
        "converting_sessions": .int(total.convertingSessions),
        "user_conversion_rate": .number(total.userConversionRate),
        "session_conversion_rate": .number(total.sessionConversionRate),
      ],
      "channels": .array(
        channels.map { row in
          [
            "channel": .string(row.label),
            "session_start": .int(row.metrics.counts[0]),
            "add_to_cart": .int(row.metrics.counts[1]),
            "purchase": .int(row.metrics.counts[2]),
            "revenue": .double(row.metrics.revenue),
            "sessions": .int(row.metrics.sessions),
            "users": .int(row.metrics.users),
            "orders": .int(row.metrics.orders),
          ]
        }),
      "devices": Self.names(devices),
      "countries": Self.names(countries),
      "top_items": .array(
        topItems.map { item in
          [
            "name": .string(item.name),
            "quantity": .int(item.quantity),
            "revenue": .double(item.revenue),
            "quantity_counted_once": .int(item.countedQuantity),
            "revenue_counted_once": .double(item.countedRevenue),
          ]
        }),
      "time_series": [
        "day": Self.series(byDay, "day"),
        "week": Self.series(byWeek, "week"),
        "month": Self.series(byMonth, "month"),
        "weekday": Self.series(byWeekday, "weekday"),
        "hour": Self.series(byHour, "hour"),
      ],
      "read": [
        "lines": .int(read?.lines ?? 0),
        "skipped": .int(read?.skipped ?? 0),
        "bytes": .int(Int(read?.bytes ?? 0)),
        "repeated_parameters": .int(read?.repeatedParameters ?? 0),
        "multiple_values": .int(read?.multipleValues ?? 0),
        "numbers_as_text": .int(read?.numbersAsText ?? 0),
        "ignored_entries": .int(read?.ignoredEntries ?? 0),
        "problems": .array((read?.problems ?? []).map(Self.problem)),
      ],
    ]
  }

  private static func funnel(_ steps: [FunnelReport.StepRow]) -> JSONValue {
    .array(
      steps.map { step in
        [
          "step": .string(step.label),
          "users": .int(step.count),
          "rate_from_start": .number(step.rateFromStart),
          "rate_from_previous": .number(step.rateFromPrevious),
          "median_seconds_from_previous": .number(step.timeFromPrevious?.median),
        ]
      })
  }

  private static func lifecycle(_ row: Lifecycle.Row) -> JSONValue {
    [
      "day": .string(row.label),
      "active": .int(row.active),
      "new": .int(row.new),
      "returning": .int(row.returning),
      "resurrecting": .int(row.resurrecting),
      "dormant": .int(row.dormant),
      "is_partial": .bool(row.isPartial),
    ]
  }

  private static func rfm(_ report: RFMReport) -> JSONValue {
    func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .double($0) }) }
    return [
      "as_of": .string(report.query.asOf.description),
      "customers": .int(report.customers.count),
      "orders": .int(report.orders),
      "revenue": .double(report.revenue),
      "orders_without_customer": .int(report.ordersWithoutCustomer),
      "orders_without_revenue": .int(report.ordersWithoutRevenue),
      "thresholds": report.thresholds.map { thresholds in
        [
          "recency": numbers(thresholds.recency), "frequency": numbers(thresholds.frequency),
          "monetary": numbers(thresholds.monetary),
        ]
      } ?? .null,
      "segments": .array(
        report.segments.map { segment in
          [
            "segment": .string(segment.name),
            "customers": .int(segment.customers),
            "customer_share": .number(segment.customerShare),
            "orders": .int(segment.orders),
            "revenue": .double(segment.revenue),
            "revenue_share": .number(segment.revenueShare),
            "mean_recency": .number(segment.meanRecency),
          ]
        }),
    ]
  }

  private static func names(_ rows: [Row]) -> JSONValue {
    .array(rows.map { ["name": .string($0.label), "users": .int($0.metrics.users)] })
  }

  private static func series(_ rows: [Row], _ name: String) -> JSONValue {
    .array(
      rows.map { row in
        let metrics = row.metrics
        return .object([
          (name, .string(row.label)),
          ("events", .int(metrics.events)),
          ("users", .int(metrics.users)),
          ("new_users", .int(metrics.newUsers)),
          ("sessions", .int(metrics.sessions)),
          ("engaged_sessions", .int(metrics.engagedSessions)),
          ("orders", .int(metrics.orders)),
          ("purchasers", .int(metrics.purchasers)),
          ("revenue", .double(metrics.revenue)),
        ])
      })
  }

  private static func problem(_ problem: ReadReport.Problem) -> JSONValue {
    [
      "file": .text(problem.path), "line": .int(problem.line), "column": .int(problem.column),
      "field": .text(problem.field), "reason": .string(problem.reason),
    ]
  }
}
