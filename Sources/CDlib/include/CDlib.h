// dlib's frontal face detector and landmark model behind a C interface.
// Every function that can fail returns a negative number (or NULL) and writes one line of at most `size` bytes to
// `message`; no C++ exception leaves this library. Handles are not safe to use from two threads at once.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Rows of 8-bit brightness, `stride` bytes apart; borrowed, never written.
typedef struct {
  const uint8_t *pixels;
  int width, height, stride;
} cdl_gray;

/// A detected face in pixels of the picture searched; may reach outside it. `score` is above the threshold asked for.
typedef struct {
  double left, top, width, height, score;
} cdl_face;

typedef struct {
  double x, y;
} cdl_point;

typedef struct cdl_detector cdl_detector;
typedef struct cdl_landmarks cdl_landmarks;

/// dlib::get_frontal_face_detector(); NULL on failure. Owner: the caller, who frees it.
cdl_detector *cdl_detector_create(char *message, int size);
void cdl_detector_free(cdl_detector *detector);
/// Finds faces of about 80 pixels and more, best first. Returns how many were written to `faces` (at most `capacity`).
/// A face's box is the mean of all detections around the best one, weighted by their scores: one alone moves in steps
/// of 8 pixels and 1.2 in size. `levels`: sizes to look for at most, 80 pixels, 96, 115, …; 0: all.
int cdl_detector_find(cdl_detector *detector, cdl_gray picture, int levels, double threshold, cdl_face *faces,
                      int capacity, char *message, int size);

/// A dlib::shape_predictor from the bytes of its file; NULL on failure. Owner: the caller, who frees it.
cdl_landmarks *cdl_landmarks_create(const void *bytes, long count, char *message, int size);
void cdl_landmarks_free(cdl_landmarks *landmarks);
/// How many points the model places.
int cdl_landmarks_points(const cdl_landmarks *landmarks);
/// Places the points of the face in `box`. Returns how many were written to `points` (at most `capacity`).
int cdl_landmarks_place(const cdl_landmarks *landmarks, cdl_gray picture, cdl_face box, cdl_point *points, int capacity,
                        char *message, int size);

#ifdef __cplusplus
}
#endif
