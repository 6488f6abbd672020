import CZlib

/// `bytes` as one gzip member.
public func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = unsafe z_stream()
  precondition(unsafe czlib_deflate_init_gzip(&stream, 6) == Z_OK)
  defer { unsafe deflateEnd(&stream) }
  var input = bytes
  let room = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
  return unsafe input.withUnsafeMutableBufferPointer { input in
    unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(room)
      precondition(unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END)
      unsafe count = room - Int(stream.avail_out)
    }
  }
}
