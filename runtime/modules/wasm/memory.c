/* The few functions of libc that the runtime uses, for a machine without one. */
#include <stdint.h>
#include <string.h>

void *
memcpy(void *to, const void *from, size_t size)
{
    return __builtin_memcpy(to, from, size); /* one instruction: memory.copy */
}

void *
memmove(void *to, const void *from, size_t size)
{
    return __builtin_memmove(to, from, size);
}

void *
memset(void *to, int byte, size_t size)
{
    return __builtin_memset(to, byte, size);
}

int
memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;

    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void *
memchr(const void *text, int byte, size_t size)
{
    const unsigned char *at = text;

    for (size_t i = 0; i < size; i++)
        if (at[i] == (unsigned char)byte)
            return (void *)(uintptr_t)(at + i);
    return NULL;
}

size_t
strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}
