// libsndfile: wav and flac.
#include <sndfile.h>
