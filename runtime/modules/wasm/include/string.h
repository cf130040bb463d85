/* What the runtime needs of libc, for a machine without one: memory.c. */
#ifndef WOAPOL_WASM_STRING_H
#define WOAPOL_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *text, int byte, size_t size);
size_t strlen(const char *text);

#endif
