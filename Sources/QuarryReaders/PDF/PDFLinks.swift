import QuarryCore

/// The addresses that the links of a PDF lead to, each once, in the order of its pages.
struct PDFLinks {
    private(set) var addresses: [String] = []
    /// How many links are left out, since they are beyond a limit.
    private(set) var omitted = 0

    /// More addresses of a file are left out.
    static let maximumAddresses = 1_000
    /// Longer addresses are left out, in bytes.
    static let maximumAddress = 2048
    /// Addresses beyond so many bytes in all are left out: metadata has a limit of its own.
    static let maximumBytes = 128 << 10

    /// No links.
    init() {}

    /// - `bytes`: What `pdfinfo -url` prints: lines such as `   1  Annotation    https://…` below a line of titles.
    /// - Complexity: O(bytes).
    init(_ bytes: [UInt8]) {
        var known: Set<String> = []
        var size = 0
        for line in bytes.split(separator: 0x0A) {
            let fields = line.split(separator: 0x20, maxSplits: 2)
            guard fields.count == 3, fields[0].allSatisfy(\.isASCIIDigit) else { continue }
            guard fields[2].count <= Self.maximumAddress else {
                omitted += 1
                continue
            }
            let address = String(decoding: fields[2], as: UTF8.self).joiningWords()
            guard !address.isEmpty, !known.contains(address) else { continue }
            guard known.count < Self.maximumAddresses, size + address.utf8.count <= Self.maximumBytes else {
                omitted += 1
                continue
            }
            size += address.utf8.count
            known.insert(address)
            addresses.append(address)
        }
    }

    /// Says what is left out; nil if nothing is.
    func warning(_ source: String) -> Rejection? {
        guard omitted > 0 else { return nil }
        return Rejection(
            source: source, reason: .tooLarge,
            message: "\(omitted) of its links \(omitted == 1 ? "is" : "are") left out: no more than "
                + "\(Self.maximumAddresses) addresses of a file are kept, of at most \(Self.maximumAddress) bytes each "
                + "and \(Self.maximumBytes >> 10) KiB in all.")
    }
}
