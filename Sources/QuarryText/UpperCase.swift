extension String {
    /// The text for an embedding model: in lower case if most of it is in upper case, and otherwise as it is.
    ///
    /// Models have learnt few texts in capitals, and divide them into pieces of words. Texts with few letters stay: they
    /// may be abbreviations.
    /// - Complexity: O(bytes).
    package var forEmbedding: String {
        var (capitals, small) = (0, 0)
        for scalar in unicodeScalars {
            switch ScalarClass(of: scalar.value) {
            case .upper: capitals += 1
            case .lower: small += 1
            default: break
            }
        }
        // Four of five letters.
        return capitals + small >= 12 && capitals >= 4 * small ? lowercased() : self
    }
}
