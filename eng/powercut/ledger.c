// The undo log: durable bytes by 512-byte sector, durable lengths, and names since their folder's last flush.
#define _GNU_SOURCE
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECTOR 512
#define MAX_FDS 65536

// A file that was changed at least once. Its descriptor stays open: closing it would drop the program's own fcntl locks,
// and while it is open its inode number belongs to nobody else.
struct file {
    dev_t dev;
    ino_t ino;
    int fd;
    off_t durable;       // length at the last flush
    size_t count, room;  // sectors changed since then, in an open-addressed table
    uint64_t *keys;      // sector number + 1; 0 is empty
    unsigned char (*old)[SECTOR];
    struct file *next;
};

struct name {
    enum { CREATED, UNLINKED, RENAMED } what;
    bool is_folder;
    dev_t dev; // of the folder that holds the name
    ino_t ino;
    char *path, *to;
    char *grave; // a second link to the file that the name stood for; for RENAMED, of the one that was replaced
};

static struct { unsigned char kind; struct file *file; } fds[MAX_FDS];
static struct file *files;
static struct name *names;
static size_t name_count, name_room;
static char root[PATH_MAX], graves[PATH_MAX + 8];
static size_t root_length;
static unsigned long grave_number;
static uint64_t random_state;
static struct timespec started;

static long sys_unlink(const char *path) { return syscall(SYS_unlink, path); }

static void say(int fd, const char *format, ...)
{
    char line[PATH_MAX + 256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    syscall(SYS_write, fd, line, (size_t)length);
}

void ledger_fatal(const char *what, const char *path)
{
    say(2, "powercut: %s: %s (errno %d)\n", what, path ? path : "", errno);
    syscall(SYS_kill, getpid(), SIGABRT);
    for (;;)
        pause();
}

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 11;
}

void ledger_start(void)
{
    const char *folder = getenv("SLUICE_POWERCUT_DIR");
    const char *seed = getenv("SLUICE_POWERCUT_SEED");
    if (!folder)
        return;
    if (!realpath(folder, root))
        ledger_fatal("the watched folder must exist", folder);
    root_length = strlen(root);
    snprintf(graves, sizeof graves, "%s.gone", root);
    syscall(SYS_mkdir, graves, 0700);
    random_state = seed ? strtoull(seed, NULL, 10) * 0x9E3779B97F4A7C15ull : 0;
    clock_gettime(CLOCK_REALTIME, &started);
}

bool ledger_is_watching(void) { return root_length > 0; }

