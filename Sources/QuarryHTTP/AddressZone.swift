import CQuarryCurl

/// Whether an IP address belongs to this machine.
package enum AddressZone: Sendable, Hashable {
    /// 127.0.0.0/8 and ::1.
    case loopback
    /// 0.0.0.0/8 and ::, which name no other machine.
    case unspecified
    /// Everything else.
    case elsewhere

    /// - Parameter bytes: An address in network order, 4 or 16 bytes.
    ///
    /// An IPv4 address inside an IPv6 one (mapped, compatible, NAT64 of RFC 6052, 6to4) counts as itself.
    package init(bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4: self = Self.zone(ofIPv4: bytes)
        case 16: self = Self.zone(ofIPv6: bytes)
        default: self = .elsewhere
        }
    }

    /// The zone of a host that needs no lookup: a literal address, with or without brackets, or `localhost` and the
    /// names below it (RFC 6761, 6.3). Nil for other names.
    package init?(host: String) {
        let name = Self.bare(host)
        if let bytes = Self.bytes(ofLiteral: name) {
            self.init(bytes: bytes)
            return
        }
        guard name == "localhost" || name.hasSuffix(".localhost") else { return nil }
        self = .loopback
    }

    /// A host in lower case, without brackets and without the dot of the root: `127.0.0.1.` and `localhost.` are the same
    /// hosts as without it.
    static func bare(_ host: String) -> String {
        var name = host.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        return name
    }

    /// The bytes of a literal address without brackets; nil if the text is not an address.
    static func bytes(ofLiteral text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        // An interface name belongs to the socket, not to the address.
        let bare = text.contains(":") ? String(text.prefix { $0 != "%" }) : text
        let count = Int(quarry_curl_parse_address(bare, &bytes))
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    /// The text form of an address, without brackets.
    static func text(of bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: 64)
        quarry_curl_write_address(bytes, Int32(bytes.count), &text)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func zone(ofIPv4 bytes: [UInt8]) -> AddressZone {
        switch bytes[0] {
        case 127: .loopback
        case 0: .unspecified
        default: .elsewhere
        }
    }

    private static func zone(ofIPv6 bytes: [UInt8]) -> AddressZone {
        if bytes[..<15].allSatisfy({ $0 == 0 }), bytes[15] <= 1 { return bytes[15] == 1 ? .loopback : .unspecified }
        return embeddedIPv4(in: bytes).map(zone(ofIPv4:)) ?? .elsewhere
    }

    /// The IPv4 address inside an IPv6 one: mapped, compatible, NAT64 of RFC 6052, or 6to4.
    static func embeddedIPv4(in bytes: [UInt8]) -> [UInt8]? {
        func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
        let zeros = [UInt8](repeating: 0, count: 12)
        if starts(Array(zeros.prefix(10)) + [0xFF, 0xFF]) || starts(zeros) { return Array(bytes[12...]) }
        if starts([0x00, 0x64, 0xFF, 0x9B]) && bytes[4..<12].allSatisfy({ $0 == 0 }) { return Array(bytes[12...]) }
        return starts([0x20, 0x02]) ? Array(bytes[2..<6]) : nil
    }
}
