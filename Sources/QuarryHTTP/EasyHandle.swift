import CQuarryCurl

/// Creates, reads and destroys libcurl easy handles.
///
/// The task that passes a transfer to the engine creates the handle. From then on it belongs to the engine's thread,
/// and finally to the transfer, which destroys it.
enum EasyHandle {
    static func make(for transfer: Transfer, _ configuration: HTTPClient.Configuration) throws {
        guard let handle = curl_easy_init() else {
            throw HTTPError(.internalFailure, "libcurl could not allocate a transfer.")
        }
        transfer.handle = handle
        let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: quarry_curl_error_size)
        errorText.initialize(repeating: 0, count: quarry_curl_error_size)
        transfer.errorText = errorText
        let options = Options(handle: handle)
        try options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        try set(connectionOf: transfer, configuration, options)
        try set(requestOf: transfer, options)
        try set(callbacksOf: transfer, options)
    }

    static func destroy(_ transfer: Transfer) {
        if let handle = transfer.handle { curl_easy_cleanup(handle) }
        curl_slist_free_all(transfer.headerList)
        curl_slist_free_all(transfer.resolveList)
        transfer.errorText?.deallocate()
        transfer.handle = nil
        transfer.headerList = nil
        transfer.resolveList = nil
        transfer.errorText = nil
    }

    /// The measurements of libcurl so far.
    static func timings(of transfer: Transfer) -> HTTPTimings {
        var timings = HTTPTimings()
        timings.bodyBytes = transfer.bodyBytes
        guard let handle = transfer.handle else { return timings }
        func number(_ info: CURLINFO) -> Int {
            var value: curl_off_t = 0
            return quarry_curl_get_offset(handle, info, &value) == CURLE_OK ? Int(value) : 0
        }
        timings.lookup = .microseconds(number(CURLINFO_NAMELOOKUP_TIME_T))
        timings.connect = .microseconds(number(CURLINFO_CONNECT_TIME_T))
        timings.handshake = .microseconds(number(CURLINFO_APPCONNECT_TIME_T))
        timings.firstByte = .microseconds(number(CURLINFO_STARTTRANSFER_TIME_T))
        timings.total = .microseconds(number(CURLINFO_TOTAL_TIME_T))
        timings.bytesSent = number(CURLINFO_SIZE_UPLOAD_T)
        timings.bytesReceived = number(CURLINFO_SIZE_DOWNLOAD_T)
        return timings
    }

    /// The error for a body that is shorter than its `Content-Length` although libcurl reports success.
    ///
    /// Seen with libcurl 7.88: an HTTP/2 stream that the server resets while another stream of the connection is
    /// paused.
    static func shortfall(of transfer: Transfer) -> HTTPError? {
        var (expected, received): (curl_off_t, curl_off_t) = (-1, 0)
        guard let handle = transfer.handle, transfer.bodyBytes > 0,
            quarry_curl_get_offset(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected) == CURLE_OK,
            quarry_curl_get_offset(handle, CURLINFO_SIZE_DOWNLOAD_T, &received) == CURLE_OK, received < expected
        else { return nil }
        return HTTPError(
            .connectionLost, "\(transfer.request.url) sent \(received) of the \(expected) bytes that it announced.")
    }

    /// Whether the transfer uses a connection that an earlier one opened.
    static func isConnectionReused(_ transfer: Transfer) -> Bool {
        var count = 0
        guard let handle = transfer.handle,
            quarry_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &count) == CURLE_OK
        else { return false }
        return count == 0
    }

    static func error(_ code: CURLcode, of transfer: Transfer) -> HTTPError {
        let detail = transfer.errorText.map { String(cString: $0) } ?? ""
        var connectStatus = 0
        if let handle = transfer.handle { _ = quarry_curl_get_long(handle, CURLINFO_HTTP_CONNECTCODE, &connectStatus) }
        if connectStatus == 407 {
            var error = HTTPError(
                .cannotConnect,
                "\(transfer.request.url): the proxy did not open a tunnel (status 407). \(HTTPError.proxyCredentials)")
            error.isProxyAuthenticationFailure = true
            return error
        }
        if connectStatus >= 300 {
            return HTTPError(
                .cannotConnect, "\(transfer.request.url): the proxy refused the tunnel with status \(connectStatus).")
        }
        let isFieldTooLong = code == CURLE_OUT_OF_MEMORY && !transfer.isHeadDelivered
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let reason = isFieldTooLong ? "a header field is too long" : text
        let kind: HTTPError.Code =
            switch code {
            case CURLE_URL_MALFORMAT: .invalidURL
            // The code of libcurl for a single header field beyond 100 KiB.
            case CURLE_OUT_OF_MEMORY where isFieldTooLong: .responseTooLarge
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .cannotResolve
            case CURLE_COULDNT_CONNECT, CURLE_PROXY: .cannotConnect
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM,
                CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
                .insecureConnection
            case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .connectionLost
            // The URL's scheme was checked before, so the response's protocol is not supported.
            case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL: .malformedResponse
            default: .internalFailure
            }
        return HTTPError(kind, "\(transfer.request.url): \(reason).")
    }

    private static func set(
        connectionOf transfer: Transfer, _ configuration: HTTPClient.Configuration, _ options: Options
    ) throws {
        try options.set(CURLOPT_NOSIGNAL, 1)
        try options.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try options.set(CURLOPT_FOLLOWLOCATION, 0)
        try options.set(CURLOPT_HTTP_VERSION, quarry_curl_http_version_2tls)
        // Waiting to share a connection only pays with TLS, whose handshake shows whether sharing is possible.
        if transfer.request.url.scheme == "https" { try options.set(CURLOPT_PIPEWAIT, 1) }
        try options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try options.set(CURLOPT_ACCEPT_ENCODING, "")
        try options.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, transfer.limits.connectTimeout.milliseconds))
        // Whole bodies use fewer, larger reads. An event stream needs only a small buffer.
        if transfer.reading == .whole { try options.set(CURLOPT_BUFFERSIZE, 256 << 10) }
        for entry in configuration.resolve {
            transfer.resolveList = try appending(entry, to: transfer.resolveList)
        }
        try options.check(quarry_curl_set_list(options.handle, CURLOPT_RESOLVE, transfer.resolveList))
        switch configuration.proxy {
        case .none: try options.set(CURLOPT_PROXY, "")
        case .environment:
            // Without an option libcurl reads the environment.
            if !configuration.usesEnvironmentProxy(for: transfer.request.url) { try options.set(CURLOPT_PROXY, "") }
        case .url(let url, let password):
            try options.set(CURLOPT_PROXY, url.string)
            if let password { try options.set(CURLOPT_PROXYUSERPWD, password.reveal()) }
        }
        if case .file(let path) = configuration.certificateAuthorities { try options.set(CURLOPT_CAINFO, path) }
    }

    private static func set(requestOf transfer: Transfer, _ options: Options) throws {
        let request = transfer.request
        try request.headers.validate()
        try options.set(CURLOPT_URL, request.url.string)
        if request.method == .head { try options.set(CURLOPT_NOBODY, 1) }
        if let body = request.body {
            try options.set(CURLOPT_POST, 1)
            try options.check(
                quarry_curl_set_offset(options.handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            try body.withUnsafeBytes { bytes in
                // The pointer to an empty array is nil in Swift, and nil makes libcurl read from a callback.
                let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
                if let start {
                    try options.set(CURLOPT_COPYPOSTFIELDS, start)
                } else {
                    try options.set(CURLOPT_COPYPOSTFIELDS, "")
                }
            }
        }
        try options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        var lines = request.headers.fields.map { field in
            let value = field.value.wire
            return value.isEmpty ? "\(field.name);" : "\(field.name): \(value)"
        }
        lines.append("Expect:")
        if request.body != nil, request.headers["content-type"] == nil { lines.append("Content-Type:") }
        for line in lines { transfer.headerList = try appending(line, to: transfer.headerList) }
        try options.check(quarry_curl_set_list(options.handle, CURLOPT_HTTPHEADER, transfer.headerList))
    }

    private static func appending(
        _ line: String, to list: UnsafeMutablePointer<curl_slist>?
    ) throws -> UnsafeMutablePointer<curl_slist> {
        guard let longer = curl_slist_append(list, line) else {
            throw HTTPError(.internalFailure, "libcurl could not allocate a list.")
        }
        return longer
    }

    private static func set(callbacksOf transfer: Transfer, _ options: Options) throws {
        // Unretained: the engine holds the transfer while libcurl works on it.
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        try options.check(quarry_curl_set_data_callback(options.handle, CURLOPT_HEADERFUNCTION, receiveHeader))
        try options.set(CURLOPT_HEADERDATA, context)
        try options.check(quarry_curl_set_data_callback(options.handle, CURLOPT_WRITEFUNCTION, receiveBody))
        try options.set(CURLOPT_WRITEDATA, context)
        try set(addressCheckOf: transfer, options.handle, context: context)
    }
}

/// Sets options of one handle.
private struct Options {
    let handle: UnsafeMutableRawPointer

    func set(_ option: CURLoption, _ value: Int) throws { try check(quarry_curl_set_long(handle, option, value)) }
    func set(_ option: CURLoption, _ value: String) throws { try check(quarry_curl_set_string(handle, option, value)) }
    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) throws {
        try check(quarry_curl_set_pointer(handle, option, value))
    }

    func check(_ code: CURLcode) throws {
        guard code == CURLE_OK else {
            throw HTTPError(
                .internalFailure, "libcurl refused an option: \(String(cString: curl_easy_strerror(code))).")
        }
    }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    transfer.lastActivity = .now
    // Trailers after the body arrive here as well and are ignored.
    guard !transfer.isHeadDelivered else { return line.count }
    let head = transfer.head.push(line)
    guard transfer.head.byteCount <= transfer.limits.maximumHeadBytes else {
        transfer.refusal = HTTPError(
            .responseTooLarge,
            "\(transfer.request.url) sent more than \(transfer.limits.maximumHeadBytes) bytes of header fields, the limit."
        )
        return 0
    }
    guard let head else { return line.count }
    // libcurl would ignore it, and take the end of the connection for the end of the body.
    if let length = head.overflowingLength {
        transfer.refusal = HTTPError(
            .malformedResponse,
            "\(transfer.request.url) announced a body of \(length.prefix(40)) bytes, more than can be counted.")
        return 0
    }
    transfer.deliver(head)
    return line.count
}

