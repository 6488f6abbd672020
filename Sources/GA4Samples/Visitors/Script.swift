import GA4Model
import StatisticsCore

/// What an event of a sample is.
enum Action: UInt8, Sendable, CaseIterable {
  case firstVisit, sessionStart, pageView, experimentImpression, viewPromotion, selectPromotion,
    scroll, userEngagement, viewSearchResults, viewItemList, selectItem, viewItem, addToCart,
    signUp, login, beginCheckout, addShippingInfo, addPaymentInfo, purchase, refund

  var name: EventName {
    switch self {
    case .firstVisit: .firstVisit
    case .sessionStart: .sessionStart
    case .pageView: .pageView
    case .experimentImpression: "experiment_impression"
    case .viewPromotion: .viewPromotion
    case .selectPromotion: .selectPromotion
    case .scroll: .scroll
    case .userEngagement: .userEngagement
    case .viewSearchResults: .viewSearchResults
    case .viewItemList: .viewItemList
    case .selectItem: .selectItem
    case .viewItem: .viewItem
    case .addToCart: .addToCart
    case .signUp: .signUp
    case .login: .login
    case .beginCheckout: .beginCheckout
    case .addShippingInfo: .addShippingInfo
    case .addPaymentInfo: .addPaymentInfo
    case .purchase: .purchase
    case .refund: .refund
    }
  }
}

/// A page of the shop.
enum Page: Sendable {
  case home, list(UInt8), product(UInt8), search(UInt8), information, login, cart, checkout,
    shipping, payment, confirmation
}

/// An event before it is written out.
struct Draft: Sendable {
  var action: Action
  var page: Page
  /// Microseconds since 1970.
  var time: Int64
  /// Where the event stands in the file: its time, unless it is late.
  var order: Int64
  /// When the page was opened.
  var pageTime: Int64
  /// Which event of the page, from 1.
  var pageIndex: Int32 = 1
  /// A product, a position in the cart or engaged milliseconds, as the action wants.
  var detail: Int32 = 0
  var isSignedIn = false
  var isEngaged = false
  var defects: DefectSet = []
  /// Random bits that say how the defects look.
  var look: UInt8 = 0
}

/// A product in the cart.
struct CartLine: Sendable {
  let product: Int
  let quantity: Int64
  /// The price of one in quarters of a dollar.
  var price: Int64
  var total: Int64 { price * quantity }
}

/// What happens in a visit.
struct Script: Sendable {
  /// The steps whose probabilities are planted, in order.
  static let steps: [Action] = [
    .sessionStart, .viewItem, .addToCart, .beginCheckout, .addShippingInfo, .addPaymentInfo,
    .purchase,
  ]

  let visit: Visit
  let visitor: Visitor
  var drafts: [Draft] = []
  var cart: [CartLine] = []
  var hasCoupon = false
  /// The probability of reaching each of ``steps``.
  let reach: [Double]
  /// How many of ``steps`` were reached.
  let reached: Int
  /// When what was bought is given back; it belongs to no visit.
  var refund: Draft?
  var isDenied = false

  var hasPurchase: Bool { reached == Self.steps.count }
  /// In quarters of a dollar.
  var revenue: Int64 { cart.reduce(0) { $0 + $1.total } }
  var shipping: Int64 { revenue >= 200 ? 0 : 20 }
  var tax: Int64 { revenue * 8 / 100 }
  var isEngaged: Bool { drafts.contains(where: \.isEngaged) }

  /// Unique: one visit buys at most once.
  var transactionID: String {
    "T" + padded(visitor.number, to: 7) + "-" + String(visit.slot)
  }

  init(_ visit: Visit, of visitor: Visitor, experiment: SampleExperiment?) {
    self.visit = visit
    self.visitor = visitor
    let behaviour = visitor.behaviour
    let root = visitor.stream(ofVisit: Int(visit.slot))

    var decisions = root.stream(Stream.decisions)
    let device = visitor.kind(ofDevice: Int(visit.device))
    let lift = visitor.variant == 1 ? experiment?.lift ?? 0 : 0
    let rates = [
      1, behaviour.view * Channel.all[Int(visit.channel)].viewFactor,
      behaviour.cart * device.cartFactor, behaviour.checkout, behaviour.shipping,
      behaviour.payment, behaviour.purchase * (1 + lift),
    ]
    var reach = rates
    var reached = 1
    for step in 1..<rates.count {
      reach[step] = reach[step - 1] * rates[step]
      // Drawn also when the visit has ended, so that each step has its own draw.
      let goesOn = decisions.uniform() < rates[step]
      if goesOn, reached == step { reached += 1 }
    }
    self.reach = reach
    self.reached = reached

    drafts.reserveCapacity(32)
    var writer = ScriptWriter(visit: visit, root: root)
    writer.play(
      reached: reached, behaviour: behaviour, hasExperiment: experiment != nil, in: &self)
    if hasPurchase { planRefund(root.stream(Stream.refund)) }
  }

