// libv4l2: cameras. Swift can call neither v4l2_ioctl, which is variadic, nor name a request, which is a macro: so here
// is one function for each request.
#include <fcntl.h>
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <stdint.h>
#include <stdio.h>

/// Opens a node without waiting. The C library's open is variadic as well.
static inline int cv4l2_open(const char *path) { return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC); }

/// Puts libv4l2 between us and an open node, with its own conversion off: frames come as the device sends them.
/// Its other functions pass straight to the kernel for a node that it does not have.
static inline void cv4l2_attach(int fd) { (void)v4l2_fd_open(fd, V4L2_DISABLE_CONVERSION); }

/// libv4l2 would write its own lines to stderr.
static inline void cv4l2_silence(FILE *nowhere) { v4l2_log_file = nowhere; }

static inline int cv4l2_capability(int fd, struct v4l2_capability *c) { return v4l2_ioctl(fd, VIDIOC_QUERYCAP, c); }
static inline int cv4l2_enum_format(int fd, struct v4l2_fmtdesc *f) { return v4l2_ioctl(fd, VIDIOC_ENUM_FMT, f); }
static inline int cv4l2_enum_size(int fd, struct v4l2_frmsizeenum *s) {
  return v4l2_ioctl(fd, VIDIOC_ENUM_FRAMESIZES, s);
}
static inline int cv4l2_enum_interval(int fd, struct v4l2_frmivalenum *i) {
  return v4l2_ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, i);
}
static inline int cv4l2_set_format(int fd, struct v4l2_format *f) { return v4l2_ioctl(fd, VIDIOC_S_FMT, f); }
static inline int cv4l2_set_parameters(int fd, struct v4l2_streamparm *p) { return v4l2_ioctl(fd, VIDIOC_S_PARM, p); }
static inline int cv4l2_request_buffers(int fd, struct v4l2_requestbuffers *r) {
  return v4l2_ioctl(fd, VIDIOC_REQBUFS, r);
}
static inline int cv4l2_query_buffer(int fd, struct v4l2_buffer *b) { return v4l2_ioctl(fd, VIDIOC_QUERYBUF, b); }
static inline int cv4l2_queue(int fd, struct v4l2_buffer *b) { return v4l2_ioctl(fd, VIDIOC_QBUF, b); }
static inline int cv4l2_dequeue(int fd, struct v4l2_buffer *b) { return v4l2_ioctl(fd, VIDIOC_DQBUF, b); }
static inline int cv4l2_stream(int fd, int on) {
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  return v4l2_ioctl(fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type);
}
static inline int cv4l2_query_control(int fd, struct v4l2_queryctrl *c) { return v4l2_ioctl(fd, VIDIOC_QUERYCTRL, c); }
static inline int cv4l2_get_control(int fd, struct v4l2_control *c) { return v4l2_ioctl(fd, VIDIOC_G_CTRL, c); }
/// A sum of macros; the kernel called it exposure_auto_priority, and exposure_dynamic_framerate since 5.12.
static inline unsigned cv4l2_dynamic_rate_control(void) { return V4L2_CID_EXPOSURE_AUTO_PRIORITY; }

/// When the driver stamped a buffer, in nanoseconds. Here, because several of our C modules bring `struct timeval`, and Swift
/// takes it from the one that it loaded first.
static inline int64_t cv4l2_stamp(const struct v4l2_buffer *b) {
  return (int64_t)b->timestamp.tv_sec * 1000000000 + (int64_t)b->timestamp.tv_usec * 1000;
}