extension Transfer {
    fileprivate func deliver(_ parsed: ResponseHeadParser.Head) {
        var head = HTTPResponseHead(
            status: parsed.status, headers: parsed.headers.hidingValues(that: redactor),
            url: request.url.hidingCredentials(redactor))
        head.redactor = redactor
        head.endsByClosing = parsed.endsByClosing && request.method != .head
        tracer?.trace(head, from: remoteAddress, isReused: EasyHandle.isConnectionReused(self))
        deliver(head)
    }
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    transfer.noteActivity(piece)
    guard transfer.bodyBytes + piece.count <= transfer.limits.maximumBodyBytes else {
        transfer.refusal = HTTPError(
            .responseTooLarge,
            "\(transfer.request.url) sent more than the limit of \(transfer.limits.maximumBodyBytes) bytes.")
        return 0
    }
    switch transfer.deliver(piece) {
    case .taken:
        transfer.bodyBytes += piece.count
        if transfer.tracer?.showsBodies == true, transfer.tracedBody.count <= Tracer.maximumBodyBytes {
            transfer.tracedBody.append(contentsOf: piece.prefix(Tracer.maximumBodyBytes + 1))
        }
        return piece.count
    case .pause: return quarry_curl_write_pause
    case .unwanted: return 0
    }
}
