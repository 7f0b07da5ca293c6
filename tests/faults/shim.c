/* Stands between a process and the C library: numbers the points at which the process changes what
 * lies below one folder, writes them down, and at chosen ones kills the process, lets the call fail
 * or waits until somebody has looked at the disk. Loaded by LD_PRELOAD; asleep until `fault_arm` is
 * called, and in no other process than the one that called it. Calls are let through one after the
 * other, so that the disk at point N is what points 1 to N-1 left, whichever threads made them.
 *
 * One letter for each kind of point:
 *   c  a file is created or emptied      w  bytes are written         s  fsync, fdatasync
 *   r  rename   u  unlink   d  rmdir     l  link, symlink   m  mkdir  t  truncate
 *   k  blocks shared or copied           a  space is claimed or given back
 *   p  mode or times are changed
 * and of what changes nothing, to let it fail:
 *   R  a file is opened for reading, or a folder listed
 *   W  an existing file is opened for writing
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CHANGES "cwsrudlmtkap"
#define FICLONE 0x40049409UL

enum { ENOUGH = 2 * PATH_MAX };

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct {
    pid_t pid;
    char root[PATH_MAX], include[PATH_MAX], exclude[PATH_MAX], kinds[32];
    char action; /* 'n'othing, 'k'ill before the point, 'f'ail it, 'p'ause before it */
    int error, sticky, log, asks, answers;
    long at, count;
} armed;

/* Arm this process.
 *   root     only paths below it are looked at
 *   include  of these only paths that begin so are counted ("" all)
 *   exclude  and none that begin so ("" none)
 *   kinds    letters of the points that are counted ("" all changes)
 *   log      file that gets a line for each point looked at ("" none)
 *   at       the number of the point to act at; 0: none
 *   action   what to do there
 *   error    errno of a call that fails
 *   sticky   1: do it at all counted points from there on; 2: from there on wherever they are
 *   asks     pipe that gets a byte at each point paused at, after its line in the log
 *   answers  pipe that gives a byte when the process may go on
 */
void fault_arm(const char *root, const char *include, const char *exclude, const char *kinds,
               const char *log, long at, char action, int error, int sticky,
               const char *asks, const char *answers)
{
    snprintf(armed.root, sizeof armed.root, "%s", root);
    snprintf(armed.include, sizeof armed.include, "%s", include);
    snprintf(armed.exclude, sizeof armed.exclude, "%s", exclude);
    snprintf(armed.kinds, sizeof armed.kinds, "%s", *kinds ? kinds : CHANGES);
    armed.log = *log ? (int)syscall(SYS_openat, AT_FDCWD, log,
                                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    armed.asks = armed.answers = -1;
    if (action == 'p') {
        armed.asks = (int)syscall(SYS_openat, AT_FDCWD, asks, O_WRONLY | O_CLOEXEC);
        armed.answers = (int)syscall(SYS_openat, AT_FDCWD, answers, O_RDONLY | O_CLOEXEC);
    }
    armed.at = at;
    armed.action = action;
    armed.error = error;
    armed.sticky = sticky;
    armed.count = 0;
    armed.pid = getpid();
}

static int begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The absolute path of a name given to a call, links not followed. */
static void whole(int folder, const char *name, char *into)
{
    if (name[0] == '/') {
        snprintf(into, ENOUGH, "%s", name);
        return;
    }
    char link[64], base[PATH_MAX] = "";
    if (folder == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
    base[length > 0 ? length : 0] = 0;
    snprintf(into, ENOUGH, "%s/%s", base, name);
}

static void of_descriptor(int descriptor, char *into)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, into, ENOUGH - 1);
    into[length > 0 ? length : 0] = 0;
}

static void note(char mark, char kind, const char *path, const char *other, long size)
{
    if (armed.log < 0)
        return;
    char line[4 * PATH_MAX];
    int length = snprintf(line, sizeof line, "%ld\t%c\t%c\t%ld\t%s\t%s\n", armed.count, mark, kind,
                          size, path + strlen(armed.root),
                          other ? other + (begins(other, armed.root) ? strlen(armed.root) : 0) : "");
    syscall(SYS_write, armed.log, line, length);
}

/* Whoever else wants to change the disk meanwhile waits for the guard. */
static void wait_for_answer(void)
{
    char byte = 0;
    syscall(SYS_write, armed.asks, &byte, 1);
    while (syscall(SYS_read, armed.answers, &byte, 1) < 0 && errno == EINTR)
        ;
}

