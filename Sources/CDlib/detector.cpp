// dlib's HOG face detector over borrowed memory; what to search, and how often, is decided elsewhere.
#include "gray_view.h"

#include <dlib/image_processing/frontal_face_detector.h>

#include <algorithm>
#include <map>
#include <vector>

namespace {
/// Detections down to this much below the threshold count for the place of a face …
const double margin = 0.3;
/// … if they lie over the best one by this much of both.
const double near_enough = 0.4;

double overlap(const dlib::rectangle &a, const dlib::rectangle &b) {
  double both = a.intersect(b).area();
  return both / (a.area() + b.area() - both);
}

/// dlib's own, which nobody changes: unpacking it takes a third of a second, so it is done once.
const dlib::frontal_face_detector &published() {
  static const dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
  return detector;
}
}  // namespace

struct cdl_detector {
  const dlib::frontal_face_detector &original = published();
  /// By levels, made when they are asked for first: they are part of a dlib detector.
  std::map<int, dlib::frontal_face_detector> detectors;

  /// One that suppresses no detection beside a better one.
  dlib::frontal_face_detector &detector(int levels) {
    auto known = detectors.find(levels);
    if (known != detectors.end()) return known->second;
    dlib::frontal_face_detector::image_scanner_type scanner;
    scanner.copy_configuration(original.get_scanner());
    if (levels > 0) scanner.set_max_pyramid_levels(levels);
    std::vector<dlib::frontal_face_detector::feature_vector_type> weights;
    for (unsigned long i = 0; i < original.num_detectors(); i++) weights.push_back(original.get_w(i));
    dlib::frontal_face_detector made(scanner, dlib::test_box_overlap(1, 1), weights);
    return detectors.emplace(levels, made).first->second;
  }
};

cdl_detector *cdl_detector_create(char *message, int size) {
  return cdl::guarded<cdl_detector *>(nullptr, message, size, [] { return new cdl_detector; });
}

void cdl_detector_free(cdl_detector *detector) { delete detector; }

int cdl_detector_find(cdl_detector *detector, cdl_gray picture, int levels, double threshold, cdl_face *faces,
                      int capacity, char *message, int size) {
  return cdl::guarded(-1, message, size, [&] {
    std::vector<dlib::rect_detection> all;
    detector->detector(levels)(cdl::gray_view{picture}, all, threshold - margin);
    const dlib::test_box_overlap &covers = detector->original.get_overlap_tester();
    std::vector<dlib::rectangle> best;
    for (const dlib::rect_detection &found : all) {
      if (found.detection_confidence < threshold || int(best.size()) == capacity) break;
      if (dlib::overlaps_any_box(covers, best, found.rect)) continue;
      double left = 0, top = 0, width = 0, height = 0, total = 0;
      for (const dlib::rect_detection &other : all) {
        // Another view's box has an offset of its own.
        if (other.weight_index != found.weight_index || overlap(other.rect, found.rect) < near_enough) continue;
        double weight = other.detection_confidence - threshold + margin;
        left += weight * other.rect.left();
        top += weight * other.rect.top();
        width += weight * other.rect.width();
        height += weight * other.rect.height();
        total += weight;
      }
      faces[best.size()] = {left / total, top / total, width / total, height / total, found.detection_confidence};
      best.push_back(found.rect);
    }
    return int(best.size());
  });
}
