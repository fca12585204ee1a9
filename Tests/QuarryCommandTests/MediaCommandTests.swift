import Foundation
import QuarryTestSupport
import Testing

/// `quarry index` with models for recordings and pictures.
struct MediaCommandTests {
    /// A fake server that transcribes and describes.
    private func server(refusing path: String? = nil) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            if request.path == path { return .json(#"{"error":{"message":"no such key"}}"#, status: 401) }
            switch request.path {
            case "/v1/audio/transcriptions":
                let isBroken = Data(request.body).range(of: Data("noise".utf8)) != nil
                return isBroken
                    ? .json(#"{"error":{"message":"The audio could not be decoded."}}"#, status: 400)
                    : .json(#"{"text":"The harbour master opens the lock at noon.","usage":{"seconds":12}}"#)
            case "/v1/chat/completions":
                return .events([
                    #"{"choices":[{"index":0,"delta":{"content":"A chart of rising tides."},"finish_reason":null}]}"#,
                    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                ])
            case "/v1/models": return .json(#"{"data":[{"id":"ears-and-eyes"}]}"#)
            default: return .json(#"{"error":{"message":"not here"}}"#, status: 404)
            }
        }
    }

    private func scratch() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write("A note on lighthouses.\n", to: "docs/a.md")
        try scratch.write("ID3 some sound", to: "docs/talk.mp3")
        let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]
        try Data(picture).write(to: scratch.url.appendingPathComponent("docs/chart.png"))
        return scratch
    }

    @Test func `recordings and pictures are found by their text from models, and cited`() throws {
        let (server, scratch) = (try server(), try scratch())
        let options = ["--transcribe", "\(server.url)/v1#ears", "--describe-images", "\(server.url)/v1#eyes"]
        let plan = try Command.run(
            ["index", "docs", "--plan", "--model", "none"] + options, in: scratch.url)
        #expect(plan.status == 0 && plan.output.contains("models: 2 files of 24 bytes to read"), "\(plan)")
        #expect(plan.output.contains("reading: 1 picture, "), "\(plan)")
        #expect(plan.output.contains(" of audio by \(server.url)/v1#ears on this machine"), "\(plan)")
        #expect(server.requests.isEmpty)
        let built = try Command.run(["index", "docs", "--model", "none"] + options, in: scratch.url)
        #expect(built.status == 0 && built.output.contains("models: 2 files of 24 bytes read"), "\(built)")
        #expect(server.requests.count == 2)
        for (question, document) in [
            ("harbour master opens the lock", "docs/talk.mp3"), ("chart of rising tides", "docs/chart.png"),
        ] {
            let found = try Command.run("query", "--retrieve", question, "--json", in: scratch.url)
            #expect(found.output.contains("\"document\" : \"\(document)\""), "\(found)")
        }
        let answer = try Command.run("query", "When is the lock opened?", in: scratch.url)
        #expect(answer.status == 0 && answer.output.contains("docs/talk.mp3"), "\(answer)")
        // Without the models, and again with them: nothing changes, and no request is sent.
        for again in [[], options] {
            let rest = try Command.run(["index", "docs"] + again, in: scratch.url)
            #expect(rest.output.contains("Up to date: 3 files, nothing changed"), "\(rest)")
        }
        #expect(server.requests.count == 2)
    }

    /// A server whose model `shy` refuses to describe, and whose model `deaf` returns no text.
    private func reluctantServer() throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            let body = String(decoding: request.body, as: UTF8.self)
            if request.path == "/v1/audio/transcriptions" {
                return .json(body.contains("deaf") ? #"{"text":" "}"# : #"{"text":"The lock opens at noon."}"#)
            }
            let isShy = body.contains(#""model":"shy""#)
            return .events([
                #"{"choices":[{"index":0,"delta":{"content":""# + (isShy ? "" : "A chart of tides.") + #""}}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":""# + (isShy ? "content_filter" : "stop")
                    + #""}]}"#,
            ])
        }
    }

    @Test func `a refusal of a model is listed in every run and paid for once, and another model is used`() throws {
        let (server, scratch) = (try reluctantServer(), try scratch())
        let base = "\(server.url)/v1"
        let first = ["--transcribe", "\(base)#deaf", "--describe-images", "\(base)#shy"]
        for run in 1...3 {
            let outcome = try Command.run(["index", "docs", "--model", "none"] + first, in: scratch.url)
            #expect(outcome.status == 2, "\(run): \(outcome)")
            #expect(
                outcome.errors.contains("not indexed: docs/chart.png: \(base)#shy refused to describe"), "\(outcome)")
            #expect(
                outcome.errors.contains("not indexed: docs/talk.mp3: ") && outcome.errors.contains("found no speech"))
            #expect(server.requests.count == 2)
        }
        let without = try Command.run("index", "docs", "--json", in: scratch.url)
        #expect(without.status == 2 && without.output.contains(#""reason" : "withheldByModel""#), "\(without)")
        #expect(without.output.contains(#""reason" : "foundEmptyByModel""#) && server.requests.count == 2)
        let others = ["--transcribe", "\(base)#ears", "--describe-images", "\(base)#eyes"]
        let read = try Command.run(["index", "docs"] + others, in: scratch.url)
        #expect(read.status == 0 && server.requests.count == 4, "\(read)")
        let again = try Command.run(["index", "docs"] + first, in: scratch.url)
        #expect(again.status == 0 && server.requests.count == 4, "\(again)")
    }

    @Test func `a description has the requested length`() throws {
        let (server, scratch) = (try server(), try scratch())
        let model = ["--describe-images", "\(server.url)/v1#eyes"]
        let built = try Command.run(
            ["index", "docs", "--model", "none", "--description-tokens", "123"] + model, in: scratch.url)
        #expect(built.status == 0, "\(built)")
        let body = String(decoding: try #require(server.requests.first).body, as: UTF8.self)
        #expect(body.contains(#""max_tokens":123"#), "\(body.suffix(200))")
        for (value, more) in [("0", model), ("5", [])] {
            let refused = try Command.run(["index", "docs", "--description-tokens", value] + more, in: scratch.url)
            #expect(refused.status == 64 && refused.errors.contains("--description-tokens"), "\(refused)")
        }
    }

    @Test func `a bad recording is listed, and a missing key ends the run after the text is committed`() throws {
        let scratch = try scratch()
        try scratch.write("ID3 noise", to: "docs/bad.mp3")
        let hearing = try server()
        let outcome = try Command.run(
            "index", "docs", "--model", "none", "--transcribe", "\(hearing.url)/v1#ears", in: scratch.url)
        #expect(outcome.status == 2 && outcome.errors.contains("docs/bad.mp3"), "\(outcome)")
        #expect(outcome.errors.contains("could not be decoded") && outcome.output.contains("2 new"), "\(outcome)")
        let locked = try server(refusing: "/v1/audio/transcriptions")
        let fresh = try Command.run(
            "index", "docs", "--model", "none", "--index", "other.quarry", "--transcribe", "\(locked.url)/v1#ears",
            in: scratch.url)
        #expect(fresh.status == 1 && fresh.errors.contains("no such key"), "\(fresh)")
        let found = try Command.run(
            "query", "--retrieve", "lighthouses", "--index", "other.quarry", "--json", in: scratch.url)
        #expect(found.output.contains("docs/a.md"), "\(found)")
    }
}
