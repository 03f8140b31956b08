// libpulse: the client of PulseAudio and of PipeWire's pulse server.
#include <pulse/pulseaudio.h>
