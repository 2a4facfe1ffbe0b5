#ifndef GD_ON_DEMAND_H
#define GD_ON_DEMAND_H

#include <gd.h>

/* libgd brings 46 other libraries, and most servers never see a picture: loaded with the first one, it takes no part in the
   start and none of the memory until then. */
#define GD_FUNCTIONS(each)                                                                                              \
  each(gdSetErrorMethod) each(gdFree) each(gdImageDestroy)                                                              \
  each(gdImageCreateFromJpegPtrEx) each(gdImageCreateFromPngPtr) each(gdImageCreateTrueColor) each(gdImageJpegPtr)       \
  each(gdImageFilledRectangle) each(gdImageCopyResampled) each(gdImageRotateInterpolated)                               \
  each(gdImageFlipHorizontal) each(gdImageFlipVertical) each(gdImageFlipBoth)

/* Each function under its own name. */
typedef struct {
#define GD_POINTER(name) __typeof__(name) *_Nonnull name;
  GD_FUNCTIONS(GD_POINTER)
#undef GD_POINTER
} gd_functions;

/* Loads the library of this name, such as "libgd.so.3", for as long as the process runs: 1 if it has all functions. */
int gd_load(const char *_Nonnull library, gd_functions *_Nonnull functions);

#endif
