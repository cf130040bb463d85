/* OAuth clients: each rule of guide C at its borders. */
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A client of the right kind around the lines that a row gives. */
static char *
source_with(const char *lines)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)fprintf(out,
                  "tenant Portal { kind = access }\n"
                  "client Sync {\n"
                  "  tenant = Portal\n"
                  "%s\n"
                  "}\n"
                  "policy P is default { otherwise deny }\n",
                  lines);
    (void)fclose(out);
    return text;
}

struct row {
    const char *name, *lines, *found;
};

static void
check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = source_with(rows[i].lines);
        char *found = findings_of(text, 1000, 5999);
        cr_expect_str_eq(found, rows[i].found, "%s: found '%s', not '%s'", rows[i].name, found,
                         rows[i].found);
        free(found);
        free(text);
    }
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

#define SERVICE "id = \"sync\" access_type = service scope = { admin } "
#define USER                                                                                       \
    "id = \"sync\" access_type = user scope = { openid } redirect = \"https://a.example/\" "

Test(clients, characters_of_an_id)
{
    for (int c = 1; c < 256; c++) {
        bool allowed = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       (c < 128 && strchr("._-@", c) != NULL);
        char lines[64], *text, *found;
        if (c >= 128 || c == '\n' || c == '"' || c == '\\')
            continue;
        (void)snprintf(lines, sizeof lines, "id = \"a%cb\" access_type = service scope = { admin }",
                       c);
        text = source_with(lines);
        found = findings_of(text, 5001, 5001);
        cr_expect_str_eq(found, allowed ? "" : "5001 error 4:8", "character %d: '%s'", c, found);
        free(found);
        free(text);
    }
}

Test(clients, places_in_an_id)
{
    static const struct row rows[] = {
        {"a quote", "id = \"a\\\"b\" access_type = service scope = { admin }", "5001 error 4:8"},
        {"a backslash", "id = \"a\\\\b\" access_type = service scope = { admin }",
         "5001 error 4:8"},
        {"after a quote the quote is named",
         "id = \"\\\" \" access_type = service scope = { admin }", "5001 error 4:7"},
        {"several bytes", "id = \"ab\xc3\xbc\" access_type = service scope = { admin }",
         "5001 error 4:9"},
        {"empty", "id = \"\" access_type = service scope = { admin }", "5004 error 4:6"},
    };
    CHECK_ROWS(rows);
}

