#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The few socket calls a test server needs, on 127.0.0.1 only.
enum LoopbackSocket {
    enum Received {
        case bytes([UInt8])
        case nothing
        case closed
    }

    struct Failure: Error, CustomStringConvertible {
        let call: String
        let code: Int32
        var description: String { "\(call) failed on 127.0.0.1: \(String(cString: strerror(code)))." }
    }

    static func listen() throws -> (socket: Int32, port: Int) {
        #if os(Linux)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        keepFromChildren(descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = 0
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> (String, Int32) in
                if bind(descriptor, generic, length) != 0 { return ("bind", errno) }
                if systemListen(descriptor, 64) != 0 { return ("listen", errno) }
                if getsockname(descriptor, generic, &length) != 0 { return ("getsockname", errno) }
                return ("", 0)
            }
        }
        guard status.1 == 0 else {
            close(descriptor)
            throw Failure(call: status.0, code: status.1)
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func accept(_ listener: Int32, milliseconds: Int32) -> Int32? {
        guard wait(listener, Int16(POLLIN), milliseconds) else { return nil }
        let connection = systemAccept(listener, nil, nil)
        guard connection >= 0 else { return nil }
        keepFromChildren(connection)
        #if canImport(Darwin)
            var on: Int32 = 1
            setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        var noDelay: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        return connection
    }

    static func receive(_ descriptor: Int32, milliseconds: Int32) -> Received {
        guard wait(descriptor, Int16(POLLIN), milliseconds) else { return .nothing }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return count < 0 && errno == EINTR ? .nothing : .closed }
        return .bytes(Array(bytes[..<count]))
    }

    /// Waits so long for the peer to close, whatever else it sends.
    static func isClosedByPeer(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        #if os(Linux)
            // POLLRDHUP, which Glibc's module lacks.
            return wait(descriptor, 0x2000, milliseconds)
        #else
            guard wait(descriptor, Int16(POLLIN), min(5, milliseconds)) else { return false }
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) <= 0
        #endif
    }

    /// Sends everything, or says no when the peer is gone or the condition ends.
    static func send(_ descriptor: Int32, _ bytes: [UInt8], while condition: () -> Bool) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard condition() else { return false }
            guard wait(descriptor, Int16(POLLOUT), 50) else { continue }
            let count = rest.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    static func close(_ descriptor: Int32) { systemClose(descriptor) }

    /// Ends both directions; threads that wait for the socket are woken.
    static func shutDown(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// A process that is started meanwhile would hold the connection open.
    private static func keepFromChildren(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

    /// Makes the next `close` drop what was not sent and tell the peer so.
    static func resetWhenClosed(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func wait(_ descriptor: Int32, _ events: Int16, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }
}

private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { listen(descriptor, backlog) }

private func systemAccept(
    _ listener: Int32, _ address: UnsafeMutablePointer<sockaddr>?, _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 { accept(listener, address, length) }

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if os(Linux)
        // MSG_DONTWAIT as well: a full socket must not hold the thread.
        send(descriptor, bytes, count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    #else
        send(descriptor, bytes, count, MSG_DONTWAIT)
    #endif
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
