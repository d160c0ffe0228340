// A power cut for one process, by LD_PRELOAD: every call that changes a file below SLUICE_POWERCUT_DIR passes through here.
//
//   SLUICE_POWERCUT_DIR     the folder whose files lose what was not flushed
//   SLUICE_POWERCUT_AFTER   the power goes at this changing call, counted from 1; without it, never
//   SLUICE_POWERCUT_TRIGGER a file outside the folder: the power goes at the next changing call once it is there
//   SLUICE_POWERCUT_SEED    not 0: a random part of the unflushed sectors, lengths and names is kept, as a disk may
//   SLUICE_POWERCUT_REPORT  a file outside the folder that gets one line when the power has gone
//
// One lock around every call and its entry in the ledger, so the cut sees a consistent state and nobody writes during it.
#define _GNU_SOURCE
#include "ledger.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long step, cut_at;
static bool is_last;
static const char *trigger;

__attribute__((constructor)) static void start(void)
{
    const char *after = getenv("SLUICE_POWERCUT_AFTER");
    cut_at = after ? atol(after) : 0;
    trigger = getenv("SLUICE_POWERCUT_TRIGGER");
    ledger_start();
}

// Every changing call stands between these two. The last one is done before the cut, except that a flush is not.
static void enter(void)
{
    pthread_mutex_lock(&lock);
}

static void count(bool is_flush)
{
    is_last = ++step == cut_at || (trigger && syscall(SYS_faccessat, AT_FDCWD, trigger, F_OK) == 0);
    if (is_last && is_flush)
        ledger_cut(step);
}

static long leave(long result)
{
    int error = errno;
    if (is_last)
        ledger_cut(step);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

// For tests of the shim itself.
void powercut_now(void)
{
    enter();
    ledger_cut(step);
}

// ---- names -----------------------------------------------------------------------------------------------------------

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    char resolved[PATH_MAX];
    if (!ledger_is_watching() || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE
        || !ledger_resolve(folder, path, resolved)) {
        int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
        ledger_forget(fd);
        return fd;
    }

    enter();
    bool is_there = syscall(SYS_faccessat, AT_FDCWD, resolved, F_OK) == 0;
    bool creates = !is_there && (flags & O_CREAT);
    bool truncates = is_there && (flags & O_TRUNC);
    if (creates || truncates)
        count(false);
    if (creates)
        ledger_before_create(resolved, false);
    if (truncates)
        ledger_before_truncate(ledger_file_at(resolved), 0);
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd < 0 && creates)
        ledger_undo_last();
    ledger_forget(fd);
    return (int)leave(fd);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        return open_at(AT_FDCWD, path, flags, mode); \
    }
#define OPEN_AT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        return open_at(folder, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)
int __open_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int fd)
{
    ledger_forget(fd);
    return (int)syscall(SYS_close, fd);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    char old[PATH_MAX], new[PATH_MAX];
    bool is_ours = ledger_resolve(from_folder, from, old);
    if (is_ours != ledger_resolve(to_folder, to, new))
        ledger_fatal("a rename into or out of the watched folder", to);
    if (!is_ours)
        return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    enter();
    count(false);
    ledger_before_rename(old, new);
    long result = syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    if (result < 0)
        ledger_undo_last();
    return (int)leave(result);
}

int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_folder, const char *from, int to_folder, const char *to) { return renameat2(from_folder, from, to_folder, to, 0); }

