/*
 * libcurl, loaded when it is first called: with the libraries behind it, it takes
 * half of the time that the tool needs to start and a quarter of the daemon's memory,
 * and most commands ask no server. Include this in place of <curl/curl.h>.
 *
 * Where there is no libcurl, what makes something fails as if memory had run out.
 */
#ifndef WP_EMIT_CURL_H
#define WP_EMIT_CURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <curl/mprintf.h>
#include <stdbool.h>
#undef curl_easy_getinfo
#undef curl_easy_setopt

#define WP_CURL_FUNCTIONS(FUNCTION)                                                                \
    FUNCTION(curl_easy_cleanup)                                                                    \
    FUNCTION(curl_easy_getinfo)                                                                    \
    FUNCTION(curl_easy_header)                                                                     \
    FUNCTION(curl_easy_init)                                                                       \
    FUNCTION(curl_easy_perform)                                                                    \
    FUNCTION(curl_easy_setopt)                                                                     \
    FUNCTION(curl_easy_strerror)                                                                   \
    FUNCTION(curl_free)                                                                            \
    FUNCTION(curl_global_cleanup)                                                                  \
    FUNCTION(curl_global_init)                                                                     \
    FUNCTION(curl_maprintf)                                                                        \
    FUNCTION(curl_slist_append)                                                                    \
    FUNCTION(curl_slist_free_all)                                                                  \
    FUNCTION(curl_url)                                                                             \
    FUNCTION(curl_url_cleanup)                                                                     \
    FUNCTION(curl_url_get)                                                                         \
    FUNCTION(curl_url_set)

struct wp_curl {
#define WP_CURL_PLACE(name) __typeof__ (&(name))(name);
    WP_CURL_FUNCTIONS(WP_CURL_PLACE)
#undef WP_CURL_PLACE
};

/* Loads it at the first call; any thread. Never NULL. */
const struct wp_curl *wp_curl(void);
bool wp_curl_is_here(void);

#ifndef WP_CURL_LOADER
#define curl_easy_cleanup wp_curl()->curl_easy_cleanup
#define curl_easy_getinfo wp_curl()->curl_easy_getinfo
#define curl_easy_header wp_curl()->curl_easy_header
#define curl_easy_init wp_curl()->curl_easy_init
#define curl_easy_perform wp_curl()->curl_easy_perform
#define curl_easy_setopt wp_curl()->curl_easy_setopt
#define curl_easy_strerror wp_curl()->curl_easy_strerror
#define curl_free wp_curl()->curl_free
#define curl_global_cleanup wp_curl()->curl_global_cleanup
#define curl_global_init wp_curl()->curl_global_init
#define curl_maprintf wp_curl()->curl_maprintf
#define curl_slist_append wp_curl()->curl_slist_append
#define curl_slist_free_all wp_curl()->curl_slist_free_all
#define curl_url wp_curl()->curl_url
#define curl_url_cleanup wp_curl()->curl_url_cleanup
#define curl_url_get wp_curl()->curl_url_get
#define curl_url_set wp_curl()->curl_url_set
#endif

#endif
