// One import for the analysis rooms.
@_exported public import Cohorts
@_exported public import Experiments
@_exported public import Funnel
@_exported public import GA4Model
@_exported public import Learning
@_exported public import Plots
@_exported public import ProductMetrics
