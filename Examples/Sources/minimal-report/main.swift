// The smallest program on the library: two imports and a question.
//
// Scripts/check-foundation looks at what it links, so it must import nothing else.
import GA4Samples
import ProductAnalytics

let log = try SampleShop.small.log()
print(MetricsQuery(by: [.channel]).evaluate(log))