static bool is_below_root(const char *path)
{
    return root_length > 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

// SQLite maps this file into memory and rebuilds it when it is gone: it is never durable, and removed at the cut.
static bool is_shared_memory(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

bool ledger_resolve(int folder_fd, const char *path, char *resolved)
{
    char whole[PATH_MAX], parent[PATH_MAX];
    if (!root_length || !path)
        return false;
    if (path[0] == '/') {
        snprintf(whole, sizeof whole, "%s", path);
    } else {
        char link[64];
        snprintf(link, sizeof link, folder_fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder_fd);
        ssize_t length = readlink(link, parent, sizeof parent - 1);
        if (length < 0)
            return false;
        parent[length] = 0;
        if (snprintf(whole, sizeof whole, "%s/%s", parent, path) >= (int)sizeof whole)
            return false;
    }
    size_t end = strlen(whole);
    while (end > 1 && whole[end - 1] == '/')
        whole[--end] = 0;
    char *slash = strrchr(whole, '/');
    if (!slash || slash == whole)
        return false;
    *slash = 0;
    if (!realpath(whole, parent) || snprintf(resolved, PATH_MAX, "%s/%s", parent, slash + 1) >= PATH_MAX)
        return false;
    return is_below_root(resolved) && resolved[root_length] == '/' && !is_shared_memory(resolved);
}

static struct file *find_file(const struct stat *status)
{
    for (struct file *one = files; one; one = one->next)
        if (one->ino == status->st_ino && one->dev == status->st_dev)
            return one;
    return NULL;
}

struct file *ledger_file_at(const char *path)
{
    struct stat status;
    struct file *known = stat(path, &status) == 0 ? find_file(&status) : NULL;
    if (known)
        return known;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0 || fstat(fd, &status) != 0)
        ledger_fatal("cannot follow the file", path);
    struct file *file = calloc(1, sizeof *file);
    *file = (struct file){ .dev = status.st_dev, .ino = status.st_ino, .fd = fd, .durable = status.st_size, .next = files };
    return files = file;
}

enum fd_kind ledger_kind(int fd, struct file **file)
{
    if (!root_length || fd < 0 || fd >= MAX_FDS)
        return FD_ELSEWHERE;
    if (fds[fd].kind == FD_UNKNOWN) {
        char link[64], path[PATH_MAX];
        struct stat status;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        fds[fd].kind = FD_ELSEWHERE;
        if (is_below_root(path) && !is_shared_memory(path) && fstat(fd, &status) == 0) {
            if (S_ISDIR(status.st_mode)) {
                fds[fd].kind = FD_FOLDER;
            } else {
                fds[fd].file = ledger_file_at(link);
                fds[fd].kind = FD_FILE;
            }
        }
    }
    if (file)
        *file = fds[fd].file;
    return fds[fd].kind;
}

void ledger_forget(int fd)
{
    if (fd >= 0 && fd < MAX_FDS)
        fds[fd].kind = FD_UNKNOWN;
}

static size_t place_of(const struct file *file, uint64_t sector)
{
    size_t at = (size_t)(sector * 0x9E3779B97F4A7C15ull >> 20) & (file->room - 1);
    while (file->keys[at] && file->keys[at] != sector + 1)
        at = (at + 1) & (file->room - 1);
    return at;
}

static void make_room(struct file *file)
{
    if (file->count * 2 < file->room)
        return;
    struct file grown = *file;
    grown.room = file->room ? file->room * 2 : 256;
    grown.keys = calloc(grown.room, sizeof *grown.keys);
    grown.old = malloc(grown.room * sizeof *grown.old);
    for (size_t i = 0; i < file->room; i++) {
        if (!file->keys[i])
            continue;
        size_t at = place_of(&grown, file->keys[i] - 1);
        grown.keys[at] = file->keys[i];
        memcpy(grown.old[at], file->old[i], SECTOR);
    }
    free(file->keys);
    free(file->old);
    *file = grown;
}

void ledger_before_write(struct file *file, off_t from, off_t bytes)
{
    for (uint64_t sector = (uint64_t)from / SECTOR; (off_t)(sector * SECTOR) < from + bytes; sector++) {
        make_room(file);
        size_t at = place_of(file, sector);
        if (file->keys[at])
            continue;
        memset(file->old[at], 0, SECTOR); // beyond the durable end there were none, or zeros
        if ((off_t)(sector * SECTOR) < file->durable
            && syscall(SYS_pread64, file->fd, file->old[at], SECTOR, sector * SECTOR) < 0)
            ledger_fatal("cannot read what is to be overwritten", NULL);
        file->keys[at] = sector + 1;
        file->count++;
    }
}

void ledger_before_truncate(struct file *file, off_t length)
{
    if (length < file->durable)
        ledger_before_write(file, length, file->durable - length);
}

void ledger_flushed(struct file *file)
{
    struct stat status;
    fstat(file->fd, &status);
    file->durable = status.st_size;
    free(file->keys);
    free(file->old);
    file->keys = NULL;
    file->old = NULL;
    file->count = file->room = 0;
}

static void free_name(struct name *name)
{
    if (name->grave)
        sys_unlink(name->grave);
    free(name->path);
    free(name->to);
    free(name->grave);
}

void ledger_folder_flushed(int fd)
{
    struct stat status;
    fstat(fd, &status);
    size_t kept = 0;
    for (size_t i = 0; i < name_count; i++) {
        if (names[i].ino == status.st_ino && names[i].dev == status.st_dev)
            free_name(&names[i]);
        else
            names[kept++] = names[i];
    }
    name_count = kept;
}

static struct name *add_name(int what, const char *path, bool is_folder)
{
    if (name_count == name_room)
        names = realloc(names, (name_room = name_room ? name_room * 2 : 64) * sizeof *names);
    char parent[PATH_MAX];
    struct stat status;
    snprintf(parent, sizeof parent, "%s", path);
    *strrchr(parent, '/') = 0;
    if (stat(parent, &status) != 0)
        memset(&status, 0, sizeof status); // the call that follows will fail
    struct name *name = &names[name_count++];
    *name = (struct name){ .what = what, .is_folder = is_folder, .dev = status.st_dev, .ino = status.st_ino, .path = strdup(path) };
    return name;
}

static void bury(struct name *name, const char *path)
{
    char grave[PATH_MAX + 64];
    snprintf(grave, sizeof grave, "%s/%d-%lu", graves, getpid(), grave_number++);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, grave, 0) == 0)
        name->grave = strdup(grave);
}

void ledger_before_create(const char *path, bool is_folder) { add_name(CREATED, path, is_folder); }