/* Comes before every call; the guard is held from here to `done`. Tells whether to let it fail. */
static int reached(char kind, const char *path, const char *other, long size)
{
    if (!begins(path, armed.root))
        return 0;
    int anywhere = armed.sticky == 2 && armed.at && armed.count >= armed.at;
    int counts = strchr(armed.kinds, kind) &&
                 (anywhere || (begins(path, armed.include) &&
                               !(armed.exclude[0] && begins(path, armed.exclude))));
    if (!counts) {
        if (strchr(CHANGES, kind))
            note('-', kind, path, other, size);
        return 0;
    }
    armed.count++;
    int now = armed.at && (armed.count == armed.at || (armed.sticky && armed.count > armed.at));
    if (!now || armed.action == 'n') {
        note('+', kind, path, other, size);
        return 0;
    }
    note(armed.action, kind, path, other, size);
    if (armed.action == 'k') {
        kill(0, SIGKILL); /* the whole process group */
        for (;;)
            pause();
    }
    if (armed.action == 'p') {
        wait_for_answer();
        return 0;
    }
    return armed.error;
}

/* A child is another process: it is not looked at, and must not wait for a guard that was taken
 * when it was forked. */
static int awake(void) { return armed.pid && armed.pid == getpid(); }

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define GUARDED(kind, path, other, size, type, failed, call) \
    do { \
        if (!awake()) return call; \
        pthread_mutex_lock(&guard); \
        int error_ = reached(kind, path, other, size); \
        type result_ = error_ ? (failed) : (call); \
        int kept_ = error_ ? error_ : errno; \
        pthread_mutex_unlock(&guard); \
        errno = kept_; \
        return result_; \
    } while (0)

/* --- the clock ------------------------------------------------------------------------------ */

static long ahead;

/* Let this process believe that it is so many seconds later. */
void fault_clock(long seconds) { ahead = seconds; }

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(clock_gettime);
    int result = real(clock, now);
    if (clock == CLOCK_REALTIME)
        now->tv_sec += ahead;
    return result;
}

/* --- opening -------------------------------------------------------------------------------- */

/* Of what is opened the size tells how: 0 to read, 1 to write, 2 for both. */
static char kind_of_open(const char *path, int flags)
{
    struct stat status;
    int there = syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0;
    if ((flags & O_CREAT && !there) || (flags & O_TRUNC && there) || (flags & O_TMPFILE) == O_TMPFILE)
        return 'c';
    return (flags & O_ACCMODE) == O_RDONLY ? 'R' : 'W';
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

#define OPEN(name) \
    int name(const char *given, int flags, ...) \
    { \
        REAL(name); \
        MODE_OF(flags) \
        if (!awake()) return real(given, flags, mode); \
        char path[ENOUGH]; \
        whole(AT_FDCWD, given, path); \
        GUARDED(kind_of_open(path, flags), path, NULL, flags & O_ACCMODE, int, -1, real(given, flags, mode)); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *given, int flags, ...) \
    { \
        REAL(name); \
        MODE_OF(flags) \
        if (!awake()) return real(folder, given, flags, mode); \
        char path[ENOUGH]; \
        whole(folder, given, path); \
        GUARDED(kind_of_open(path, flags), path, NULL, flags & O_ACCMODE, int, -1, real(folder, given, flags, mode)); \
    }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

#define FOPEN(name) \
    FILE *name(const char *given, const char *mode) \
    { \
        REAL(name); \
        if (!awake()) return real(given, mode); \
        char path[ENOUGH]; \
        whole(AT_FDCWD, given, path); \
        char kind = mode[0] == 'w' ? 'c' : mode[0] == 'a' ? 'W' : 'R'; \
        long how = strchr(mode, '+') ? 2 : kind != 'R'; \
        GUARDED(kind, path, NULL, how, FILE *, NULL, real(given, mode)); \
    }
FOPEN(fopen)
FOPEN(fopen64)

DIR *opendir(const char *given)
{
    REAL(opendir);
    if (!awake()) return real(given);
    char path[ENOUGH];
    whole(AT_FDCWD, given, path);
    GUARDED('R', path, NULL, 0, DIR *, NULL, real(given));
}

/* --- what a descriptor does ----------------------------------------------------------------- */

#define BY_DESCRIPTOR(kind, size, type, descriptor, call) \
    if (!awake()) return call; \
    char path[ENOUGH]; \
    of_descriptor(descriptor, path); \
    GUARDED(kind, path, NULL, size, type, -1, call)

ssize_t write(int file, const void *bytes, size_t size)
{
    REAL(write);
    BY_DESCRIPTOR('w', (long)size, ssize_t, file, real(file, bytes, size));
}

#define PWRITE(name, offset_t) \
    ssize_t name(int file, const void *bytes, size_t size, offset_t offset) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('w', (long)size, ssize_t, file, real(file, bytes, size, offset)); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *parts, int count)
{
    REAL(writev);
    BY_DESCRIPTOR('w', count, ssize_t, file, real(file, parts, count));
}

#define PWRITEV(name, offset_t) \
    ssize_t name(int file, const struct iovec *parts, int count, offset_t offset) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('w', count, ssize_t, file, real(file, parts, count, offset)); \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

#define SYNC(name) \
    int name(int file) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('s', 0, int, file, real(file)); \
    }
SYNC(fsync)
SYNC(fdatasync)