  private mutating func planRefund(_ stream: SeededGenerator) {
    var stream = stream
    guard stream.uniform() < 0.04, let purchase = drafts.last(where: { $0.action == .purchase })
    else { return }
    let day = Int64(visit.day) + 1 + Int64(stream.integer(below: 10))
    let midnight =
      (visit.start / VisitPlan.microsecondsPerDay - Int64(visit.day) + day)
      * VisitPlan.microsecondsPerDay
    let time = midnight + 32_400_000_000 + Int64(stream.integer(below: UInt64(28_800_000_000)))
    var draft = purchase
    draft.action = .refund
    draft.time = time
    draft.order = time
    draft.pageTime = time
    draft.pageIndex = 1
    draft.isEngaged = false
    refund = draft
  }
}

/// Writes the events of a visit one after the other.
private struct ScriptWriter {
  let visit: Visit
  var steps: SeededGenerator
  var pauses: SeededGenerator
  var basket: SeededGenerator
  var time: Int64
  var page = Page.home
  var pageTime: Int64
  var pageIndex: Int32 = 0
  var views = 0
  var isSignedIn: Bool

  init(visit: Visit, root: SeededGenerator) {
    self.visit = visit
    steps = root.stream(Stream.steps)
    pauses = root.stream(Stream.pauses)
    basket = root.stream(Stream.basket)
    time = visit.start
    pageTime = visit.start
    isSignedIn = visit.signIn == .fromTheStart
  }

  mutating func play(
    reached: Int, behaviour: Behaviour, hasExperiment: Bool, in script: inout Script
  ) {
    let isLooking = reached > 1
    let landing = steps.uniform()
    let category = UInt8(steps.integer(below: categories.count))
    page = landing < 0.5 ? .home : landing < 0.85 ? .list(category) : .information
    if visit.isFirstOnDevice { add(.firstVisit, to: &script) }
    add(.sessionStart, to: &script)
    views = 1
    add(.pageView, to: &script)
    if visit.isFirst {
      // Time passes either way, so that an experiment adds its event and moves no other.
      pause(0.3)
      if hasExperiment { add(.experimentImpression, to: &script) }
    }
    if landing < 0.5, steps.uniform() < 0.45 {
      pause(1)
      add(.viewPromotion, detail: Int32(category), to: &script)
      if steps.uniform() < 0.1 {
        pause(4)
        add(.selectPromotion, detail: Int32(category), to: &script)
      }
    }
    scroll(0.25, to: &script)
    if !isLooking, steps.uniform() < 0.6 {
      if steps.uniform() < 0.5 { engage(to: &script) }
      return
    }

    if visit.signIn == .early { signIn(to: &script) }
    if steps.uniform() < 0.08 {
      open(.search(UInt8(steps.integer(below: PageText.searchTerms.count))), to: &script)
      add(.viewSearchResults, to: &script)
    }
    if isLooking {
      browse(category, reached: reached, behaviour: behaviour, in: &script)
      if reached > 3 { checkOut(reached: reached, behaviour: behaviour, in: &script) }
    } else {
      for _ in 0..<(1 + min(4, steps.geometric(probability: 0.75))) {
        let isList = steps.uniform() < 0.6
        let other = UInt8(steps.integer(below: categories.count))
        open(isList ? .list(other) : .information, to: &script)
        if isList { add(.viewItemList, detail: Int32(other), to: &script) }
        scroll(0.3, to: &script)
      }
    }
    if steps.uniform() < 0.6 { engage(to: &script) }
  }

