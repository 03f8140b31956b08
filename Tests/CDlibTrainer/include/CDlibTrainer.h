// Trains a tiny dlib landmark model for tests.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Trains a shape_predictor of 5 points on `count` pictures of `side` × `side` bytes, one face each, and writes it to
/// `path`. `boxes`: 4 numbers a face (left, top, width, height); `points`: 10 numbers a face (x, y). 0: done.
int cdlt_train(const uint8_t *pictures, int count, int side, const double *boxes, const double *points,
               const char *path);

#ifdef __cplusplus
}
#endif
