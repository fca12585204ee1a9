import QuarryCore
import QuarryText

/// The state of one walk.
struct Walk {
    let walker: FileWalker
    let include: [GlobPattern]
    let exclude: [GlobPattern]
    var result = WalkResult()
    /// Canonical paths of visited files and folders.
    private var visited: Set<ExactText> = []
    /// The index in the result of each accepted file, by its canonical path.
    private var places: [ExactText: Int] = [:]
    private var ids: Set<ExactText> = []
    /// Links are followed after everything with its own path was visited.
    private var links: [Entry] = []

    init(walker: FileWalker, include: [GlobPattern], exclude: [GlobPattern]) {
        self.walker = walker
        self.include = include
        self.exclude = exclude
    }

    /// A file or folder under a root.
    private struct Entry {
        var path: String
        var canonical: String
        var id: String
        var root: String
        /// Path components below the top of the ignore rules, and how many of them lead to the root.
        var names: [[UInt8]]
        var rootDepth: Int
        var rules: IgnoreRules
    }

    mutating func directory(_ root: String, canonical: String, name: String) throws(Rejection) {
        var rules = IgnoreRules()
        let names = addRules(above: canonical, to: &rules)
        do {
            _ = try FileSystem.names(in: root)
        } catch {
            throw Rejection(source: root, reason: .unreadable, message: "The folder cannot be read: \(error).")
        }
        walk(
            Entry(
                path: root, canonical: canonical, id: name, root: root, names: names, rootDepth: names.count,
                rules: rules))
    }

    /// Reads the ignore files from the top of a repository down to a folder, excluding the folder's own.
    private mutating func addRules(above canonical: String, to rules: inout IgnoreRules) -> [[UInt8]] {
        var names = canonical.split(separator: "/")
        var below: [Substring] = []
        while true {
            let path = "/" + names.joined(separator: "/")
            if (try? FileStatus(path: path + "/.git", followingLinks: true)) != nil {
                // The folder's own rules are read when it is walked.
                guard !below.isEmpty else { return [] }
                rules.addExclusions(ofRepository: path, id: path, depth: 0, reportingTo: &result)
                var folder = path
                for (depth, name) in below.enumerated() {
                    rules.addFiles(of: folder, id: folder, depth: depth, reportingTo: &result)
                    folder += "/" + name
                }
                return below.map { Array($0.utf8) }
            }
            guard let last = names.popLast() else { return [] }
            below.insert(last, at: 0)
        }
    }

    private mutating func walk(_ start: Entry) {
        var pending = [start]
        while var entry = pending.popLast() {
            guard visited.insert(ExactText(entry.canonical)).inserted else { continue }
            let (names, invalid): ([String], [String])
            do {
                (names, invalid) = try FileSystem.names(in: entry.path)
            } catch {
                result.rejected.append(
                    Rejection(source: entry.id, reason: .unreadable, message: "The folder cannot be read: \(error)."))
                continue
            }
            let depth = entry.names.count
            if names.contains(".git") {
                entry.rules.addExclusions(
                    ofRepository: entry.path, id: entry.id, depth: depth, reportingTo: &result)
            }
            entry.rules.addFiles(of: entry.path, id: entry.id, depth: depth, reportingTo: &result)
            for name in names { visit(name, in: entry, &pending) }
            for name in invalid where walker.includeHidden || !name.hasPrefix(".") {
                result.rejected.append(
                    Rejection(
                        source: entry.id.isEmpty ? name : entry.id + "/" + name, reason: .invalidName,
                        message: "Its name is not UTF-8; \\x is before the code of each foreign byte. Rename it."))
            }
        }
    }

    private mutating func visit(_ name: String, in parent: Entry, _ pending: inout [Entry]) {
        if name.hasPrefix("."), !walker.includeHidden || name == ".git" {
            if !IgnoreRules.fileNames.contains(name), name != ".git" { result.skippedCount += 1 }
            return
        }
        var entry = parent
        entry.path = parent.path.hasSuffix("/") ? parent.path + name : parent.path + "/" + name
        entry.canonical = parent.canonical == "/" ? "/" + name : parent.canonical + "/" + name
        entry.id = parent.id.isEmpty ? name : parent.id + "/" + name
        if walker.ownFiles.contains(entry.canonical) { return }
        entry.names.append(Array(name.utf8))
        let status: FileStatus
        do {
            status = try FileStatus(path: entry.path, followingLinks: false)
        } catch {
            result.rejected.append(.system(error, id: entry.id))
            return
        }
        switch status.kind {
        case .directory: if isIgnored(entry, isDirectory: true) { skip() } else { pending.append(entry) }
        case .file: if isIgnored(entry, isDirectory: false) { skip() } else { found(entry, status) }
        case .symbolicLink: if walker.followSymlinks { links.append(entry) } else { skip() }
        case .other: skip()
        }
    }

