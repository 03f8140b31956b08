// libzip: the archive around a PyTorch checkpoint.
#include <zip.h>
