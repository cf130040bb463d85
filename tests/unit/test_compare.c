/* What differs between two bodies, as a person reads it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/emit/compare.h"

struct row {
    const char *before, *after; /* JSON with ' for ", or NULL */
    const char *lines;          /* "path: before -> after", one a line; - is nothing there */
};

static json_t *
load(const char *text)
{
    json_error_t error;
    char *copy = text == NULL ? NULL : strdup(text);

    if (copy == NULL)
        return NULL;
    for (char *c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    json_t *json = json_loads(copy, 0, &error);
    cr_assert(json != NULL, "%s: %s", copy, error.text);
    free(copy);
    return json;
}

static void
check(const struct row *row)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_difference *differences;
    json_t *before = load(row->before), *after = load(row->after);
    char *lines = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&lines, &size);
    size_t count = wp_compare_bodies(arena, before, after, &differences);

    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "%s%s: %s -> %s", i > 0 ? "\n" : "", differences[i].path,
                      differences[i].before == NULL ? "-" : differences[i].before,
                      differences[i].after == NULL ? "-" : differences[i].after);
    (void)fclose(out);
    cr_expect_str_eq(lines, row->lines);
    free(lines);
    json_decref(before);
    json_decref(after);
    wp_arena_free(arena);
}

#define A "{'name':'a','device':'iOS','action':'deny'}"
#define B                                                                                          \
    "{'name':'b','range':{'$ref':'range/Office'},'action':'authenticate','chains':[["              \
    "{'$ref':'method/Password'},{'$ref':'method/Duo%20MFA'}],[{'$ref':'method/FIDO2'}]]}"
#define C "{'name':'c','device':'Android','action':'allow'}"
#define D "{'name':'d','device':'macOS','action':'deny'}"

Test(compare, rules_in_a_list)
{
    static const struct row rows[] = {
        {"{'rules':[" A "," C "]}", "{'rules':[" A "," C "]}", ""},
        {"{'rules':[" A "," C "]}", "{'rules':[" A "," B "," C "]}",
         "rules[b]: - -> place 2, action: authenticate, chains: [[Password, Duo MFA], [FIDO2]], "
         "range: Office"},
        {"{'rules':[" A "," C "]}", "{'rules':[" C "]}",
         "rules[a]: place 1, action: deny, device: iOS -> -"},
        {"{'rules':[" A "," B "," C "," D "]}", "{'rules':[" D "," A "," B "," C "]}",
         "rules[d].place: 4 -> 1"},
        {"{'rules':[" A "," C "," D "]}", "{'rules':[" D "," C "," A "]}",
         "rules[a].place: 1 -> 3"},
        {"{'rules':[" A "," C "]}",
         "{'rules':[{'name':'a','device':'iOS','action':'allow'}," D "]}",
         "rules[a].action: deny -> allow\n"
         "rules[c]: place 2, action: allow, device: Android -> -\n"
         "rules[d]: - -> place 2, action: deny, device: macOS"},
        {NULL, "{'rules':[" A "]}", "rules[a]: - -> place 1, action: deny, device: iOS"},
        {"{'rules':[" A "]}", "{'rules':[]}", "rules[a]: place 1, action: deny, device: iOS -> -"},
        /* Names that do not tell the things apart are not gone by. */
        {"{'rules':[" A "," A "]}", "{'rules':[" A "," C "]}",
         "rules[2].action: deny -> allow\nrules[2].device: iOS -> Android\nrules[2].name: a -> c"},
        {"{'rules':[{'action':'deny'}]}", "{'rules':[" A ",{'action':'deny'}]}",
         "rules[1]: action: deny -> -\n"
         "rules[a]: - -> place 1, action: deny, device: iOS\n"
         "rules[2]: - -> action: deny"},
        {"{'rules':[" A "," A "]}", "{'rules':[" A "]}",
         "rules[a]: place 2, action: deny, device: iOS -> -"},
        {"{'rules':[{'name':'x\\u001b[2J','action':'deny'}]}", "{'rules':[]}",
         "rules[x\\x1b[2J]: place 1, action: deny -> -"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

#define PASSWORD "{'key':'okta_password','method':'password'}"
#define PUSH "{'key':'okta_verify','method':'push'},{'key':'okta_verify','method':'totp'}"

Test(compare, chains_are_sentences)
{
    static const struct row rows[] = {
        {"{'chains':[{'authenticationMethods':[" PASSWORD
         "],'next':[{'authenticationMethods':[" PUSH "]}]}]}",
         "{'chains':[{'authenticationMethods':[" PASSWORD "]},{'authenticationMethods':[" PUSH
         "]}]}",
         "chains: okta_password then okta_verify push or totp -> okta_password else okta_verify "
         "push or totp"},
        {"{'chains':[{'authenticationMethods':[{'key':'okta_verify','method':'signed_nonce',"
         "'phishingResistant':'REQUIRED'}],'reauthenticateIn':'PT1H'}]}",
         NULL,
         "chains: okta_verify signed_nonce (phishingResistant REQUIRED) again after PT1H -> -"},
        {"{'chains':[{'authenticationMethods':[{'key':'custom_otp','method':'otp','id':{'$ref':"
         "'authenticator/Token%1B'}}]}]}",
         "{'chains':[]}", "chains: custom_otp of Token\\x1b -> -"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

Test(compare, other_values)
{
    static const struct row rows[] = {
        {"{'a':[1,2]}", "{'a':[2,3]}", "a: 1, 2 -> 2, 3"},
        {"{'a':{'$ref':'range/x%2Fy'}}", "{'a':null}", "a: x/y -> -"},
        {"{'chains':[[{'$ref':'method/A'}]]}",
         "{'chains':[[{'$ref':'method/A'}],[{'$ref':'method/B'}]]}", "chains: [A] -> [A], [B]"},
        {"{'a':1}", "{'a':{'conditions':{'b':{'c':true,'d':null}}}}", "a: 1 -> {b: {c: yes}}"},
        {NULL, "{'conditions':{'network':{'include':['x']}}}", "network: - -> x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

/* Twenty thousand rules are compared at once, and told of in few words. The first and the last of
 * what was stay, and the one in the middle keeps its place. */
Test(compare, long_lists_stay_short)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_difference *differences;
    json_t *before = json_array(), *after = json_array(), *deep = json_array();

    for (int i = 0; i < 20000; i++) {
        (void)json_array_append_new(before, json_pack("{s:o}", "name", json_sprintf("r%d", i)));
        (void)json_array_insert_new(after, i == 0 ? 0 : 1,
                                    json_pack("{s:o}", "name", json_sprintf("r%d", i)));
    }
    (void)json_array_append_new(after, json_pack("{s:s, s:o}", "name", "long", "ids", deep));
    for (int i = 0; i < 20000; i++)
        (void)json_array_append_new(deep, json_integer(i));
    json_t *a = json_pack("{s:o}", "rules", before), *b = json_pack("{s:o}", "rules", after);
    size_t count = wp_compare_bodies(arena, a, b, &differences);

    cr_expect_eq(count, 19998, "%zu", count);
    cr_expect_str_eq(differences[count - 1].path, "rules[long]");
    cr_expect_lt(strlen(differences[count - 1].after), 260);
    cr_expect(strstr(differences[count - 1].after, "more") != NULL);
    json_decref(a);
    json_decref(b);
    wp_arena_free(arena);
}
