// FFmpeg 5.1: demuxing, decoding, colour conversion, resampling, FFT.
// The functions below are what its macros hide from Swift.
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/sha.h>
#include <libavutil/tx.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

/// AVERROR(e) is a macro.
static inline int cff_averror(int e) { return AVERROR(e); }
/// AVERROR_EOF is a macro.
static inline int cff_error_eof(void) { return AVERROR_EOF; }
/// AVERROR_EXIT is a macro.
static inline int cff_error_exit(void) { return AVERROR_EXIT; }
/// AVERROR_INVALIDDATA is a macro.
static inline int cff_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
/// AV_NOPTS_VALUE is a macro with a cast.
static inline int64_t cff_nopts(void) { return AV_NOPTS_VALUE; }
/// AV_TIME_BASE_Q is a compound literal.
static inline AVRational cff_time_base(void) { return (AVRational){1, AV_TIME_BASE}; }
