// OpenBLAS: cblas_sgemm, the switch that turns its own threads off, and LAPACK's singular values.
#include <cblas.h>
#include <stddef.h>

/// LAPACK's dgesdd, which Debian's OpenBLAS has no C header for: everything by address, matrices by columns; behind the
/// arguments stands the length of `jobz`, as Fortran compilers pass it.
void dgesdd_(const char *jobz, const blasint *m, const blasint *n, double *a, const blasint *lda, double *s, double *u,
             const blasint *ldu, double *vt, const blasint *ldvt, double *work, const blasint *lwork, blasint *iwork,
             blasint *info, size_t jobz_length);
