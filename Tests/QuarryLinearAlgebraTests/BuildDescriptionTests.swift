import QuarryLinearAlgebra
import Testing

struct BuildDescriptionTests {
    @Test func `both sets of kernels are named`() {
        #expect(BuildDescription.kernels.wholeMatch(of: /(x86-64|arm64|portable)[^,]*, .*\w/) != nil)
        #if !canImport(Accelerate)
            #expect(BuildDescription.kernels.hasSuffix(", OpenBLAS \(BLAS.coreName)"))
        #endif
    }

    @Test func `an unknown commit is left out`() {
        #expect(BuildDescription.details.hasSuffix(BuildDescription.kernels))
        #expect(BuildDescription.commit != "")
        #expect(BuildDescription.details.hasPrefix(BuildDescription.commit ?? BuildDescription.kernels))
    }
}
