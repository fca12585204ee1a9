import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Waits until something changes in folders.
///
/// On Linux it asks inotify(7). On other systems, and if the system cannot watch all folders, a change is assumed at
/// regular intervals.
package final class FolderWatch {
    private let ignored: Set<String>
    /// Not negative while the system watches all folders.
    private var descriptor: Int32 = -1

    /// Changes are reported when this time has passed without another one.
    private static let quiet = Duration.milliseconds(400)
    /// Changes that never cease are reported after this time.
    private static let patience = Duration.seconds(10)
    /// The time between two looks at folders that the system does not watch.
    private static let interval = Duration.seconds(2)
    /// The time between two looks at the events.
    private static let pace = Duration.milliseconds(100)

    /// - `folders`: Watched with the folders in them; hidden folders and links are left out.
    /// - `ignored`: Names of files whose changes do not matter, such as those of the index.
    package init(_ folders: [String], ignoring ignored: Set<String>) {
        self.ignored = ignored
        watch(folders)
    }

    deinit { stop() }

    /// Waits for a change and then for a pause. Call ``watch(_:)`` afterwards, because there may be new folders.
    ///
    /// - Throws: `CancellationError`.
    package func change() async throws {
        guard descriptor >= 0 else { return try await Task.sleep(for: Self.interval) }
        while !hasEvents() { try await Task.sleep(for: Self.pace) }
        let clock = ContinuousClock()
        let (start, last) = (clock.now, clock.now)
        var latest = last
        while clock.now - latest < Self.quiet, clock.now - start < Self.patience {
            try await Task.sleep(for: Self.pace)
            if hasEvents() { latest = clock.now }
        }
    }

    #if os(Linux)
        private static let mask = UInt32(
            IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF
                | IN_MOVE_SELF | IN_ATTRIB)

        /// Watches folders and those in them, in addition to the ones that are watched.
        package func watch(_ folders: [String]) {
            if descriptor < 0 { descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }
            guard descriptor >= 0 else { return }
            for folder in folders where !add(folder) { return stop() }
            for folder in folders {
                let inner = FileManager.default.enumerator(
                    at: URL(fileURLWithPath: folder), includingPropertiesForKeys: [.isDirectoryKey],
                    options: [.skipsHiddenFiles])
                while let url = inner?.nextObject() as? URL {
                    let values = try? url.resourceValues(forKeys: [.isDirectoryKey])
                    if values?.isDirectory == true, !add(url.path) { return stop() }
                }
            }
        }

        /// - Returns: Whether the system watches the folder, or it no longer exists.
        private func add(_ folder: String) -> Bool {
            inotify_add_watch(descriptor, folder, Self.mask) >= 0 || errno != ENOSPC && errno != ENOMEM
        }

        /// Takes all waiting events.
        /// - Returns: Whether one of them matters.
        private func hasEvents() -> Bool {
            var matters = false
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
            defer { buffer.deallocate() }
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return matters }
                let header = MemoryLayout<inotify_event>.size
                var offset = 0
                while offset + header <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let name = buffer[(offset + header)..<min(count, offset + header + Int(event.len))].prefix {
                        $0 != 0
                    }
                    if !ignored.contains(String(decoding: name, as: UTF8.self)) { matters = true }
                    offset += header + Int(event.len)
                }
            }
        }
    #else
        package func watch(_ folders: [String]) {}

        private func hasEvents() -> Bool { false }
    #endif

    private func stop() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}
