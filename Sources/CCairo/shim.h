// Cairo: pictures, lines and words on one surface, and PNG.
#include <cairo.h>
