/* libcurl by name. Its tables are the process's, as libcurl itself is. */
#define WP_CURL_LOADER
#include "compiler/emit/curl.h"

#include <pthread.h>
#include <stddef.h>

#include "compiler/library.h"

/* ---- where there is none ---------------------------------------------------- */

static CURLcode
fail_to_begin(long flags)
{
    (void)flags;
    return CURLE_FAILED_INIT;
}

static void
do_nothing(void)
{
}

static void
leave_memory(void *memory)
{
    (void)memory;
}

static void
leave_lines(struct curl_slist *lines)
{
    (void)lines;
}

static void
leave_url(CURLU *url)
{
    (void)url;
}

static CURL *
make_no_exchange(void)
{
    return NULL;
}

static CURLU *
make_no_url(void)
{
    return NULL;
}

static struct curl_slist *
make_no_line(struct curl_slist *lines, const char *line)
{
    (void)lines;
    (void)line;
    return NULL;
}

static char *
make_no_text(const char *format, ...)
{
    (void)format;
    return NULL;
}

/* The rest works on what these have made. */
static const struct wp_curl missing = {
    .curl_easy_cleanup = leave_memory,
    .curl_easy_init = make_no_exchange,
    .curl_free = leave_memory,
    .curl_global_cleanup = do_nothing,
    .curl_global_init = fail_to_begin,
    .curl_maprintf = make_no_text,
    .curl_slist_append = make_no_line,
    .curl_slist_free_all = leave_lines,
    .curl_url = make_no_url,
    .curl_url_cleanup = leave_url,
};

/* ---- where there is one ------------------------------------------------------ */

static struct wp_curl table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
    static const struct wp_symbol symbols[] = {
#define NAME_AND_PLACE(name) {#name, offsetof(struct wp_curl, name)},
        WP_CURL_FUNCTIONS(NAME_AND_PLACE)
#undef NAME_AND_PLACE
    };
    if (!wp_load_library("libcurl.so.4", symbols, sizeof symbols / sizeof *symbols, &table))
        table = missing;
}

const struct wp_curl *
wp_curl(void)
{
    (void)pthread_once(&once, load);
    return &table;
}

bool
wp_curl_is_here(void)
{
    return wp_curl()->curl_url != make_no_url;
}
