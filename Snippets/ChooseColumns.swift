// Which columns matter, and how many directions are in them.

import Learning

// Six columns that tell two things between them, and a seventh that tells nothing.
let rows = 0..<200
let first = rows.map { Double($0 * 37 % 101) / 10 }
let second = rows.map { Double($0 * 53 % 89) / 10 }
let noise = rows.map { Double($0 * 71 % 97) / 97 }
func mixed(_ a: Double, _ b: Double) -> [Double] {
  rows.map { a * first[$0] + b * second[$0] + noise[($0 * 7) % 200] }
}
let table = try FeatureTable([
  FeatureColumn("views", first), FeatureColumn("clicks", mixed(0.5, 0)),
  FeatureColumn("seconds", mixed(2, 1)), FeatureColumn("discount", second),
  FeatureColumn("coupons", mixed(0, 0.8)), FeatureColumn("noise", noise),
])
let target = rows.map { 2 * first[$0] - second[$0] + noise[$0 * 13 % 200] }

let components = try PrincipalComponents(.varianceShare(0.9), scaling: .standardDeviation)
  .fit(table)
print(components)
print(try components.transform(table).names)

// Which columns come in as the penalty falls.
let path = try ElasticNetRegression(l1Share: 1).path(table, target: target)
print("\n\(path)")
print(path.entryOrder)
