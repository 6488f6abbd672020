import Experiments

let design = GroupSequentialDesign(looks: 4)
print(design)
print(design.inflation)
