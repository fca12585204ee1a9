extension VerificationModel {
    package static let standard = VerificationModel(
        weights: [
            0.38, 0, 0, 1.42, 1.39, 0.69, 0.95, -1.47, 0.39, -3.25, -3, -1, -1.5, -3, -2, -2, -3, -0.81, -0.39, -2.17,
            0, -1.24,
        ],
        bias: -2.15)
}