void ledger_before_unlink(const char *path, bool is_folder)
{
    struct name *name = add_name(UNLINKED, path, is_folder);
    if (!is_folder)
        bury(name, path);
}

void ledger_before_rename(const char *from, const char *to)
{
    struct stat status;
    if (strrchr(from, '/') - from != strrchr(to, '/') - to || strncmp(from, to, (size_t)(strrchr(from, '/') - from)) != 0)
        ledger_fatal("a rename from folder to folder cannot be undone", to);
    struct name *name = add_name(RENAMED, from, stat(from, &status) == 0 && S_ISDIR(status.st_mode));
    name->to = strdup(to);
    bury(name, to);
}

void ledger_undo_last(void) { free_name(&names[--name_count]); }

static void give_bytes_back(struct file *file, unsigned keep_percent, long *lost, long *kept)
{
    struct stat status;
    fstat(file->fd, &status);
    off_t length = keep_percent > 0 && next_random() % 2 ? status.st_size : file->durable;
    if (file->count == 0 && length == status.st_size)
        return;
    syscall(SYS_ftruncate, file->fd, length);
    for (size_t i = 0; i < file->room; i++) {
        if (!file->keys[i])
            continue;
        off_t from = (off_t)(file->keys[i] - 1) * SECTOR;
        if (next_random() % 100 < keep_percent) {
            ++*kept;
        } else if (from < length) {
            ++*lost;
            syscall(SYS_pwrite64, file->fd, file->old[i], (size_t)(length - from < SECTOR ? length - from : SECTOR), from);
        } else {
            ++*lost;
        }
    }
}

static void give_name_back(struct name *name)
{
    char aside[PATH_MAX + 64];
    switch (name->what) {
    case CREATED:
        // A folder goes with everything in it, flushed or not: nothing leads there any more.
        snprintf(aside, sizeof aside, "%s/%d-%lu", graves, getpid(), grave_number++);
        syscall(SYS_rename, name->path, aside);
        break;
    case UNLINKED:
        if (name->is_folder)
            syscall(SYS_mkdir, name->path, 0777);
        else if (name->grave)
            syscall(SYS_linkat, AT_FDCWD, name->grave, AT_FDCWD, name->path, 0);
        break;
    case RENAMED:
        syscall(SYS_rename, name->to, name->path);
        if (name->grave)
            syscall(SYS_linkat, AT_FDCWD, name->grave, AT_FDCWD, name->to, 0);
        break;
    }
}

// As a journaling file system does: of each folder's changes a first part is kept, in their order.
static void give_names_back(bool keeps_some, long *lost, long *kept)
{
    bool *keep = calloc(name_count + 1, sizeof *keep);
    for (size_t i = 0; i < name_count; i++) {
        bool goes_on = keeps_some && next_random() % 3 != 0;
        for (size_t before = i; goes_on && before-- > 0;)
            if (names[before].ino == names[i].ino && names[before].dev == names[i].dev) {
                goes_on = keep[before];
                break;
            }
        keep[i] = goes_on;
    }
    for (size_t i = name_count; i-- > 0;) {
        keep[i] ? ++*kept : ++*lost;
        if (!keep[i])
            give_name_back(&names[i]);
    }
}

static int report_fd = -1;

static int look_over(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)place;
    if (type == FTW_F && is_shared_memory(path))
        sys_unlink(path);
    else if (type == FTW_F && status->st_size > 0 && !find_file(status)
        && (status->st_mtim.tv_sec > started.tv_sec
            || (status->st_mtim.tv_sec == started.tv_sec && status->st_mtim.tv_nsec > started.tv_nsec)))
        say(report_fd, "escaped: %s was written past the shim\n", path);
    return 0;
}

void ledger_cut(long step)
{
    static const unsigned keep_percents[] = { 0, 25, 50, 75, 100 };
    unsigned keep_percent = random_state ? keep_percents[next_random() % 5] : 0;
    long sectors_lost = 0, sectors_kept = 0, names_lost = 0, names_kept = 0;
    const char *report = getenv("SLUICE_POWERCUT_REPORT");
    if (report)
        report_fd = (int)syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    for (struct file *file = files; file; file = file->next)
        give_bytes_back(file, keep_percent, &sectors_lost, &sectors_kept);
    give_names_back(keep_percent > 0, &names_lost, &names_kept);
    nftw(root, look_over, 16, FTW_PHYS);
    say(report_fd, "cut at call %ld: %ld sectors lost, %ld kept; %ld names lost, %ld kept\n",
        step, sectors_lost, sectors_kept, names_lost, names_kept);
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}
