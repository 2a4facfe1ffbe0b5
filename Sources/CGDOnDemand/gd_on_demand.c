#include "gd_on_demand.h"

#include <dlfcn.h>

int gd_load(const char *library, gd_functions *functions) {
  void *opened = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!opened) return 0;
#define GD_FIND(name) \
  if (!(functions->name = (__typeof__(name) *)dlsym(opened, #name))) return 0;
  GD_FUNCTIONS(GD_FIND)
  return 1;
}
