// Kernels that BLAS does not have.
#pragma once
