/* The name that was probably meant: Damerau and Levenshtein's distance in its
 * plain form (a pair may be swapped once), letters compared without their case. */
#include "diagnostics.h"

#include <string.h>

/* Longer names get no suggestion: nobody misspells them, they are pasted. */
#define LONGEST 128

static unsigned char
fold_case(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The distance of a and b, or anything above `limit` if it is above `limit`. */
static unsigned
distance(const char *a, size_t a_length, const char *b, size_t b_length, unsigned limit)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned smallest = row[0] = (unsigned)i;
        unsigned char c = fold_case(a[i - 1]);
        for (size_t j = 1; j <= b_length; j++) {
            unsigned char d = fold_case(b[j - 1]);
            row[j] = least(last[j - 1] + (c != d), least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && c == fold_case(b[j - 2]) && d == fold_case(a[i - 2]))
                row[j] = least(row[j], before[j - 2] + 1);
            smallest = least(smallest, row[j]);
        }
        /* Two rows back can still be better by a swap. */
        if (smallest > limit + 1)
            return smallest;
        unsigned *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_length];
}

const char *
wp_suggest(const char *name, const char *const *candidates, size_t count)
{
    size_t length = strlen(name);
    if (length == 0 || length > LONGEST)
        return NULL;
    unsigned limit = length < 3 ? 1 : (unsigned)length / 3;
    const char *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        size_t apart = other > length ? other - length : length - other;
        if (other > LONGEST || apart > limit || strcmp(name, candidates[i]) == 0)
            continue;
        unsigned d = distance(name, length, candidates[i], other, limit);
        /* A name of two letters is near to any other: one must be right. */
        if (d > limit || d >= length || (best != NULL && d == limit))
            continue;
        best = candidates[i];
        if (d == 0)
            break;
        limit = d;
    }
    return best;
}
