/// What the user held: the record `device`.
///
/// ```swift
/// event.device.category                     // "mobile"
/// event.device.browser = "Chrome"           // device.web_info.browser
/// event.device[path: "web_info.hostname"]   // any other field
/// ```
public struct Device: EventRecord {
  public static let record = "device"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes a device from the fields most used; those that are `nil` are absent.
  public init(
    category: String? = nil, operatingSystem: String? = nil,
    operatingSystemVersion: String? = nil, language: String? = nil,
    mobileBrandName: String? = nil, mobileModelName: String? = nil,
    browser: String? = nil, browserVersion: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.category = category
    self.operatingSystem = operatingSystem
    self.operatingSystemVersion = operatingSystemVersion
    self.language = language
    self.mobileBrandName = mobileBrandName
    self.mobileModelName = mobileModelName
    self.browser = browser
    self.browserVersion = browserVersion
  }

  /// `device.category`: desktop, mobile, tablet or smart tv.
  public var category: String? {
    get { self[text: "category"] }
    set { self[text: "category"] = newValue }
  }

  /// `device.operating_system`.
  public var operatingSystem: String? {
    get { self[text: "operating_system"] }
    set { self[text: "operating_system"] = newValue }
  }

  /// `device.operating_system_version`.
  public var operatingSystemVersion: String? {
    get { self[text: "operating_system_version"] }
    set { self[text: "operating_system_version"] = newValue }
  }

  /// `device.language`: of the operating system or browser, such as en-us.
  public var language: String? {
    get { self[text: "language"] }
    set { self[text: "language"] = newValue }
  }

  /// `device.mobile_brand_name`.
  public var mobileBrandName: String? {
    get { self[text: "mobile_brand_name"] }
    set { self[text: "mobile_brand_name"] = newValue }
  }

  /// `device.mobile_model_name`.
  public var mobileModelName: String? {
    get { self[text: "mobile_model_name"] }
    set { self[text: "mobile_model_name"] = newValue }
  }

  /// `device.mobile_marketing_name`.
  public var mobileMarketingName: String? {
    get { self[text: "mobile_marketing_name"] }
    set { self[text: "mobile_marketing_name"] = newValue }
  }

  /// `device.mobile_os_hardware_model`: as the system spells it.
  public var mobileOSHardwareModel: String? {
    get { self[text: "mobile_os_hardware_model"] }
    set { self[text: "mobile_os_hardware_model"] = newValue }
  }

  /// `device.vendor_id`: IDFV; app on iOS.
  public var vendorID: String? {
    get { self[text: "vendor_id"] }
    set { self[text: "vendor_id"] = newValue }
  }

  /// `device.advertising_id`: IDFA or advertising id; app.
  public var advertisingID: String? {
    get { self[text: "advertising_id"] }
    set { self[text: "advertising_id"] = newValue }
  }

  /// `device.time_zone_offset_seconds`: east of UTC.
  public var timeZoneOffsetSeconds: Int64? {
    get { self[int: "time_zone_offset_seconds"] }
    set { self[int: "time_zone_offset_seconds"] = newValue }
  }

  /// `device.is_limited_ad_tracking`: whether the user limits ad tracking; the export says Yes or No.
  public var isLimitedAdTracking: Bool? {
    get { self[bool: "is_limited_ad_tracking"] }
    set { self[text: "is_limited_ad_tracking"] = newValue.map { $0 ? "Yes" : "No" } }
  }

  /// The browser, `device.web_info`.
  public var webInfo: WebInfo {
    get { self[record: WebInfo.self] }
    set { self[record: WebInfo.self] = newValue }
  }

  /// `device.web_info.browser`, where the export holds the browser; `device.browser` itself, which
  /// it leaves empty, is `self[path: "browser"]`.
  public var browser: String? {
    get { webInfo.browser }
    set { webInfo.browser = newValue }
  }

  /// `device.web_info.browser_version`.
  public var browserVersion: String? {
    get { webInfo.browserVersion }
    set { webInfo.browserVersion = newValue }
  }

  /// The browser, `device.web_info`.
  public struct WebInfo: EventRecord {
    public static let record = "device.web_info"
    public let fields: FieldSet

    public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

    /// Makes a browser from the fields most used; those that are `nil` are absent.
    public init(
      browser: String? = nil, browserVersion: String? = nil, hostname: String? = nil
    ) {
      self.init(fields: FieldSet())
      self.browser = browser
      self.browserVersion = browserVersion
      self.hostname = hostname
    }

    /// `device.web_info.browser`.
    public var browser: String? {
      get { self[text: "browser"] }
      set { self[text: "browser"] = newValue }
    }

    /// `device.web_info.browser_version`.
    public var browserVersion: String? {
      get { self[text: "browser_version"] }
      set { self[text: "browser_version"] = newValue }
    }

    /// `device.web_info.hostname`: of the page.
    public var hostname: String? {
      get { self[text: "hostname"] }
      set { self[text: "hostname"] = newValue }
    }
  }
}

extension Event {
  /// What the user held: the record `device`.
  public var device: Device {
    get { self[record: Device.self] }
    set { self[record: Device.self] = newValue }
  }
}
