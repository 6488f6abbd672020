import Experiments
import StatisticsCore
import TestSupport

/// Our answers to the cases of the reference file, under the names of what they expect.
enum ReferenceAnswers {
  typealias Answers = [(String, ReferenceAnswer)]

  static func answers(to r: ReferenceCase) -> Answers? {
    switch r.group {
    case "two_proportion_z":
      let test = TwoProportionZTest(
        r.proportion("1"), r.proportion("2"), variance: r.flag("pooled") ? .pooled : .unpooled,
        nullDifference: r["null_difference"], alternative: r.alternative)
      return p(test, r, statistic: "z")
    case "one_proportion_z":
      let test = OneProportionZTest(
        r.proportion(""), nullRate: r["p0"],
        standardError: r.text("variance") == "null" ? .null : .observed,
        alternative: r.alternative)
      return p(test, r, statistic: "z")
    case "binomial_exact":
      let test = BinomialTest(
        r.proportion(""), nullRate: r["p0"], alternative: r.alternative)
      return p(test, r) + [("ci95_exact", .ends(test.confidenceInterval(level: 0.95)))]
    case "fisher_exact": return fisher(r)
    case "fisher_exact_rxc":
      return p(FisherTableTest(r.counts("table")), r)
    case "odds_ratio": return odds(r)
    case "relative_risk":
      let ratio = ProportionRatio(r.proportion("1"), r.proportion("2"))
      return [
        ("relative_risk", .number(ratio.estimate!)),
        ("ci", .ends(ratio.confidenceInterval(level: r["confidence"]))),
      ]
    case "chi_square_independence":
      let test = ChiSquareTest(
        r.counts("table"), statistic: r.id.hasPrefix("gtest") ? .likelihoodRatio : .pearson,
        isCorrected: r.flag("correction"))
      var answers = p(test, r, statistic: "statistic")
      answers.append(("dof", .number(Double(test.degreesOfFreedom))))
      if r.expects("cramers_v") { answers.append(("cramers_v", .number(test.cramersV))) }
      return answers
    case "prop_test_k":
      let test = ChiSquareTest(
        zip(r.list("x"), r.list("n")).map { Proportion(Int($0.0), of: Int($0.1)) })
      return p(test, r, statistic: "statistic") + [
        ("dof", .number(Double(test.degreesOfFreedom)))
      ]
    case "mcnemar":
      let test = McNemarTest(
        r.counts("table"),
        method: r.flag("exact") ? .exact : r.flag("correction") ? .corrected : .asymptotic)
      return p(test, r, statistic: "statistic")
    case "proportion_ci": return proportionInterval(r)
    case "difference_ci": return differenceInterval(r)
    case "ratio_ci": return ratioInterval(r)
    case "t_test", "t_test_paired", "t_test_from_stats", "yuen", "effect_size": return means(r)
    case "anova":
      let test = AnalysisOfVariance(
        r.table("groups"), variances: r.id.hasSuffix("welch") ? .unequal : .equal)
      return p(test, r, statistic: "f")
    case "levene": return p(LeveneTest(r.table("groups")), r, statistic: "w")
    case "tukey":
      return TukeyTest(r.table("groups")).comparisons.map {
        ("p\($0.first)\($0.second)", .number($0.pValue))
      }
    case "mann_whitney", "wilcoxon", "ks", "brunner_munzel", "kruskal", "shapiro", "correlation",
      "quantile":
      return ranks(r)
    case "kaplan_meier", "logrank", "poisson_rates", "poisson_ci": return events(r)
    default: return function(r).map { [("value", .number($0))] + logarithm(r) }
    }
  }

  /// Probability, logarithm and statistic of a test, as far as they are expected.
  private static func p(
    _ test: some SignificanceTest, _ r: ReferenceCase, statistic: String? = nil
  ) -> Answers {
    var answers: Answers = []
    if r.expects("p_value") { answers.append(("p_value", .number(test.pValue))) }
    if r.expects("log10_p") {
      answers.append(("log10_p", .number(test.logP / 2.302585092994046)))
    }
    if let statistic { answers.append((statistic, .number(test.statistic))) }
    return answers
  }

