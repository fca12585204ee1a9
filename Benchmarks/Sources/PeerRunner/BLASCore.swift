import Foundation

/// The name of the kernels that OpenBLAS chose, such as `Zen` or `SkylakeX`; nil with another BLAS.
func blasCoreName() -> String? {
    #if canImport(Glibc)
        guard let program = dlopen(nil, RTLD_NOW), let symbol = dlsym(program, "openblas_get_corename") else {
            return nil
        }
        typealias CoreName = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: CoreName.self)().map { String(cString: $0) }
    #else
        return nil
    #endif
}
