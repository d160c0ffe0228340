// Runs file operations given as arguments, so that tests can say what a power cut shall find. See ShimTests.
//   make NAME | folder NAME | write NAME TEXT | append NAME TEXT | cut-to NAME LENGTH | flush NAME | rename FROM TO | remove NAME
//   libc-flush NAME (through a handle of libc, as .NET does) | power-off
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *what)
{
    perror(what);
    return 1;
}

static int put(const char *name, const char *text, int flags)
{
    int fd = open(name, O_WRONLY | flags);
    ssize_t written = flags & O_APPEND ? write(fd, text, strlen(text)) : pwrite(fd, text, strlen(text), 0);
    return close(fd) < 0 || written != (ssize_t)strlen(text);
}

static int flush(const char *name, int (*sync)(int))
{
    int fd = open(name, O_RDONLY);
    int result = sync(fd);
    close(fd);
    return result;
}

static int cut_to(const char *name, const char *length)
{
    int fd = open(name, O_RDWR);
    int result = ftruncate(fd, atol(length));
    close(fd);
    return result;
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        const char *verb = words[i];
        int result = -1;
        if (!strcmp(verb, "make"))
            result = close(open(words[++i], O_CREAT | O_WRONLY | O_TRUNC, 0600));
        else if (!strcmp(verb, "folder"))
            result = mkdir(words[++i], 0700);
        else if (!strcmp(verb, "write"))
            result = put(words[i + 1], words[i + 2], 0), i += 2;
        else if (!strcmp(verb, "append"))
            result = put(words[i + 1], words[i + 2], O_APPEND), i += 2;
        else if (!strcmp(verb, "cut-to"))
            result = cut_to(words[i + 1], words[i + 2]), i += 2;
        else if (!strcmp(verb, "flush"))
            result = flush(words[++i], fsync);
        else if (!strcmp(verb, "libc-flush"))
            result = flush(words[++i], (int (*)(int))dlsym(dlopen("libc.so.6", RTLD_NOW), "fsync"));
        else if (!strcmp(verb, "rename"))
            result = rename(words[i + 1], words[i + 2]), i += 2;
        else if (!strcmp(verb, "remove"))
            result = remove(words[++i]);
        else if (!strcmp(verb, "power-off"))
            ((void (*)(void))dlsym(RTLD_DEFAULT, "powercut_now"))();
        if (result != 0)
            return failed(verb);
    }
    return 0;
}
