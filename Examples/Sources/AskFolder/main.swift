// Asks a folder a question.
//
//     swift run AskFolder ../corpora "What does service code H-207 mean?"

import Foundation
import Quarry

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 2, let folder = arguments.first, let question = arguments.last else {
    FileHandle.standardError.write(Data("usage: AskFolder FOLDER QUESTION\n".utf8))
    exit(64)
}

// The second run finds the file, and reads only what changed.
let corpus = try await Corpus.open(at: "ask.quarry")
let report = try await corpus.index([folder]) { progress in
    print("\(progress.documents) documents found by words, \(progress.embeddedChunks) passages by meaning")
}
for rejection in report.quarantined { print("not indexed:", rejection) }

let answer = try await corpus.answer(question)
print(answer.text)
for citation in answer.citations {
    let place = citation.location
    print("[\(citation.marker)] \(place.source):\(place.lines.lowerBound)  \(citation.quote)")
}
// The same code as `quarry query`: the documents do not hold an answer.
exit(answer.isRefused ? 3 : 0)