  private mutating func browse(
    _ category: UInt8, reached: Int, behaviour: Behaviour, in script: inout Script
  ) {
    if case .list = page {} else { open(.list(category), to: &script) }
    add(.viewItemList, detail: Int32(category), to: &script)
    let count = 1 + min(5, steps.geometric(probability: 0.65))
    var wanted = reached > 2 ? 1 : 0
    if wanted == 1, basket.uniform() < 0.3 { wanted += 1 }
    if wanted == 2, basket.uniform() < 0.3 { wanted += 1 }
    for index in 0..<count {
      let product = choose(behaviour)
      if steps.uniform() < 0.4 {
        pause(6)
        add(.selectItem, detail: Int32(product), to: &script)
      }
      open(.product(UInt8(product)), to: &script)
      add(.viewItem, detail: Int32(product), to: &script)
      scroll(0.25, to: &script)
      let isTaken = count - index <= wanted
      if isTaken, !script.cart.contains(where: { $0.product == product }) {
        let quantity = 1 + basket.integer(below: behaviour.largestQuantity)
        script.cart.append(
          CartLine(
            product: product, quantity: Int64(quantity), price: goods[product].quarters))
        pause(12)
        add(.addToCart, detail: Int32(script.cart.count - 1), to: &script)
      }
    }
  }

  private mutating func choose(_ behaviour: Behaviour) -> Int {
    var best = basket.choose(popularity)
    for _ in 1..<max(behaviour.bargains, behaviour.luxuries) {
      let other = basket.choose(popularity)
      let isBetter =
        behaviour.luxuries > 1
        ? goods[other].quarters > goods[best].quarters
        : goods[other].quarters < goods[best].quarters
      if isBetter { best = other }
    }
    return best
  }

  private mutating func checkOut(
    reached: Int, behaviour: Behaviour, in script: inout Script
  ) {
    script.hasCoupon = basket.uniform() < behaviour.coupon
    if steps.uniform() < 0.5 { open(.cart, to: &script) }
    if script.hasCoupon {
      // Ten percent off, rounded down to quarters so that sums stay exact.
      for index in script.cart.indices {
        script.cart[index].price = max(1, script.cart[index].price * 9 / 10)
      }
    }
    open(.checkout, to: &script)
    add(.beginCheckout, to: &script)
    if visit.signIn == .atCheckout {
      signIn(to: &script)
      open(.checkout, to: &script)
    }
    guard reached > 4 else { return }
    open(.shipping, to: &script)
    pause(20)
    add(.addShippingInfo, to: &script)
    guard reached > 5 else { return }
    open(.payment, to: &script)
    pause(20)
    add(.addPaymentInfo, to: &script)
    guard reached > 6 else { return }
    open(.confirmation, to: &script)
    add(.purchase, to: &script)
  }

  private mutating func signIn(to script: inout Script) {
    open(.login, to: &script)
    pause(8)
    isSignedIn = true
    add(visit.isFirst && steps.uniform() < 0.6 ? .signUp : .login, to: &script)
  }

  private mutating func open(_ page: Page, to script: inout Script) {
    if steps.uniform() < 0.5 { engage(to: &script) } else { pause(15) }
    time += 50_000 + Int64(pauses.integer(below: 400_000))
    self.page = page
    pageTime = time
    pageIndex = 0
    views += 1
    add(.pageView, to: &script)
    time += 1_000 + Int64(pauses.integer(below: 200_000))
  }

  private mutating func scroll(_ probability: Double, to script: inout Script) {
    guard steps.uniform() < probability else { return }
    pause(10)
    add(.scroll, detail: Int32(truncatingIfNeeded: (time - pageTime) / 1000), to: &script)
  }

  private mutating func engage(to script: inout Script) {
    pause(18)
    add(.userEngagement, detail: Int32(truncatingIfNeeded: (time - pageTime) / 1000), to: &script)
  }

  /// Lets about `seconds` go by; little in visits that have become long.
  private mutating func pause(_ seconds: Double) {
    let drawn = 0.2 + pauses.exponential() * seconds
    let longest = time - visit.start < 2_700_000_000 ? 240.0 : 2
    time += Int64(min(drawn, longest) * 1_000_000)
  }

  private mutating func add(_ action: Action, detail: Int32 = 0, to script: inout Script) {
    pageIndex += 1
    script.drafts.append(
      Draft(
        action: action, page: page, time: time, order: time, pageTime: pageTime,
        pageIndex: pageIndex, detail: detail, isSignedIn: isSignedIn,
        isEngaged: action != .firstVisit && action != .sessionStart
          && (views > 1 || time - visit.start > 10_000_000)))
  }
}

/// The weights by which products are looked at: Zipf with exponent 1.
private let popularity = CumulativeWeights(goods.indices.map { 1 / Double($0 + 1) })
