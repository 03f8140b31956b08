// Include before any other dlib header: Debian's dlib is configured to call BLAS and LAPACK for its matrices. Nothing
// here multiplies any, and OpenBLAS belongs to Tensor. The headers below are the only ones that read the configuration.
#pragma once
#include <dlib/assert.h>
#include <dlib/test_for_odr_violations.h>

#undef DLIB_USE_BLAS
#undef DLIB_USE_LAPACK
