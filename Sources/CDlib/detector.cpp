// dlib's HOG face detector over borrowed memory; what to search, and how often, is decided elsewhere.
#include "gray_view.h"

#include <dlib/image_processing/frontal_face_detector.h>

#include <algorithm>
#include <vector>

struct cdl_detector {
  dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
};

cdl_detector *cdl_detector_create(char *message, int size) {
  return cdl::guarded<cdl_detector *>(nullptr, message, size, [] { return new cdl_detector; });
}

void cdl_detector_free(cdl_detector *detector) { delete detector; }

int cdl_detector_find(cdl_detector *detector, cdl_gray picture, double threshold, cdl_face *faces, int capacity,
                      char *message, int size) {
  return cdl::guarded(-1, message, size, [&] {
    std::vector<dlib::rect_detection> found;
    detector->detector(cdl::gray_view{picture}, found, threshold);
    int count = std::min<int>(capacity, found.size());
    for (int i = 0; i < count; i++) {
      const dlib::rectangle &r = found[i].rect;
      faces[i] = {double(r.left()), double(r.top()), double(r.width()), double(r.height()),
                  found[i].detection_confidence};
    }
    return count;
  });
}
