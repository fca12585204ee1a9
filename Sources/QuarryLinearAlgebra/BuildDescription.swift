import CQuarryKernels

/// The commit of the program, and the kernels that it uses on this processor.
package enum BuildDescription {
    /// The commit, with `+` behind it where files differed from it; nil where the build was not told.
    package static var commit: String? {
        let commit = String(cString: quarry_commit())
        return commit.isEmpty ? nil : commit
    }

    /// The kernels of Quarry's own loops and of BLAS, such as `x86-64 AVX2, OpenBLAS Zen`.
    package static var kernels: String {
        #if canImport(Accelerate)
            let blas = BLAS.coreName
        #else
            let blas = "OpenBLAS \(BLAS.coreName)"
        #endif
        return "\(String(cString: quarry_instruction_set())), \(blas)"
    }

    /// The commit, if known, and the kernels: `916e2d4, x86-64 AVX2, OpenBLAS Zen`.
    package static var details: String { [commit, kernels].compactMap(\.self).joined(separator: ", ") }
}
