import Experiments

let design = GroupSequentialDesign(looks: 4)
print(design)
print(design.inflation)

let test = GroupSequentialTest(design, statistics: [1.4, 3.1])
print(test)
print(test.decision)