int unlinkat(int folder, const char *path, int flags)
{
    char resolved[PATH_MAX];
    if (!ledger_resolve(folder, path, resolved))
        return (int)syscall(SYS_unlinkat, folder, path, flags);
    enter();
    count(false);
    ledger_before_unlink(resolved, flags & AT_REMOVEDIR);
    long result = syscall(SYS_unlinkat, folder, path, flags);
    if (result < 0)
        ledger_undo_last();
    return (int)leave(result);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path)
{
    int result = unlink(path);
    return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    char resolved[PATH_MAX];
    if (!ledger_resolve(folder, path, resolved))
        return (int)syscall(SYS_mkdirat, folder, path, mode);
    enter();
    count(false);
    ledger_before_create(resolved, true);
    long result = syscall(SYS_mkdirat, folder, path, mode);
    if (result < 0)
        ledger_undo_last();
    return (int)leave(result);
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    char resolved[PATH_MAX];
    if (!ledger_resolve(to_folder, to, resolved))
        return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    enter();
    count(false);
    ledger_before_create(resolved, false);
    long result = syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    if (result < 0)
        ledger_undo_last();
    return (int)leave(result);
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

// ---- bytes -----------------------------------------------------------------------------------------------------------

// Enters for a change of a followed file; false, and not entered, when the descriptor is none.
static bool enter_file(int fd, struct file **file)
{
    if (!ledger_is_watching())
        return false;
    enter();
    if (ledger_kind(fd, file) == FD_FILE) {
        count(false);
        return true;
    }
    pthread_mutex_unlock(&lock);
    return false;
}

static off_t bytes_in(const struct iovec *pieces, int count)
{
    off_t bytes = 0;
    for (int i = 0; i < count; i++)
        bytes += (off_t)pieces[i].iov_len;
    return bytes;
}

static off_t position_of(int fd)
{
    int flags = (int)syscall(SYS_fcntl, fd, F_GETFL);
    return (off_t)syscall(SYS_lseek, fd, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    struct file *file;
    if (!enter_file(fd, &file))
        return syscall(SYS_write, fd, bytes, length);
    ledger_before_write(file, position_of(fd), (off_t)length);
    return leave(syscall(SYS_write, fd, bytes, length));
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    struct file *file;
    if (!enter_file(fd, &file))
        return syscall(SYS_writev, fd, pieces, count);
    ledger_before_write(file, position_of(fd), bytes_in(pieces, count));
    return leave(syscall(SYS_writev, fd, pieces, count));
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
    struct file *file;
    if (!enter_file(fd, &file))
        return syscall(SYS_pwrite64, fd, bytes, length, at);
    ledger_before_write(file, at, (off_t)length);
    return leave(syscall(SYS_pwrite64, fd, bytes, length, at));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at)
{
    struct file *file;
    if (!enter_file(fd, &file))
        return syscall(SYS_pwritev, fd, pieces, count, at, 0);
    ledger_before_write(file, at, bytes_in(pieces, count));
    return leave(syscall(SYS_pwritev, fd, pieces, count, at, 0));
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) { return pwritev64(fd, pieces, count, at); }

int ftruncate64(int fd, off64_t length)
{
    struct file *file;
    if (!enter_file(fd, &file))
        return (int)syscall(SYS_ftruncate, fd, length);
    ledger_before_truncate(file, length);
    return (int)leave(syscall(SYS_ftruncate, fd, length));
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fallocate64(int fd, int mode, off64_t from, off64_t bytes)
{
    struct file *file;
    if (!enter_file(fd, &file))
        return (int)syscall(SYS_fallocate, fd, mode, from, bytes);
    if (mode & ~FALLOC_FL_KEEP_SIZE)
        ledger_fatal("fallocate in a mode that cannot be undone", NULL);
    return (int)leave(syscall(SYS_fallocate, fd, mode, from, bytes)); // adds zeros at the end, which the length undoes
}

int fallocate(int fd, int mode, off_t from, off_t bytes) { return fallocate64(fd, mode, from, bytes); }
int posix_fallocate64(int fd, off64_t from, off64_t bytes) { return fallocate64(fd, 0, from, bytes) < 0 ? errno : 0; }
int posix_fallocate(int fd, off_t from, off_t bytes) { return posix_fallocate64(fd, from, bytes); }

// ---- flushes ---------------------------------------------------------------------------------------------------------

static int flush(int fd, long call)
{
    struct file *file;
    if (!ledger_is_watching())
        return (int)syscall(call, fd);
    enter();
    enum fd_kind kind = ledger_kind(fd, &file);
    if (kind != FD_ELSEWHERE)
        count(true);
    long result = syscall(call, fd);
    if (result == 0 && kind == FD_FILE)
        ledger_flushed(file);
    if (result == 0 && kind == FD_FOLDER)
        ledger_folder_flushed(fd);
    return (int)leave(result);
}

int fsync(int fd) { return flush(fd, SYS_fsync); }
int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }

// ---- ways around, which a watched file must not take -------------------------------------------------------------------

static void refuse(int fd, const char *what)
{
    enter();
    if (ledger_is_watching() && ledger_kind(fd, NULL) == FD_FILE)
        ledger_fatal(what, NULL);
    pthread_mutex_unlock(&lock);
}

void *mmap64(void *at, size_t bytes, int protection, int flags, int fd, off64_t from)
{
    if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE))
        refuse(fd, "a watched file is mapped to be written");
    return (void *)syscall(SYS_mmap, at, bytes, protection, flags, fd, from);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t from) { return mmap64(at, bytes, protection, flags, fd, from); }

ssize_t sendfile64(int to, int from, off64_t *at, size_t bytes)
{
    refuse(to, "sendfile to a watched file");
    return syscall(SYS_sendfile, to, from, at, bytes);
}

ssize_t sendfile(int to, int from, off_t *at, size_t bytes) { return sendfile64(to, from, at, bytes); }

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t bytes, unsigned flags)
{
    refuse(to, "copy_file_range to a watched file");
    return syscall(SYS_copy_file_range, from, from_at, to, to_at, bytes, flags);
}

// .NET looks up [DllImport("libc")] in the library's own handle, which would lead past this shim: it gets ours instead, where
// what is not found here is found in libc, on which it depends.
void *dlopen(const char *name, int flags)
{
    static void *(*next)(const char *, int);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "dlopen");
    Dl_info self;
    bool is_libc = name && (strcmp(name, "libc.so.6") == 0 || strcmp(name, "libc") == 0);
    return next(is_libc && dladdr((void *)powercut_now, &self) ? self.dli_fname : name, flags);
}