Test(clients, length_of_an_id)
{
    static const struct {
        size_t length;
        const char *found;
    } rows[] = {{1, ""}, {256, ""}, {257, "5004 error 4:6"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[300] = "", lines[400], *text, *found;
        memset(id, 'a', rows[i].length);
        (void)snprintf(lines, sizeof lines, "id = \"%s\" access_type = service scope = { admin }",
                       id);
        text = source_with(lines);
        found = findings_of(text, 1000, 5999);
        cr_expect_str_eq(found, rows[i].found, "%zu: %s", rows[i].length, found);
        free(found);
        free(text);
    }
}

Test(clients, needs_and_words)
{
    static const struct row rows[] = {
        {"nothing", "", "1042 error 2:8; 1042 error 2:8; 1042 error 2:8"},
        {"access type", "id = \"a\" access_type = Service scope = { admin }", "1041 error 4:24"},
        {"application", SERVICE "application = other", "1041 error 4:67"},
        {"scope alone", "id = \"a\" access_type = service scope = admin", ""},
        {"naaps", "id = \"a\" access_type = service scope = { naaps }", "5006 note 4:40"},
        {"naaps with openid", "id = \"a\" access_type = service scope = { naaps, openid }", ""},
        {"token type", SERVICE "token_type = bearer", ""},
        {"another", SERVICE "token_type = \"Bearer\"", "5024 error 4:66"},
        {"misspelt", SERVICE "acess_ttl = 3h", "1040 error 4:53"},
    };
    CHECK_ROWS(rows);
}

Test(clients, redirects)
{
    static const struct row rows[] = {
        {"none for a user's", "id = \"a\" access_type = user scope = { openid }", "5007 error 2:8"},
        {"none for a service", SERVICE, ""},
        {"https", USER, ""},
        {"http", SERVICE "redirect = \"http://a.example\"", "5008 warning 4:64"},
        {"http to loopback", SERVICE "redirect = \"http://127.0.0.1:80/x\"", ""},
        {"http to loopback, IPv6", SERVICE "redirect = \"http://[::1]:80/x\"", ""},
        {"no address", SERVICE "redirect = \"a.example\"", "5008 warning 4:64"},
        {"a name like loopback", SERVICE "redirect = \"http://127.0.0.1.a.example/\"",
         "5008 warning 4:64"},
        {"loopback as a user", SERVICE "redirect = \"http://127.0.0.1:80@a.example/\"",
         "5008 warning 4:64"},
        {"loopback alone", SERVICE "redirect = \"http://127.0.0.1\"", ""},
        {"a scheme further on", SERVICE "redirect = \"a.example/b?c:/d\"", "5008 warning 4:64"},
        {"one slash", SERVICE "redirect = \"https:/a.example\"", "5008 warning 4:64"},
        {"fragment", SERVICE "redirect = \"https://a.example/#b\"", "5008 warning 4:64"},
        {"an app's own", SERVICE "redirect = \"com.example.app:/x\"", ""},
        {"wildcard", SERVICE "redirect = \"https://*.example/x\"", "5008 warning 4:64"},
        {"second of two", SERVICE "redirect = { \"https://a.example\", \"http://b.example\" }",
         "5008 warning 4:87"},
    };
    CHECK_ROWS(rows);
}

Test(clients, secrets)
{
    static const struct row rows[] = {
        {"generated", SERVICE "secret = generated", ""},
        {"unsaid", SERVICE, ""},
        {"literal", SERVICE "secret = \"x\"", "5011 error 4:62"},
        {"a number is literal, too", SERVICE "secret = 12345", "5011 error 4:62"},
        {"another word", SERVICE "secret = hunter2", "1041 error 4:62"},
        {"none for a service", SERVICE "secret = none", "5012 error 4:62"},
        {"none for a user's", USER "secret = none", ""},
        {"none in a browser", USER "secret = none browser_app = yes", ""},
        {"unsaid in a browser", USER "browser_app = yes", ""},
        {"in a browser", USER "secret = generated browser_app = yes", "5010 error 4:92"},
        {"no browser", USER "secret = generated browser_app = no", ""},
    };
    CHECK_ROWS(rows);
}

Test(clients, a_literal_secret_is_never_shown)
{
    struct wp_compilation compilation;
    char *text = source_with(SERVICE "secret = \"tops3cret\" idd = \"x\"");
    uint32_t length;
    const char *line;

    cr_expect_not(compile_text(&compilation, text));
    line = wp_line_text(&compilation.sources, 0, 4, &length);
    cr_expect(memmem(line, length, "secret = \"*********\" idd", 24), "%.*s", (int)length, line);
    for (const struct wp_diagnostic *d = compilation.diagnostics.first; d; d = d->next) {
        cr_expect_not(strstr(d->message, "tops3cret"));
        cr_expect_not(d->label && strstr(d->label, "tops3cret"));
    }
    wp_compilation_end(&compilation);
    free(text);
}

Test(clients, lifetimes)
{
    static const struct row rows[] = {
        {"all well", SERVICE "refresh_token = yes access_ttl = 3h idle_ttl = 4d refresh_ttl = 90d",
         ""},
        {"access equal to idle is well",
         SERVICE "refresh_token = yes access_ttl = 3h idle_ttl = 180m refresh_ttl = 90d", ""},
        {"idle equal to refresh is not",
         SERVICE "refresh_token = yes access_ttl = 3h idle_ttl = 4d refresh_ttl = 96h",
         "5021 error 4:100"},
        {"access above idle",
         SERVICE "refresh_token = yes access_ttl = 3h idle_ttl = 179m refresh_ttl = 90d",
         "5021 error 4:86"},
        {"both", SERVICE "refresh_token = yes access_ttl = 9d idle_ttl = 8d refresh_ttl = 7d",
         "5021 error 4:86; 5021 error 4:100"},
        {"no idle", SERVICE "refresh_token = yes access_ttl = 9d refresh_ttl = 7d",
         "5021 error 4:86"},
        {"bare", SERVICE "access_ttl = 180", "5022 error 4:66"},
        {"bare, and no further complaint",
         SERVICE "refresh_token = yes access_ttl = 180 idle_ttl = 5760 refresh_ttl = 129600",
         "5022 error 4:86; 5022 error 4:101; 5022 error 4:120"},
        {"nothing", SERVICE "access_ttl = 0m", "5023 error 4:66"},
        {"a minute", SERVICE "access_ttl = 60s", ""},
        {"a minute and a bit", SERVICE "access_ttl = 61s", "5023 error 4:66"},
        {"in quotes", SERVICE "access_ttl = \"3h\"", "1041 error 4:66"},
        {"refresh off", SERVICE "refresh_ttl = 90d idle_ttl = 100d", "5020 warning 4:67"},
        {"refresh off, said", SERVICE "refresh_token = no idle_ttl = 100d", "5020 warning 4:83"},
    };
    CHECK_ROWS(rows);
}

Test(clients, prompting)
{
    static const struct row rows[] = {
        {"a service", SERVICE "prompt_user = yes", "5030 error 4:67"},
        {"a service, not", SERVICE "prompt_user = no", ""},
        {"a user's", USER "prompt_user = yes", "5031 warning 4:97"},
        {"a user's, not", USER "prompt_user = no", ""},
    };
    CHECK_ROWS(rows);
}

Test(clients, ids_in_a_tenant)
{
#define TWO(first, second)                                                                         \
    "tenant A { kind = access }\ntenant B { kind = access }\n"                                     \
    "client X { tenant = A " SERVICE " }\n"                                                        \
    "client Y { tenant = " first " id = \"" second                                                 \
    "\" access_type = service scope = { admin } }\npolicy P is default { otherwise deny }\n"
    static const struct row rows[] = {
        {"twice", TWO("A", "sync"), "5002 error 4:28"},
        {"by case", TWO("A", "SYNC"), "5003 warning 4:28"},
        {"in two tenants", TWO("B", "sync"), ""},
        {"longer", TWO("A", "sync2"), ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *found = findings_of(rows[i].lines, 1000, 5999);
        cr_expect_str_eq(found, rows[i].found, "%s: %s", rows[i].name, found);
        free(found);
    }
}
