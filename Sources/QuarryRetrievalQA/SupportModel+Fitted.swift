extension SupportModel {
    package static let lexical = SupportModel(
        ranking: [6, 2, 1, 1, 1, -1, 1, 1, 0, 0, 0, 0, 0], support: [3, 2, 2, 1, 1, -1, 1, 0, 0, -1, -2, 0, 0], bias: -3,
        threshold: 0.3, gate: 0.1)
    package static let withCosine = lexical
}
