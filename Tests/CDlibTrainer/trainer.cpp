#include "CDlibTrainer.h"

// As in CDlib: no BLAS for dlib's matrices.
#include <dlib/assert.h>
#include <dlib/test_for_odr_violations.h>
#undef DLIB_USE_BLAS
#undef DLIB_USE_LAPACK

#include <dlib/array.h>
#include <dlib/array2d.h>
#include <dlib/image_processing/shape_predictor_trainer.h>
#include <dlib/serialize.h>

#include <cstring>
#include <vector>

int cdlt_train(const uint8_t *pictures, int count, int side, const double *boxes, const double *points,
               const char *path) {
  try {
    dlib::array<dlib::array2d<unsigned char>> images(count);
    std::vector<std::vector<dlib::full_object_detection>> objects(count);
    for (int i = 0; i < count; i++) {
      images[i].set_size(side, side);
      std::memcpy(dlib::image_data(images[i]), pictures + size_t(i) * side * side, size_t(side) * side);
      const double *b = boxes + 4 * i;
      std::vector<dlib::point> parts;
      for (int p = 0; p < 5; p++)
        parts.push_back(dlib::point(dlib::dpoint(points[10 * i + 2 * p], points[10 * i + 2 * p + 1])));
      dlib::rectangle box(long(b[0]), long(b[1]), long(b[0] + b[2] - 1), long(b[1] + b[3] - 1));
      objects[i].push_back(dlib::full_object_detection(box, parts));
    }
    dlib::shape_predictor_trainer trainer;
    trainer.set_cascade_depth(6);
    trainer.set_num_trees_per_cascade_level(30);
    trainer.set_tree_depth(3);
    trainer.set_nu(0.2);
    trainer.set_oversampling_amount(10);
    trainer.set_num_test_splits(50);
    trainer.set_feature_pool_size(200);
    trainer.set_random_seed("mien");
    dlib::serialize(path) << trainer.train(images, objects);
    return 0;
  } catch (...) {
    return -1;
  }
}
