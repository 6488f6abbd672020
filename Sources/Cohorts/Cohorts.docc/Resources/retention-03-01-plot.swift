import Cohorts
import GA4Model
import GA4Samples
import Plots

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

let matrix = RetentionQuery().evaluate(log)
let page = "<!DOCTYPE html><title>Retention</title>" + matrix.plot(title: "Who comes back").html
