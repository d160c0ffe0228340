// What a power cut would take away: kept while a program runs, given back when the power "goes".
#ifndef POWERCUT_LEDGER_H
#define POWERCUT_LEDGER_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct file;

enum fd_kind { FD_UNKNOWN, FD_ELSEWHERE, FD_FILE, FD_FOLDER };

// Reads the settings from the environment; does nothing when there is no folder to watch.
void ledger_start(void);

bool ledger_is_watching(void);

// True for a path below the watched folder whose bytes count; sets the path with its links resolved.
bool ledger_resolve(int folder_fd, const char *path, char *resolved);

// What a descriptor stands for; for a file also the ledger's entry of it.
enum fd_kind ledger_kind(int fd, struct file **file);
void ledger_forget(int fd);
struct file *ledger_file_at(const char *path);

// Called before the bytes or the length change, and after they were flushed.
void ledger_before_write(struct file *file, off_t from, off_t bytes);
void ledger_before_truncate(struct file *file, off_t length);
void ledger_flushed(struct file *file);
void ledger_folder_flushed(int fd);

// Names: called before what they name, because the old file has to be kept from being freed.
void ledger_before_create(const char *path, bool is_folder);
void ledger_before_unlink(const char *path, bool is_folder);
void ledger_before_rename(const char *from, const char *to);
void ledger_undo_last(void); // the call that was announced failed

// Gives everything unflushed back to the disk and kills the process. Does not return.
void ledger_cut(long step) __attribute__((noreturn));

// A call this shim cannot undo: better no test than one that proves nothing.
void ledger_fatal(const char *what, const char *path) __attribute__((noreturn));

#endif
