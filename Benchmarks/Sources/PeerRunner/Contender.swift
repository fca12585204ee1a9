/// Something that a peer does too.
protocol Contender {
    /// Does all of the work once.
    func run() async throws
    /// Does it once, and writes what came out, for a comparison with the peer.
    func write(to path: String) async throws
}