  private static func fisher(_ r: ReferenceCase) -> Answers {
    let test = FisherExactTest(
      r.whole("a"), r.whole("b"), r.whole("c"), r.whole("d"), alternative: r.alternative)
    var answers: Answers = []
    let level = r.has("confidence") ? r["confidence"] : 0.95
    for name in r.expected.members!.keys.sorted() {
      let hasExact =
        r.expects(name + "_exact") || (name == "p_value" && r.expects("p_value_exact60"))
      if hasExact { continue }
      switch name {
      case "p_value", "p_value_exact", "p_value_exact60":
        answers.append((name, .number(test.pValue)))
      case "log10_p", "log10_p_exact":
        answers.append((name, .number(test.logP / 2.302585092994046)))
      case "conditional_odds_ratio", "conditional_odds_ratio_exact":
        if r.expected[name]!.number!.isNaN {
          if test.estimate != nil { answers.append((name, .number(0))) }
        } else {
          answers.append((name, .number(test.estimate ?? .nan)))
        }
      case "conditional_or_ci", "conditional_or_ci_exact":
        answers.append((name, .ends(test.confidenceInterval(level: level))))
      case "sample_odds_ratio", "odds_ratio":
        let isNone = r.expected[name]!.number!.isNaN
        if let odds = test.sampleOddsRatio {
          answers.append((name, .number(odds)))
        } else if !isNone {
          answers.append((name, .number(.nan)))
        }
      default: answers.append((name, .number(.nan)))
      }
    }
    return answers
  }

  private static func odds(_ r: ReferenceCase) -> Answers {
    let table = r.counts("table")
    let (a, b) = (table[0][0], table[0][1])
    let (c, d) = (table[1][0], table[1][1])
    let level = r["confidence"]
    if r.id.hasSuffix("sample") {
      let odds = ProportionOddsRatio(Proportion(a, of: a + b), Proportion(c, of: c + d))
      return [
        ("odds_ratio", .number(odds.estimate!)),
        ("ci", .ends(odds.confidenceInterval(level: level))),
      ]
    }
    let test = FisherExactTest(a, b, c, d)
    let isExact = r.expects("conditional_odds_ratio_exact")
    return [
      (isExact ? "conditional_odds_ratio_exact" : "odds_ratio", .number(test.estimate!)),
      (
        isExact ? "conditional_or_ci_exact" : "ci",
        .ends(test.confidenceInterval(level: level))
      ),
    ]
  }

  private static func proportionInterval(_ r: ReferenceCase) -> Answers {
    let methods: [String: ProportionIntervalMethod] = [
      "wilson": .wilson, "clopper_pearson": .clopperPearson, "agresti_coull": .agrestiCoull,
      "jeffreys": .jeffreys, "wald": .wald,
    ]
    let interval = r.proportion("").confidenceInterval(
      level: r["confidence"], method: methods[r.text("method")!]!)
    return [("ci", .ends(interval))]
  }

  private static func differenceInterval(_ r: ReferenceCase) -> Answers {
    let methods: [String: DifferenceIntervalMethod] = [
      "newcombe_wilson": .newcombe, "agresti-caffo": .agrestiCaffo, "wald": .wald,
      "score_miettinen_nurminen": .miettinenNurminen,
    ]
    let interval = ProportionDifference(r.proportion("1"), r.proportion("2"))
      .confidenceInterval(level: r["confidence"], method: methods[r.text("method")!]!)
    return [("ci", .ends(interval))]
  }

  private static func ratioInterval(_ r: ReferenceCase) -> Answers {
    let methods: [String: RatioIntervalMethod] = [
      "log": .logarithm, "log-adjusted": .adjustedLogarithm, "logit": .logarithm,
      "logit-adjusted": .adjustedLogarithm, "score": .score,
    ]
    let method = methods[r.text("method")!]!
    let (first, second) = (r.proportion("1"), r.proportion("2"))
    let interval =
      r.text("compare") == "ratio"
      ? ProportionRatio(first, second).confidenceInterval(level: r["confidence"], method: method)
      : ProportionOddsRatio(first, second)
        .confidenceInterval(level: r["confidence"], method: method)
    return [("ci", .ends(interval))]
  }