#define FTRUNCATE(name, length_t) \
    int name(int file, length_t length) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('t', (long)length, int, file, real(file, length)); \
    }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define FALLOCATE(name, offset_t) \
    int name(int file, int mode, offset_t offset, offset_t length) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('a', (long)length, int, file, real(file, mode, offset, length)); \
    }
FALLOCATE(fallocate, off_t)
FALLOCATE(fallocate64, off64_t)

int fchmod(int file, mode_t mode)
{
    REAL(fchmod);
    BY_DESCRIPTOR('p', mode, int, file, real(file, mode));
}

int futimens(int file, const struct timespec times[2])
{
    REAL(futimens);
    BY_DESCRIPTOR('p', 0, int, file, real(file, times));
}

#define COPY(name, offset_t) \
    ssize_t name(int from, offset_t *start, int to, offset_t *at, size_t size, unsigned flags) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('k', (long)size, ssize_t, to, real(from, start, to, at, size, flags)); \
    }
COPY(copy_file_range, off64_t)

#define SENDFILE(name, offset_t) \
    ssize_t name(int to, int from, offset_t *start, size_t size) \
    { \
        REAL(name); \
        BY_DESCRIPTOR('k', (long)size, ssize_t, to, real(to, from, start, size)); \
    }
extern ssize_t sendfile(int, int, off_t *, size_t);
extern ssize_t sendfile64(int, int, off64_t *, size_t);
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

extern int ioctl(int, unsigned long, ...);
int ioctl(int file, unsigned long request, ...)
{
    static int (*real)(int, unsigned long, ...);
    if (!real) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (request != FICLONE) return real(file, request, argument);
    BY_DESCRIPTOR('k', 0, int, file, real(file, request, argument));
}

/* --- what a name stands for ----------------------------------------------------------------- */

#define BY_NAME(kind, folder, name, call) \
    if (!awake()) return call; \
    char path[ENOUGH]; \
    whole(folder, name, path); \
    GUARDED(kind, path, NULL, 0, int, -1, call)

#define BY_TWO_NAMES(kind, folder, name, folder2, name2, call) \
    if (!awake()) return call; \
    char path[ENOUGH], other[ENOUGH]; \
    whole(folder, name, other); \
    whole(folder2, name2, path); \
    GUARDED(kind, path, other, 0, int, -1, call)

int unlink(const char *name)
{
    REAL(unlink);
    BY_NAME('u', AT_FDCWD, name, real(name));
}

int unlinkat(int folder, const char *name, int flags)
{
    REAL(unlinkat);
    BY_NAME(flags & AT_REMOVEDIR ? 'd' : 'u', folder, name, real(folder, name, flags));
}

int remove(const char *name)
{
    REAL(remove);
    BY_NAME('u', AT_FDCWD, name, real(name));
}

int rmdir(const char *name)
{
    REAL(rmdir);
    BY_NAME('d', AT_FDCWD, name, real(name));
}

int mkdir(const char *name, mode_t mode)
{
    REAL(mkdir);
    BY_NAME('m', AT_FDCWD, name, real(name, mode));
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    REAL(mkdirat);
    BY_NAME('m', folder, name, real(folder, name, mode));
}

#define TRUNCATE(name, length_t) \
    int name(const char *given, length_t length) \
    { \
        REAL(name); \
        BY_NAME('t', AT_FDCWD, given, real(given, length)); \
    }
TRUNCATE(truncate, off_t)
TRUNCATE(truncate64, off64_t)

int chmod(const char *name, mode_t mode)
{
    REAL(chmod);
    BY_NAME('p', AT_FDCWD, name, real(name, mode));
}

int fchmodat(int folder, const char *name, mode_t mode, int flags)
{
    REAL(fchmodat);
    BY_NAME('p', folder, name, real(folder, name, mode, flags));
}

int utimensat(int folder, const char *name, const struct timespec times[2], int flags)
{
    REAL(utimensat);
    BY_NAME('p', folder, name, real(folder, name, times, flags));
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    BY_TWO_NAMES('r', AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}

int renameat(int folder, const char *from, int folder2, const char *to)
{
    REAL(renameat);
    BY_TWO_NAMES('r', folder, from, folder2, to, real(folder, from, folder2, to));
}

int renameat2(int folder, const char *from, int folder2, const char *to, unsigned flags)
{
    REAL(renameat2);
    BY_TWO_NAMES('r', folder, from, folder2, to, real(folder, from, folder2, to, flags));
}

int link(const char *from, const char *to)
{
    REAL(link);
    BY_TWO_NAMES('l', AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}

int linkat(int folder, const char *from, int folder2, const char *to, int flags)
{
    REAL(linkat);
    BY_TWO_NAMES('l', folder, from, folder2, to, real(folder, from, folder2, to, flags));
}

int symlink(const char *from, const char *to)
{
    REAL(symlink);
    BY_TWO_NAMES('l', AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}
