import Foundation

/// What a piece of work took: on the clock, and of the processor time of all threads of this process.
struct Measurement: Encodable {
    var wall: Double
    var cpu: Double
}

func measured(_ work: () async throws -> Void) async throws -> Measurement {
    let (start, cpu) = (ContinuousClock.now, processorSeconds())
    try await work()
    let wall = (ContinuousClock.now - start) / .seconds(1)
    return Measurement(wall: wall, cpu: processorSeconds() - cpu)
}

private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
