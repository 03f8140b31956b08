// dlib's shape_predictor (an ensemble of regression trees) over borrowed memory.
#include "gray_view.h"

#include <dlib/image_processing/shape_predictor.h>

#include <algorithm>
#include <istream>
#include <streambuf>

namespace {
/// The bytes of a file that somebody else has read, as a stream.
struct borrowed_bytes : std::streambuf {
  borrowed_bytes(const void *bytes, long count) {
    char *start = static_cast<char *>(const_cast<void *>(bytes));  // because setg wants it so; nothing writes
    setg(start, start, start + count);
  }
};
}  // namespace

struct cdl_landmarks {
  dlib::shape_predictor predictor;
};

cdl_landmarks *cdl_landmarks_create(const void *bytes, long count, char *message, int size) {
  return cdl::guarded<cdl_landmarks *>(nullptr, message, size, [&] {
    borrowed_bytes buffer(bytes, count);
    std::istream in(&buffer);
    dlib::shape_predictor predictor;
    deserialize(predictor, in);
    return new cdl_landmarks{std::move(predictor)};
  });
}

void cdl_landmarks_free(cdl_landmarks *landmarks) { delete landmarks; }

int cdl_landmarks_points(const cdl_landmarks *landmarks) { return int(landmarks->predictor.num_parts()); }

int cdl_landmarks_place(const cdl_landmarks *landmarks, cdl_gray picture, cdl_face box, cdl_point *points, int capacity,
                        char *message, int size) {
  return cdl::guarded(-1, message, size, [&] {
    dlib::drectangle exact(box.left, box.top, box.left + box.width - 1, box.top + box.height - 1);
    dlib::full_object_detection shape = landmarks->predictor(cdl::gray_view{picture}, dlib::rectangle(exact));
    int count = std::min<int>(capacity, shape.num_parts());
    for (int i = 0; i < count; i++) points[i] = {double(shape.part(i).x()), double(shape.part(i).y())};
    return count;
  });
}