    private mutating func skip() { result.skippedCount += 1 }

    /// Visits the targets of links that were not visited under their own path.
    mutating func followLinks() {
        while !links.isEmpty {
            let batch = links.sorted { FileSystem.precedes($0.id, $1.id) }
            links = []
            for var entry in batch {
                do {
                    let status = try FileStatus(path: entry.path, followingLinks: true)
                    entry.canonical = try FileSystem.canonicalPath(entry.path)
                    let isDirectory = status.kind == .directory
                    if isIgnored(entry, isDirectory: isDirectory) || visited.contains(ExactText(entry.canonical)) {
                        skip()
                    } else if isDirectory {
                        walk(entry)
                    } else if status.kind == .file {
                        found(entry, status)
                    } else {
                        skip()
                    }
                } catch {
                    result.rejected.append(
                        Rejection(
                            source: entry.id, reason: .unreadable, message: "The link cannot be followed: \(error)."))
                }
            }
        }
    }

    private func isIgnored(_ entry: Entry, isDirectory: Bool) -> Bool {
        let inside = entry.names[entry.rootDepth...]
        let excluded = exclude.last { $0.matches(inside, isDirectory: isDirectory) }.map { !$0.isNegated }
        if excluded ?? entry.rules.verdict(on: entry.names, isDirectory: isDirectory) ?? false { return true }
        if isDirectory || include.isEmpty { return false }
        return !include.contains { pattern in
            inside.indices.contains { index in
                pattern.matches(inside[...index], isDirectory: index < inside.endIndex - 1)
            }
        }
    }

    private mutating func found(_ entry: Entry, _ status: FileStatus) {
        // The size limit applies only to files that some reader handles.
        if !walker.finds(entry.path) || !walker.readers.reads(entry.path) && status.size > walker.maximumBytes {
            skip()
            let format = pathExtension(of: entry.path) ?? ""
            result.unreadable[format, default: 0] += 1
            result.unreadableBytes[format, default: 0] += status.size
            if result.unread.count < WalkResult.maximumUnread { result.unread.append(.unsupported(entry.id)) }
            return
        }
        guard visited.insert(ExactText(entry.canonical)).inserted else { return }
        add(entry.path, id: entry.id, canonical: entry.canonical, root: entry.root, status, isExplicit: false)
    }

    mutating func explicitFile(_ root: String, canonical: String) {
        let id = RootNames.normalized(root, in: FileSystem.currentDirectory())
        let names = id.split(separator: "/").map { Array($0.utf8) }
        if let pattern = exclude.last(where: { $0.matches(names[...], isDirectory: false) }), !pattern.isNegated {
            skip()
            return
        }
        if walker.ownFiles.contains(canonical) {
            result.rejected.append(
                Rejection(
                    source: id, reason: .unsupportedFormat,
                    message: "The file belongs to the index that is being written. Remove it from the paths to index."))
            return
        }
        guard visited.insert(ExactText(canonical)).inserted else {
            // The file keeps the name it got in a walked folder.
            if let place = places[ExactText(canonical)] { result.files[place].isExplicit = true }
            return
        }
        do {
            let status = try FileStatus(path: root, followingLinks: true)
            guard status.kind == .file else {
                result.rejected.append(
                    Rejection(source: id, reason: .unreadable, message: Rejection.notAFile))
                return
            }
            if !walker.finds(root) {
                result.rejected.append(.unsupported(id))
                return
            }
            add(root, id: id, canonical: canonical, root: root, status, isExplicit: true)
        } catch {
            result.rejected.append(.system(error, id: id))
        }
    }

    private mutating func add(
        _ path: String, id: String, canonical: String, root: String, _ status: FileStatus, isExplicit: Bool
    ) {
        guard status.size <= walker.maximumBytes else {
            result.rejected.append(.tooLarge(id, size: status.size, maximumBytes: walker.maximumBytes))
            return
        }
        let name = ids.insert(ExactText(id)).inserted ? id : canonical
        places[ExactText(canonical)] = result.files.count
        result.files.append(
            FoundFile(
                path: path, id: name, root: root, size: status.size, modificationTime: status.modificationTime,
                changeTime: status.changeTime,
                inode: status.inode, isExplicit: isExplicit))
    }
}

extension FileWalker {
    /// Whether the walk considers a file, judged by its name.
    fileprivate func finds(_ path: String) -> Bool {
        readers.reads(path) || includesUnreadMedia && readers.needsModel(path)
    }
}
