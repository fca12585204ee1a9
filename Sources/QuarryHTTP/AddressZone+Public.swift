extension AddressZone {
    /// Whether an address belongs to the public Internet, by the registries of special addresses of IANA (RFC 6890, last
    /// seen in 2025): not loopback, private, link-local, shared, multicast, reserved or for documentation.
    ///
    /// - Parameter bytes: An address in network order, 4 or 16 bytes. Others are not public.
    ///
    /// An IPv4 address inside an IPv6 one counts as itself. Of IPv6, only global unicast addresses (2000::/3) are public.
    package static func isPublic(bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4: return !specialIPv4.contains { $0.contains(bytes) }
        case 16:
            if let inner = embeddedIPv4(in: bytes) { return isPublic(bytes: inner) }
            return bytes[0] & 0xE0 == 0x20 && !specialIPv6.contains { $0.contains(bytes) }
        default: return false
        }
    }

    /// The same for a host that needs no lookup: a literal address, or a name that never leaves the local network. Nil
    /// for other names.
    static func isPublic(host: String) -> Bool? {
        let name = bare(host)
        if let bytes = bytes(ofLiteral: name) { return isPublic(bytes: bytes) }
        let isLocal = localNames.contains { name == $0 || name.hasSuffix("." + $0) }
        return isLocal ? false : nil
    }

    /// Names of RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`.
    private static let localNames = ["localhost", "local", "internal", "home.arpa"]

    private struct Network {
        let start: [UInt8]
        /// The number of leading bits that addresses of the network share.
        let bits: Int

        init(_ start: [UInt8], _ bits: Int) { (self.start, self.bits) = (start, bits) }

        func contains(_ address: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                let wanted = bit / 8 < start.count ? start[bit / 8] : 0
                return address[bit / 8] & mask == wanted & mask
            }
        }
    }

    private static let specialIPv4 = [
        Network([0], 8), Network([10], 8), Network([100, 64], 10), Network([127], 8), Network([169, 254], 16),
        Network([172, 16], 12), Network([192, 0, 0], 24), Network([192, 0, 2], 24), Network([192, 31, 196], 24),
        Network([192, 52, 193], 24), Network([192, 88, 99], 24), Network([192, 168], 16),
        Network([192, 175, 48], 24), Network([198, 18], 15), Network([198, 51, 100], 24), Network([203, 0, 113], 24),
        Network([224], 3),
    ]

    /// Of 2000::/3: Teredo and other protocols, documentation.
    private static let specialIPv6 = [
        Network([0x20, 0x01, 0x00], 23), Network([0x20, 0x01, 0x0D, 0xB8], 32), Network([0x3F, 0xFF, 0x00], 20),
    ]
}
