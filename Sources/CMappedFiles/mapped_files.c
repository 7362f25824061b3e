#include "mapped_files.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Notes are never freed, only used again: a handler may be reading the list at any time.
struct note {
    _Atomic uintptr_t start, end;                       // start is 0 while nothing is mapped
    char *_Atomic path;
    struct note *next;
};
static struct note *_Atomic notes;
static pthread_mutex_t writers = PTHREAD_MUTEX_INITIALIZER;

bool mapped_file_add(const void *start, size_t size, const char *path) {
    char *copy = strdup(path);
    if (!copy) return false;
    pthread_mutex_lock(&writers);
    struct note *note = atomic_load(&notes);
    while (note && atomic_load(&note->start)) note = note->next;
    bool is_new = !note;
    if (is_new) note = calloc(1, sizeof *note);
    if (note) {
        free(atomic_exchange(&note->path, copy));
        atomic_store(&note->end, (uintptr_t)start + size);
        atomic_store(&note->start, (uintptr_t)start);
        if (is_new) {
            note->next = atomic_load(&notes);
            atomic_store(&notes, note);
        }
    } else {
        free(copy);
    }
    pthread_mutex_unlock(&writers);
    return note;
}

void mapped_file_remove(const void *start) {
    pthread_mutex_lock(&writers);
    for (struct note *note = atomic_load(&notes); note; note = note->next)
        if (atomic_load(&note->start) == (uintptr_t)start) atomic_store(&note->start, 0);
    pthread_mutex_unlock(&writers);
}

const char *mapped_file_at(const void *address) {
    for (struct note *note = atomic_load(&notes); note; note = note->next) {
        uintptr_t start = atomic_load(&note->start);
        if (start && start <= (uintptr_t)address && (uintptr_t)address < atomic_load(&note->end))
            return atomic_load(&note->path);
    }
    return NULL;
}
