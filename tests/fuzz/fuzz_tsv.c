/* Any bytes as a line of columns: never a crash, never a fact that lies outside of what
 * was read, and an id that is one JSON value. */
#include "compiler/decide/request_tsv.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of a fact can be read. */
static size_t
sum(struct woapol_text text)
{
    size_t total = 0;
    for (size_t i = 0; i < text.length; i++)
        total += (unsigned char)text.text[i];
    return total;
}

static void
check(const struct wp_request_facts *facts)
{
    json_error_t error;
    volatile size_t total = sum(facts->ip) + sum(facts->device) + sum(facts->app) +
                            sum(facts->user) + sum(facts->entry);
    for (size_t i = 0; i < facts->group_count; i++)
        total += sum(facts->groups[i]);
    json_t *id =
        json_loadb(facts->id.text, facts->id.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (id == NULL && json_error_code(&error) != json_error_numeric_overflow)
        abort();
    json_decref(id);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {"id,ip,device,groups,app,user,entry,managed,compliant,"
                                          "risk,groups_complete",
                                          "groups", "groups,id", "-,ip,risk,id"};
    static struct wp_tsv_reader *readers[4];
    struct wp_request_facts facts;
    const char *reason;
    if (size == 0)
        return 0;
    const size_t which = data[0] % 4;
    if (readers[which] == NULL &&
        (readers[which] = wp_tsv_reader_new(columns[which], &reason)) == NULL)
        abort();
    /* Exactly as large, so that a byte too far is noticed. */
    char *line = malloc(size);
    if (line == NULL)
        abort();
    memcpy(line, data + 1, size - 1);
    if (wp_tsv_read(readers[which], line, size - 1, &facts) != (facts.error == NULL))
        abort();
    if (facts.error == NULL)
        check(&facts);
    free(line);
    return 0;
}
