import CQuarryCurl

/// Makes libcurl check each address that a transfer connects to.
///
/// There are two checks: before a socket is opened, and before a request is sent over a connection, new or reused.
extension EasyHandle {
    static func set(
        addressCheckOf transfer: Transfer, _ handle: UnsafeMutableRawPointer, context: UnsafeMutableRawPointer
    ) throws {
        let codes = [
            quarry_curl_set_open_socket(handle, openSocket),
            quarry_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context),
            quarry_curl_set_before_request(handle, beforeRequest),
            quarry_curl_set_pointer(handle, CURLOPT_PREREQDATA, context),
        ]
        guard codes.allSatisfy({ $0 == CURLE_OK }) else {
            throw HTTPError(.internalFailure, "This version of libcurl cannot check the addresses that it connects to.")
        }
    }
}

private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context, let address else { return quarry_curl_bad_socket }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = Int(quarry_curl_address_bytes(address, &bytes))
    guard transfer.admits(Array(bytes.prefix(count))) else { return quarry_curl_bad_socket }
    return quarry_curl_open_socket(address)
}

private func beforeRequest(
    _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
    _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
    guard let context, let remote else { return quarry_curl_refuse_request }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let text = String(cString: remote)
    let bytes = AddressZone.bytes(ofLiteral: text) ?? []
    guard transfer.admits(bytes) else { return quarry_curl_refuse_request }
    // Another address of the same host may have been rejected before.
    transfer.refusal = nil
    transfer.remoteAddress = text
    return quarry_curl_allow_request
}

extension Transfer {
    /// Whether the policy allows a connection to the address. Stores the error if it does not.
    fileprivate func admits(_ bytes: [UInt8]) -> Bool {
        guard let refusal = hosts.refusal(of: bytes, for: request.url) else { return true }
        self.refusal = refusal
        return false
    }
}
