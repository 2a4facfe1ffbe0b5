// Loaded before the program's libraries. Keeps a record of everything that is written to the database's files, so that a test
// can make the disk of any moment of it; or ends the program at a chosen statement.
//   RECORD       a file; each write, sync and end of a file is added to it, in order
//   STATEMENTS   a file; how many statements SQLite has stepped through, in text
//   END_AT       a number; the program ends as if killed when it begins this step
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct head { uint32_t kind, name, size, unused; uint64_t place; };
enum { WRITTEN = 1, SYNCED, CUT, REMOVED };

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int record = -2;

static int ends(const char *path, const char *ending) {
  size_t length = strlen(path), last = strlen(ending);
  return length >= last && strcmp(path + length - last, ending) == 0;
}

// The name of a database file behind a descriptor, or NULL.
static const char *database(int file, char *path) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  return ends(path, "/rapport.sqlite") || ends(path, "/rapport.sqlite-wal") ? strrchr(path, '/') + 1 : NULL;
}

static int recording(void) {
  if (record == -2) {
    const char *path = getenv("RECORD");
    record = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  return record >= 0;
}

static void note(uint32_t kind, const char *name, const void *bytes, uint32_t size, uint64_t place) {
  static ssize_t (*put)(int, const void *, size_t);
  if (!put) put = dlsym(RTLD_NEXT, "write");
  struct head head = { kind, (uint32_t)strlen(name), size, 0, place };
  size_t length = sizeof head + head.name + size;
  char *whole = malloc(length);
  memcpy(whole, &head, sizeof head);
  memcpy(whole + sizeof head, name, head.name);
  if (size) memcpy(whole + sizeof head + head.name, bytes, size);
  if (put(record, whole, length) != (ssize_t)length) abort();
  free(whole);
}

#define NEXT(name) static __typeof__(&name) next; if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define RECORDED(file, call, kind, bytes, size, place) do { \
  char path[PATH_MAX]; \
  const char *name = recording() ? database(file, path) : NULL; \
  if (!name) return call; \
  pthread_mutex_lock(&one); \
  __typeof__(call) done = call; \
  if (done >= 0) note(kind, name, bytes, size, place); \
  pthread_mutex_unlock(&one); \
  return done; \
} while (0)

ssize_t pwrite(int file, const void *bytes, size_t size, off_t place) {
  NEXT(pwrite);
  RECORDED(file, next(file, bytes, size, place), WRITTEN, bytes, done, place);
}
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t place) {
  NEXT(pwrite64);
  RECORDED(file, next(file, bytes, size, place), WRITTEN, bytes, done, place);
}
int ftruncate(int file, off_t size) { NEXT(ftruncate); RECORDED(file, next(file, size), CUT, NULL, 0, size); }
int ftruncate64(int file, off64_t size) { NEXT(ftruncate64); RECORDED(file, next(file, size), CUT, NULL, 0, size); }

int fdatasync(int file) { NEXT(fdatasync); RECORDED(file, next(file), SYNCED, NULL, 0, 0); }
int fsync(int file) { NEXT(fsync); RECORDED(file, next(file), SYNCED, NULL, 0, 0); }
int unlink(const char *path) {
  NEXT(unlink);
  const char *name = strrchr(path, '/');
  if (!recording() || !name || strcmp(name, "/rapport.sqlite-wal")) return next(path);
  pthread_mutex_lock(&one);
  int done = next(path);
  if (!done) note(REMOVED, name + 1, NULL, 0, 0);
  pthread_mutex_unlock(&one);
  return done;
}

int sqlite3_step(void *statement) {
  static int (*next)(void *);
  static atomic_long steps;
  if (!next) next = (int (*)(void *))dlsym(RTLD_NEXT, "sqlite3_step");
  const char *limit = getenv("END_AT"), *counter = getenv("STATEMENTS");
  long step = ++steps;
  if (limit && step == atol(limit)) kill(getpid(), SIGKILL);
  if (counter) {
    FILE *file = fopen(counter, "w");
    if (file) { fprintf(file, "%ld", step); fclose(file); }
  }
  return next(statement);
}
