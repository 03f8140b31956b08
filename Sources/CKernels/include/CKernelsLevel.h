#pragma once

/// The instructions that kernels use. The reference is plain C, for any processor, and for tests to compare with.
/// AMX is AVX-512 but for products of rounded operands, which go through tiles.
enum ckernels_level { CKERNELS_REFERENCE = 0, CKERNELS_AVX2 = 1, CKERNELS_AVX512 = 2, CKERNELS_AMX = 3 };
