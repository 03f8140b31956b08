// OpenBLAS: cblas_sgemm, and the switch that turns its own threads off.
#include <cblas.h>
