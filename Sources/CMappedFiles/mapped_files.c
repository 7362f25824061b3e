#include "mapped_files.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Entries are reused, never freed: a signal handler may read the list at any time.
struct entry {
    _Atomic uintptr_t start, end;                       // start is 0 while nothing is mapped
    char *_Atomic path;
    struct entry *next;
};
static struct entry *_Atomic entries;
static pthread_mutex_t writers = PTHREAD_MUTEX_INITIALIZER;

bool mapped_file_add(const void *start, size_t size, const char *path) {
    char *copy = strdup(path);
    if (!copy) return false;
    pthread_mutex_lock(&writers);
    struct entry *entry = atomic_load(&entries);
    while (entry && atomic_load(&entry->start)) entry = entry->next;
    bool is_new = !entry;
    if (is_new) entry = calloc(1, sizeof *entry);
    if (entry) {
        free(atomic_exchange(&entry->path, copy));
        atomic_store(&entry->end, (uintptr_t)start + size);
        atomic_store(&entry->start, (uintptr_t)start);
        if (is_new) {
            entry->next = atomic_load(&entries);
            atomic_store(&entries, entry);
        }
    } else {
        free(copy);
    }
    pthread_mutex_unlock(&writers);
    return entry;
}

void mapped_file_remove(const void *start) {
    pthread_mutex_lock(&writers);
    for (struct entry *entry = atomic_load(&entries); entry; entry = entry->next)
        if (atomic_load(&entry->start) == (uintptr_t)start) atomic_store(&entry->start, 0);
    pthread_mutex_unlock(&writers);
}

const char *mapped_file_at(const void *address) {
    for (struct entry *entry = atomic_load(&entries); entry; entry = entry->next) {
        uintptr_t start = atomic_load(&entry->start);
        if (start && start <= (uintptr_t)address && (uintptr_t)address < atomic_load(&entry->end))
            return atomic_load(&entry->path);
    }
    return NULL;
}
