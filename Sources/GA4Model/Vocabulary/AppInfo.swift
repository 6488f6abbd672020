/// The app that logged the event: the record `app_info`; absent on the web.
public struct AppInfo: EventRecord {
  public static let record = "app_info"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes an app from the fields most used; those that are `nil` are absent.
  public init(
    id: String? = nil, version: String? = nil, installStore: String? = nil,
    installSource: String? = nil, firebaseAppID: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.id = id
    self.version = version
    self.installStore = installStore
    self.installSource = installSource
    self.firebaseAppID = firebaseAppID
  }

  /// `app_info.id`: the bundle or package name.
  public var id: String? {
    get { self[text: "id"] }
    set { self[text: "id"] = newValue }
  }

  /// `app_info.version`.
  public var version: String? {
    get { self[text: "version"] }
    set { self[text: "version"] = newValue }
  }

  /// `app_info.install_store`.
  public var installStore: String? {
    get { self[text: "install_store"] }
    set { self[text: "install_store"] = newValue }
  }

  /// `app_info.install_source`: the store that installed the app.
  public var installSource: String? {
    get { self[text: "install_source"] }
    set { self[text: "install_source"] = newValue }
  }

  /// `app_info.firebase_app_id`.
  public var firebaseAppID: String? {
    get { self[text: "firebase_app_id"] }
    set { self[text: "firebase_app_id"] = newValue }
  }
}

extension Event {
  /// The app that logged the event: the record `app_info`.
  public var appInfo: AppInfo {
    get { self[record: AppInfo.self] }
    set { self[record: AppInfo.self] = newValue }
  }
}
