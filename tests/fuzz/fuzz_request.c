/* Any bytes as a request: never a crash, and never another opinion than jansson's
 * about what is JSON. */
#include "compiler/decide/decision_json.h"
#include "compiler/decide/request_json.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LOAD_FLAGS (JSON_ALLOW_NUL | JSON_DECODE_ANY)

/* What jansson holds against texts that are JSON all the same. */
static bool
is_only_limit(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_numeric_overflow:
    case json_error_null_byte_in_key:
    case json_error_stack_overflow:
        return true;
    default:
        return false;
    }
}

/* The reader's errors that say a text is JSON, but no request. */
static bool
is_about_meaning(const char *error)
{
    return error[0] == '"' || strncmp(error, "a request must be", 17) == 0 ||
           strncmp(error, "arrays and objects are nested", 29) == 0;
}

/* An answer must be JSON whatever was asked. */
static void
check_answer(const struct wp_request_facts *facts)
{
    struct wp_json_text text = {0};
    json_error_t error;
    wp_decision_write_error(&text, facts->id, facts->error == NULL ? "none" : facts->error);
    json_t *answer = json_loadb(text.bytes, text.length, LOAD_FLAGS, &error);
    if (answer == NULL && !is_only_limit(&error))
        abort();
    if (memchr(text.bytes, '\n', text.length) != NULL)
        abort();
    json_decref(answer);
    wp_json_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wp_request_reader *reader;
    struct wp_request_facts facts;
    json_error_t error;
    if (reader == NULL && (reader = wp_request_reader_new()) == NULL)
        abort();
    char *text = malloc(size + WP_REQUEST_PADDING);
    if (text == NULL)
        abort();
    memcpy(text, data, size);
    memset(text + size, '"', WP_REQUEST_PADDING);
    bool is_request = wp_request_read(reader, text, size, &facts);
    if (is_request == (facts.error != NULL))
        abort();
    json_t *json = json_loadb(text, size, LOAD_FLAGS, &error);
    if (is_request && !json_is_object(json) && !is_only_limit(&error))
        abort();
    /* jansson passes over a NUL behind a number. */
    if (!is_request && json != NULL && !is_about_meaning(facts.error) &&
        memchr(text, '\0', size) == NULL)
        abort();
    check_answer(&facts);
    json_decref(json);
    free(text);
    return 0;
}
