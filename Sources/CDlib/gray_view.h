// Lends borrowed 8-bit rows to dlib as one of its generic images, without a copy; and turns exceptions into messages.
#pragma once
#include "CDlib.h"
#include "without_blas.h"

#include <dlib/geometry.h>
#include <dlib/image_processing/generic_image.h>
#include <dlib/pixel.h>

#include <cstdio>
#include <exception>

namespace cdl {
struct gray_view {
  cdl_gray gray;
};

inline long num_rows(const gray_view &view) { return view.gray.height; }
inline long num_columns(const gray_view &view) { return view.gray.width; }
inline long width_step(const gray_view &view) { return view.gray.stride; }
inline const void *image_data(const gray_view &view) { return view.gray.pixels; }

/// Runs `body`; any exception becomes one line in `message` and the answer `failure`.
template <typename Answer, typename Body>
Answer guarded(Answer failure, char *message, int size, Body body) noexcept {
  try {
    return body();
  } catch (const std::exception &error) {
    std::snprintf(message, size, "%s", error.what());
  } catch (...) {
    std::snprintf(message, size, "unknown C++ exception");
  }
  for (char *c = message; size > 0 && *c; c++)
    if (*c == '\n' || *c == '\r') *c = ' ';
  return failure;
}
}  // namespace cdl

namespace dlib {
template <>
struct image_traits<cdl::gray_view> {
  typedef unsigned char pixel_type;
};
template <>
struct image_traits<const cdl::gray_view> {
  typedef unsigned char pixel_type;
};
}  // namespace dlib