  private static func means(_ r: ReferenceCase) -> Answers {
    switch r.group {
    case "t_test":
      let test = TwoSampleTTest(
        r.list("a"), r.list("b"), variances: r.flag("equal_var") ? .equal : .unequal,
        alternative: r.alternative)
      return p(test, r, statistic: "t") + [
        ("df", .number(test.degreesOfFreedom)),
        ("ci", .ends(test.confidenceInterval(level: r["confidence"]))),
      ]
    case "t_test_paired":
      let test = OneSampleTTest(
        pairs: zip(r.list("a"), r.list("b")), alternative: r.alternative)
      var answers = p(test, r, statistic: "t")
      answers.append(("df", .number(test.degreesOfFreedom)))
      if r.expects("ci") { answers.append(("ci", .ends(test.confidenceInterval(level: 0.95)))) }
      return answers
    case "t_test_from_stats":
      let test = TwoSampleTTest(
        SampleMoments(
          count: r.whole("n1"), mean: r["mean1"], standardDeviation: r["sd1"]),
        SampleMoments(
          count: r.whole("n2"), mean: r["mean2"], standardDeviation: r["sd2"]))
      return p(test, r, statistic: "t") + [("df", .number(test.degreesOfFreedom))]
    case "yuen":
      let test = YuenTest(r.list("a"), r.list("b"), trim: r["trim"])
      return p(test, r, statistic: "t") + [("df", .number(test.degreesOfFreedom))]
    default:
      let test = TwoSampleTTest(r.list("a"), r.list("b"))
      return [
        ("cohen_d", .number(test.cohensD!)), ("hedges_g", .number(test.hedgesG!)),
        ("common_language", .number(test.commonLanguageEffect!)),
      ]
    }
  }

  private static func ranks(_ r: ReferenceCase) -> Answers {
    switch r.group {
    case "mann_whitney":
      let method: RankTestMethod =
        r.text("method") == "exact" ? .exact : r.flag("continuity") ? .corrected : .asymptotic
      let test = MannWhitneyTest(
        r.list("a"), r.list("b"), method: method, alternative: r.alternative)
      return p(test, r, statistic: "u1")
    case "wilcoxon":
      let test =
        r.has("differences")
        ? WilcoxonSignedRankTest(r.list("differences"), alternative: r.alternative)
        : WilcoxonSignedRankTest(
          pairs: zip(r.list("a"), r.list("b")), alternative: r.alternative)
      return p(test, r, statistic: "w")
    case "ks":
      let (a, b) = (r.list("a"), r.list("b"))
      let test = KolmogorovSmirnovTest(a, b)
      return [
        ("d", .number(test.statistic)), ("p_exact", .number(test.pValue)),
        ("p_asymp", .number(KolmogorovSmirnovTest(a, b, method: .asymptotic).pValue)),
      ]
    case "brunner_munzel":
      return p(BrunnerMunzelTest(r.list("a"), r.list("b")), r, statistic: "statistic")
    case "kruskal":
      let test = KruskalWallisTest(r.table("groups"))
      return p(test, r, statistic: "h") + [("df", .number(Double(test.degreesOfFreedom)))]
    case "shapiro": return p(ShapiroWilkTest(r.list("a")), r, statistic: "w")
    case "correlation":
      let kind = CorrelationTest.Kind(rawValue: r.text("method")!)!
      let test = CorrelationTest(r.list("x"), r.list("y"), kind: kind)
      return p(test, r) + [("r", .number(test.estimate!))]
    default:
      let type = QuantileType(rawValue: Int(String(r.id.last!))!)!
      let quantiles = Quantiles.quantiles(
        r.list("probs"), ofSorted: r.list("x").sorted(), type: type)
      return [("q", .list(quantiles!))]
    }
  }

