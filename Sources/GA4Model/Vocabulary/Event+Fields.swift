extension Event {
  /// `platform`: WEB, IOS or ANDROID.
  public var platform: String? {
    get { fields[text: "platform"] }
    set { fields[text: "platform"] = newValue }
  }

  /// `stream_id`: the data stream.
  public var streamID: String? {
    get { fields[text: "stream_id"] }
    set { fields[text: "stream_id"] = newValue }
  }

  /// `event_dimensions.hostname`: the host of the page.
  public var hostname: String? {
    get { fields[text: "event_dimensions.hostname"] }
    set { fields[text: "event_dimensions.hostname"] = newValue }
  }

  /// `is_active_user`: whether the user was active on the day; absent from the streaming export.
  public var isActiveUser: Bool? {
    get { fields[bool: "is_active_user"] }
    set { fields[bool: "is_active_user"] = newValue }
  }

  /// `event_value_in_usd`: the parameter `value`, converted.
  public var eventValueInUSD: Double? {
    get { fields[number: "event_value_in_usd"] }
    set { fields[number: "event_value_in_usd"] = newValue }
  }

  /// `user_first_touch_timestamp`: when the user was first seen.
  public var firstTouchTime: EventTime? {
    get { fields[time: "user_first_touch_timestamp"] }
    set { fields[time: "user_first_touch_timestamp"] = newValue }
  }

  /// `event_previous_timestamp`: when the user logged an event of this name before.
  public var previousTime: EventTime? {
    get { fields[time: "event_previous_timestamp"] }
    set { fields[time: "event_previous_timestamp"] = newValue }
  }

  /// `event_original_occurrence_timestamp`: when the event first occurred.
  public var originalTime: EventTime? {
    get { fields[time: "event_original_occurrence_timestamp"] }
    set { fields[time: "event_original_occurrence_timestamp"] = newValue }
  }

  /// `event_bundle_sequence_id`: the upload in which the event came.
  public var bundleSequenceID: Int64? {
    get { fields[int: "event_bundle_sequence_id"] }
    set { fields[int: "event_bundle_sequence_id"] = newValue }
  }

  /// `event_server_timestamp_offset`: microseconds from collection to upload.
  public var serverTimestampOffset: Int64? {
    get { fields[int: "event_server_timestamp_offset"] }
    set { fields[int: "event_server_timestamp_offset"] = newValue }
  }

  /// `batch_page_id`: orders the batches of one page.
  public var batchPageID: Int64? {
    get { fields[int: "batch_page_id"] }
    set { fields[int: "batch_page_id"] = newValue }
  }

  /// `batch_ordering_id`: orders batches.
  public var batchOrderingID: Int64? {
    get { fields[int: "batch_ordering_id"] }
    set { fields[int: "batch_ordering_id"] = newValue }
  }

  /// `batch_event_index`: orders the events of a batch.
  public var batchEventIndex: Int64? {
    get { fields[int: "batch_event_index"] }
    set { fields[int: "batch_event_index"] = newValue }
  }
}
