/* Any bytes as a JSON array that is cut into its items, against jansson. */
#include "compiler/serve/json_items.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wp_json_items items;
    struct woapol_text item;
    enum wp_json_step step = WP_JSON_WRONG;
    size_t count = 0;
    char *text = malloc(size + 1);
    if (text == NULL)
        abort();
    memcpy(text, data, size);
    if (wp_json_items_begin(&items, text, size))
        while ((step = wp_json_items_next(&items, &item)) == WP_JSON_ITEM) {
            if (item.length == 0 || item.text < text || item.text + item.length > text + size)
                abort();
            count++;
        }
    json_t *json = json_loadb(text, size, JSON_ALLOW_NUL, NULL);
    if (json_is_array(json) && (step != WP_JSON_END || count != json_array_size(json)))
        abort();
    json_decref(json);
    free(text);
    return 0;
}