  private static func events(_ r: ReferenceCase) -> Answers {
    func times(_ index: String) -> [SurvivalTime] {
      zip(r.list("time\(index)"), r.list("event\(index)")).map {
        SurvivalTime($0.0, isEvent: $0.1 == 1)
      }
    }
    switch r.group {
    case "kaplan_meier":
      let steps = KaplanMeierCurve(times("")).steps
      return [
        ("times", .list(steps.map(\.time))), ("surv", .list(steps.map(\.survival))),
        ("se", .list(steps.map(\.standardError))),
      ]
    case "logrank": return p(LogRankTest([times("1"), times("2")]), r, statistic: "chi2")
    case "poisson_rates":
      let methods: [String: PoissonRatioTest.Method] = [
        "score": .score, "wald": .wald, "exact-cond": .conditional, "etest-score": .parametric,
      ]
      let test = PoissonRatioTest(
        PoissonRate(r.whole("count1"), per: r["exposure1"]),
        PoissonRate(r.whole("count2"), per: r["exposure2"]), method: methods[r.text("method")!]!)
      return p(test, r, statistic: "statistic")
    default:
      let rate = PoissonRate(r.whole("count"), per: r["exposure"])
      return [("ci", .ends(rate.confidenceInterval(level: r["confidence"])))]
    }
  }

  /// The values of the special functions and distributions.
  private static func function(_ r: ReferenceCase) -> Double? {
    switch r.group {
    case "normal_quantile": NormalDistribution.quantile(r["p"])
    case "normal_cdf": NormalDistribution.lower(r["x"]).value
    case "normal_logcdf": NormalDistribution.lower(r["x"]).log
    case "log_gamma": GammaFunctions.logGamma(r["x"])
    case "log_gamma_abs": GammaFunctions.signedLogGamma(r["x"]).log
    case "digamma": GammaFunctions.digamma(r["x"])
    case "log_beta": GammaFunctions.logBeta(r["a"], r["b"])
    case "incomplete_beta": IncompleteBeta(r["a"], r["b"], at: r["x"]).lower.value
    case "incomplete_beta_inv": BetaDistribution(r["a"], r["b"]).quantile(r["p"])
    case "gamma_q": IncompleteGamma(shape: r["a"], at: r["x"]).upper.value
    case "gamma_p": IncompleteGamma(shape: r["a"], at: r["x"]).lower.value
    case "t_sf": StudentDistribution(degreesOfFreedom: r["df"]).upper(r["t"]).value
    case "t_quantile": StudentDistribution(degreesOfFreedom: r["df"]).quantile(r["p"])
    case "chi2_sf": ChiSquareDistribution(degreesOfFreedom: r["df"]).upper(r["x"]).value
    case "f_sf": FDistribution(r["d1"], r["d2"]).upper(r["f"]).value
    case "erf": ErrorFunction.erf(r["x"])
    case "erfc": ErrorFunction.erfc(r["x"])
    case "binomial_cdf":
      BinomialDistribution(trials: r.whole("n"), probability: r["p"]).lower(r.whole("k")).value
    case "kolmogorov_sf": KolmogorovDistribution.upper(r["x"]).value
    case "bivariate_normal_cdf":
      BivariateNormalDistribution(correlation: r["rho"]).lower(r["h"], r["k"])
    default: nil
    }
  }

  private static func logarithm(_ r: ReferenceCase) -> Answers {
    guard r.expects("log10_value") else { return [] }
    let log: Double
    switch r.group {
    case "normal_cdf": log = NormalDistribution.lower(r["x"]).log
    case "gamma_q": log = IncompleteGamma(shape: r["a"], at: r["x"]).upper.log
    case "chi2_sf": log = ChiSquareDistribution(degreesOfFreedom: r["df"]).upper(r["x"]).log
    default: return [("log10_value", .number(.nan))]
    }
    return [("log10_value", .number(log / 2.302585092994046))]
  }
}
