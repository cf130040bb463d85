/* Addresses: what a transport may talk to, and whether a link stays there. */
#include "compiler/emit/wire.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part of the URL, "" where it has none; the caller frees it. NULL: no memory. */
static char *
get_part(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, part, &text, flags);
    if (code == CURLUE_OK)
        return text;
    return code == CURLUE_OUT_OF_MEMORY ? NULL : curl_maprintf("%s", "");
}

static bool
has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static bool
is_loopback(const char *host)
{
    unsigned a, b, c, d;
    int end = 0;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return sscanf(host, "%3u.%3u.%3u.%3u%n", &a, &b, &c, &d, &end) == 4 && host[end] == '\0' &&
           a == 127 && b < 256 && c < 256 && d < 256;
}

static bool
read_parts(struct wp_origin *origin, CURLU *url)
{
    origin->scheme = get_part(url, CURLUPART_SCHEME, 0);
    origin->host = get_part(url, CURLUPART_HOST, 0);
    origin->port = get_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (origin->scheme == NULL || origin->host == NULL || origin->port == NULL)
        return false;
    for (char *at = origin->host; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return true;
}

/* What curl thinks of a URL, spaces and control characters refused. */
static CURLU *
parse(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f)
            return NULL;
    CURLU *url = curl_url();
    if (url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK) {
        curl_url_cleanup(url);
        return NULL;
    }
    return url;
}

bool
wp_origin_read(struct wp_origin *origin, const char *text, struct wp_problem *problem)
{
    *origin = (struct wp_origin){0};
    if (!wp_curl_is_here())
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "libcurl.so.4 cannot be loaded; Debian has it as libcurl4");
    CURLU *url = parse(text);
    if (url == NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "“%.200s” is no address of a tenant; one looks like "
                              "https://acme.okta.com",
                              text);
    const char *wrong = NULL;
    if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        /* The address itself is not shown: it holds a secret. */
        wrong = "an address must not hold a user or a password";
    else if (has_part(url, CURLUPART_FRAGMENT))
        wrong = "an address must not have a part behind “#”";
    else if (!read_parts(origin, url))
        wrong = "out of memory";
    else if (strcmp(origin->scheme, "http") == 0 && !is_loopback(origin->host))
        wrong = "http:// is taken for loopback addresses alone, since it is not encrypted; "
                "write https://";
    else if (strcmp(origin->scheme, "https") != 0 && strcmp(origin->scheme, "http") != 0)
        wrong = "an address must begin with https://";
    curl_url_cleanup(url);
    return wrong == NULL || wp_problem_set(problem, WP_PROBLEM_USAGE, "%s", wrong);
}

void
wp_origin_free(struct wp_origin *origin)
{
    curl_free(origin->scheme);
    curl_free(origin->host);
    curl_free(origin->port);
    *origin = (struct wp_origin){0};
}

static bool
is_within(const struct wp_origin *origin, CURLU *url)
{
    struct wp_origin other = {0};
    bool within = read_parts(&other, url) && strcmp(other.scheme, origin->scheme) == 0 &&
                  strcmp(other.host, origin->host) == 0 && strcmp(other.port, origin->port) == 0 &&
                  !has_part(url, CURLUPART_USER) && !has_part(url, CURLUPART_PASSWORD);
    wp_origin_free(&other);
    return within;
}

char *
wp_origin_resolve(const struct wp_origin *origin, const char *base, const char *link)
{
    char *resolved = NULL;
    for (const char *at = link; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f)
            return NULL;
    CURLU *url = parse(base);
    if (url == NULL)
        return NULL;
    /* A second set is relative to the first. */
    if (curl_url_set(url, CURLUPART_URL, link, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK && is_within(origin, url))
        (void)curl_url_get(url, CURLUPART_URL, &resolved, 0);
    curl_url_cleanup(url);
    return resolved;
}

struct curl_slist *
wp_line_add(struct curl_slist *lines, const char *name, const char *value)
{
    char *line = curl_maprintf("%s: %s", name, value);
    struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(lines, line);
    if (line != NULL)
        OPENSSL_cleanse(line, strlen(line));
    curl_free(line);
    if (longer == NULL)
        wp_lines_free(lines);
    return longer;
}

void
wp_lines_free(struct curl_slist *lines)
{
    for (struct curl_slist *line = lines; line != NULL; line = line->next)
        OPENSSL_cleanse(line->data, strlen(line->data));
    curl_slist_free_all(lines);
}
