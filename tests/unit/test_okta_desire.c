/* What an org is to hold decides as the source does. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compile.h"
#include "compiler/emit/okta/okta.h"
#include "compiler/facts.h"
#include "compiler/walk.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_source.h"

/* A source with what its tenant is to hold. */
struct desired {
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_state state;
    bool done;
};

static void
desire(struct desired *desired, const char *text, bool narrows)
{
    const struct wp_plan_options options = {.allow_narrowing = narrows};
    struct wp_declaration_walk walk = {0};

    *desired = (struct desired){0};
    cr_assert(compile_text(&desired->compilation, text), "%s", text);
    desired->session = (struct wp_session){.arena = desired->compilation.arena,
                                           .model = desired->compilation.model};
    desired->session.tenant =
        wp_declaration_next(desired->compilation.model, WP_DECL_TENANT, &walk);
    wp_state_init(&desired->state, desired->compilation.arena);
    desired->done = wp_okta_desire(&desired->session, &options, &desired->state,
                                   &desired->compilation.diagnostics);
}

static void
desired_end(struct desired *desired)
{
    wp_state_end(&desired->state);
    wp_compilation_end(&desired->compilation);
}

/* The codes from 6000 on that a source gets, as "6010 6024". */
static const char *
codes(struct desired *desired)
{
    const char *text = "";

    for (struct wp_diagnostic *f = desired->compilation.diagnostics.first; f != NULL; f = f->next)
        if (wp_diagnostic_infos[f->kind].code >= 6000)
            text = wp_format(desired->compilation.arena, "%s%s%d", text, *text == '\0' ? "" : " ",
                             wp_diagnostic_infos[f->kind].code);
    return text;
}

/* ---- decisions ------------------------------------------------------------------------ */

static const char *
expected_text(struct wp_arena *arena, const struct wp_model *model,
              const struct wp_verdict *verdict)
{
    uint64_t seconds = verdict->reauth_seconds == WP_NO_REAUTH ? WP_OKTA_ONCE_A_SESSION_SECONDS
                                                               : verdict->reauth_seconds;
    if (verdict->effect == WP_DENY)
        return "DENY";
    return wp_format(arena, "ALLOW %llu %s", (unsigned long long)seconds,
                     okta_chain_of_model(arena, model, verdict->chain));
}

static const char *
actual_text(struct wp_arena *arena, const json_t *sign_on)
{
    const json_t *method = json_object_get(sign_on, "verificationMethod");
    const char *every = json_string_value(json_object_get(method, "reauthenticateIn"));
    uint64_t seconds = 0;

    if (strcmp(json_string_value(json_object_get(sign_on, "access")), "DENY") == 0)
        return "DENY";
    cr_assert(every != NULL && wp_okta_duration_read(every, &seconds));
    return wp_format(arena, "ALLOW %llu %s", (unsigned long long)seconds,
                     okta_chain_of_body(arena, sign_on));
}

static void
hold_against(struct desired *desired, uint64_t seed, const char *text)
{
    struct wp_arena *arena = desired->compilation.arena;
    const struct wp_model *model = desired->compilation.model;
    uint64_t state = seed + 77;

    for (unsigned i = 0; i < 400; i++) {
        struct okta_case made;
        struct okta_verdict verdict;
        struct wp_verdict wanted;
        okta_case(arena, model, &state, &made);
        wp_walk(model, &made.request, &wanted);
        const char *fault = okta_judge(&desired->state, &made.sign_in, &verdict);
        cr_assert(fault == NULL, "%s: %s", fault, text);
        const char *is = actual_text(arena, verdict.sign_on);
        const char *should = expected_text(arena, model, &wanted);
        cr_assert_str_eq(is, should, "seed %llu, %s by %s: %s %s %s managed %d compliant %d %s\n%s",
                         (unsigned long long)seed, made.sign_in.address, verdict.rule,
                         made.sign_in.app == NULL ? "-" : made.sign_in.app, made.sign_in.os,
                         made.sign_in.risk, made.sign_in.managed, made.sign_in.compliant,
                         made.sign_in.user, text);
    }
}

static uint64_t
rounds(void)
{
    const char *text = getenv("WOAPOL_CASES");
    return text == NULL ? 300 : strtoull(text, NULL, 10) / 400;
}

Test(okta_desire, decides_as_the_source, .timeout = 0)
{
    unsigned held = 0, count = 0;

    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        char *text = okta_source(seed, false);
        struct desired desired;
        desire(&desired, text, false);
        count++;
        if (desired.done)
            hold_against(&desired, seed, text), held++;
        else
            cr_expect(strstr(codes(&desired), "6018") != NULL ||
                          strstr(codes(&desired), "6013") != NULL,
                      "%s: %s", codes(&desired), text);
        desired_end(&desired);
        free(text);
    }
    cr_expect_geq(held * 10, count * 8, "only %u of %u could be held", held, count);
}

/* Are all alternatives of `some` among those of `all`? Both begin "ALLOW 3600 ". */
static bool
is_part_of(struct wp_arena *arena, const char *some, const char *all)
{
    size_t head = (size_t)(strchr(strchr(some, ' ') + 1, ' ') + 1 - some);

    if (strncmp(some, all, head) != 0)
        return false;
    const char *list = wp_format(arena, " | %s | ", all + head);
    for (const char *at = some + head; *at != '\0';) {
        const char *end = strstr(at, " | ");
        size_t length = end == NULL ? strlen(at) : (size_t)(end - at);
        if (strstr(list, wp_format(arena, " | %.*s | ", (int)length, at)) == NULL)
            return false;
        at += length + (end == NULL ? 0 : 3);
    }
    return true;
}

/* Narrowed, an org denies more, or asks for one of fewer chains; nobody gets in whom
 * the source keeps out. */
Test(okta_desire, narrowed_is_never_looser, .timeout = 0)
{
    unsigned held = 0, equal = 0, stricter = 0;

    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        char *text = okta_source(seed, true);
        struct desired desired;
        uint64_t state = seed;
        desire(&desired, text, true);
        struct wp_arena *arena = desired.compilation.arena;
        held += desired.done;
        for (unsigned i = 0; desired.done && i < 400; i++) {
            struct okta_case made;
            struct okta_verdict verdict;
            struct wp_verdict wanted;
            okta_case(arena, desired.compilation.model, &state, &made);
            wp_walk(desired.compilation.model, &made.request, &wanted);
            const char *fault = okta_judge(&desired.state, &made.sign_in, &verdict);
            cr_assert(fault == NULL, "%s: %s", fault, text);
            const char *is = actual_text(arena, verdict.sign_on);
            const char *should = wanted.effect == WP_ALLOW
                                     ? "ALLOW 0 nothing"
                                     : expected_text(arena, desired.compilation.model, &wanted);
            bool same = strcmp(is, should) == 0;
            cr_assert(same || strcmp(is, "DENY") == 0 || is_part_of(arena, is, should),
                      "seed %llu: %s, not %s, by %s\n%s", (unsigned long long)seed, is, should,
                      verdict.rule, text);
            equal += same;
            stricter += !same;
        }
        desired_end(&desired);
        free(text);
    }
    cr_expect(held * 10 >= rounds() * 8 && equal > 10 * held && stricter > held, "%u %u %u", held,
              equal, stricter);
}

/* ---- golden files ---------------------------------------------------------------------- */

static char *
read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL)
        return NULL;
    FILE *out = open_memstream(&text, &size);
    for (int c; (c = fgetc(file)) != EOF;)
        (void)fputc(c, out);
    (void)fclose(out);
    (void)fclose(file);
    return text;
}

/* An object as one entry: its place is that of the source that asks for it. */
static json_t *
entry(struct desired *desired, const struct wp_object *object)
{
    struct wp_position at =
        wp_locate(&desired->compilation.sources, object->span.file, object->span.start);
    json_t *entry = json_pack("{s:s, s:o, s:O}", "key", object->key, "line",
                              object->span.file == WP_NO_FILE ? json_null() : json_integer(at.line),
                              "body", object->body);

    if (object->system)
        (void)json_object_set_new(entry, "system", json_true());
    if (object->reference)
        (void)json_object_set_new(entry, "reference", json_true());
    return entry;
}

static json_t *
findings(struct desired *desired)
{
    json_t *array = json_array();

    wp_diagnostics_sort(&desired->compilation.diagnostics);
    for (struct wp_diagnostic *f = desired->compilation.diagnostics.first; f != NULL; f = f->next)
        if (wp_diagnostic_infos[f->kind].code >= 6000)
            (void)json_array_append_new(
                array,
                json_sprintf(
                    "WOA%d %s %u: %s", wp_diagnostic_infos[f->kind].code,
                    wp_severity_text(f->severity),
                    wp_locate(&desired->compilation.sources, f->span.file, f->span.start).line,
                    f->message));
    return array;
}

static char *
dump(struct desired *desired)
{
    json_t *objects = json_array();

    for (size_t i = 0; i < desired->state.count; i++)
        (void)json_array_append_new(objects, entry(desired, desired->state.items[i]));
    json_t *all = json_pack("{s:b, s:o, s:o}", "held", desired->done, "findings", findings(desired),
                            "objects", objects);
    char *text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(all);
    return text;
}

static void
check_golden(const char *name)
{
    char source[128], expected[128];
    (void)snprintf(source, sizeof source, "tests/golden/okta/%s.woapol", name);
    (void)snprintf(expected, sizeof expected, "tests/golden/okta/%s.objects", name);
    char *text = read_file(source), *wanted = read_file(expected);
    struct desired desired;

    cr_assert(text != NULL, "%s", source);
    desire(&desired, text, strcmp(name, "narrowed") == 0);
    char *is = dump(&desired);
    if (getenv("WOAPOL_UPDATE") != NULL) {
        FILE *out = fopen(expected, "wb");
        (void)fprintf(out, "%s\n", is);
        (void)fclose(out);
    } else {
        cr_assert(wanted != NULL, "%s is missing", expected);
        wanted[strcspn(wanted, "\0") - 1] = '\0';
        cr_expect_str_eq(is, wanted, "%s is another; WOAPOL_UPDATE=1 rewrites it:\n%s", expected,
                         is);
    }
    free(is);
    free(text);
    free(wanted);
    desired_end(&desired);
}

Test(okta_desire, objects_of_sources)
{
    static const char *const names[] = {"zones",    "people",  "posture",   "devices",
                                        "chains",   "apps",    "decides",   "identity",
                                        "narrowed", "classic", "assurance", "alternatives"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_golden(names[i]);
}

Test(okta_desire, the_same_source_gives_the_same_bytes)
{
    char *text = okta_source(7, false);
    struct desired a, b;

    desire(&a, text, false);
    desire(&b, text, false);
    char *first = dump(&a), *second = dump(&b);
    cr_expect_str_eq(first, second);
    free(first);
    free(second);
    desired_end(&a);
    desired_end(&b);
    free(text);
}

/* ---- limits ------------------------------------------------------------------------------ */

#define HEAD                                                                                       \
    "tenant Corp { kind = okta\n engine = identity\n risk_scoring = yes\n"                         \
    " device_posture_provider = active }\napp Crm\n"

struct limit {
    const char *before, *each, *after; /* each stands `count` times, # is its number */
    unsigned count;
    const char *codes;
};

static char *
repeat(const struct limit *limit)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)fputs(HEAD, out);
    (void)fputs(limit->before, out);
    for (unsigned i = 1; i <= limit->count; i++)
        for (const char *c = limit->each; *c != '\0'; c++)
            if (*c == '#')
                (void)fprintf(out, "%u", i);
            else if (*c == '%')
                (void)fprintf(out, "%u.%u.%u", i / 32768, i / 128 % 256, i % 128 * 2);
            else
                (void)fputc(*c, out);
    (void)fputs(limit->after, out);
    (void)fclose(out);
    return text;
}

Test(okta_desire, limits)
{
    static const char rule[] =
        "  rule r# when user in {\"u#\"} authenticate okta_password every #h\n";
    static const char policy[] = "policy P for Crm {\n";
    static const char end[] = "  otherwise deny\n}\n";
    static const char used[] = "\npolicy P for Crm { rule n when network in N deny\n otherwise "
                               "authenticate okta_password }\n";
    static const char used_chain[] = "\npolicy P for Crm { otherwise authenticate C }\n";
    const struct limit limits[] = {
        {policy, rule, end, 99, ""},
        {policy, rule, end, 100, "6018"},
        {"network N = 10.255.0.0", " + 10.%", used, 24999, ""},
        {"network N = 10.255.0.0", " + 10.%", used, 25000, "6019"},
        {"chain C = okta_password", " else okta_password then fido2 then sms", used_chain, 1, ""},
        {"chain C = okta_password", " then fido2", used_chain, 2, ""},
        {"chain C = okta_password", " then fido2", used_chain, 3, "6017"},
        {"chain C = fido2", " else okta_password then sms then voice", used_chain, 0, ""},
        {"", "app A#\npolicy P# for A# { otherwise deny }\n", "", 5000, ""},
        {"", "app A#\npolicy P# for A# { otherwise deny }\n", "", 5001, "6022"},
    };

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char *text = repeat(&limits[i]);
        struct desired desired;
        desire(&desired, text, false);
        cr_expect_str_eq(codes(&desired), limits[i].codes, "%zu: %s", i, codes(&desired));
        cr_expect_eq(desired.done, *limits[i].codes == '\0');
        desired_end(&desired);
        free(text);
    }
}

/* How many zones a network of so many lone addresses takes, and what the last one is
 * called. */
Test(okta_desire, zones_are_split)
{
    static const struct {
        unsigned entries, zones;
        const char *last;
    } rows[] = {
        {1, 1, "N"}, {150, 1, "N"}, {151, 2, "N (2)"}, {300, 2, "N (2)"}, {301, 3, "N (3)"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct limit limit = {
            "network N = 10.0.0.2", " + 10.%",
            "\npolicy P for Crm { rule n when network in N deny\n otherwise "
            "authenticate okta_password }\n",
            rows[i].entries, ""};
        char *text = repeat(&limit);
        struct desired desired;
        desire(&desired, text, false);
        unsigned zones = 0;
        size_t entries = 0;
        const char *last = "";
        for (size_t k = 0; k < desired.state.count; k++)
            if (strcmp(desired.state.items[k]->kind, "zone") == 0) {
                const json_t *list = json_object_get(desired.state.items[k]->body, "gateways");
                cr_expect_leq(json_array_size(list), WP_OKTA_ZONE_ENTRIES);
                entries += json_array_size(list);
                last = desired.state.items[k]->name;
                zones++;
            }
        cr_expect_eq(zones, rows[i].zones, "%u: %u", rows[i].entries, zones);
        cr_expect_eq(entries, rows[i].entries, "%zu", entries);
        cr_expect_str_eq(last, rows[i].last);
        const struct wp_object *rule = wp_state_find(&desired.state, "rule/P/n");
        cr_expect_eq(
            json_array_size(json_object_get(
                json_object_get(json_object_get(rule->body, "conditions"), "network"), "include")),
            zones);
        desired_end(&desired);
        free(text);
    }
}

Test(okta_desire, durations)
{
    static const struct {
        uint64_t seconds;
        const char *text;
    } rows[] = {{0, "PT0S"},    {1, "PT1S"},     {90, "PT90S"},       {1800, "PT30M"},
                {3600, "PT1H"}, {5400, "PT90M"}, {7776000, "PT2160H"}};
    static const struct {
        const char *text;
        bool is_read;
        uint64_t seconds;
    } read[] = {{"P1D", true, 86400},        {"P1DT2H", true, 93600}, {"P2W", true, 1209600},
                {"PT2H30M", true, 9000},     {"P", false, 0},         {"PT", false, 0},
                {"P1M", false, 0},           {"P1Y", false, 0},       {"PT1H1H", false, 0},
                {"PT1M1H", false, 0},        {"", false, 0},          {"PT-1H", false, 0},
                {"PT99999999999H", false, 0}};
    struct wp_arena *arena = wp_arena_new(NULL, NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t seconds = 42;
        cr_expect_str_eq(wp_okta_duration(arena, rows[i].seconds), rows[i].text);
        cr_expect(wp_okta_duration_read(rows[i].text, &seconds));
        cr_expect_eq(seconds, rows[i].seconds);
    }
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        uint64_t seconds = 0;
        cr_expect_eq(wp_okta_duration_read(read[i].text, &seconds), read[i].is_read, "%s",
                     read[i].text);
        cr_expect_eq(seconds, read[i].seconds, "%s", read[i].text);
    }
    wp_arena_free(arena);
}

/* Entries of a zone, and that reading them gives the set back. */
Test(okta_desire, entries_of_zones)
{
    static const struct {
        const char *set, *entries;
    } rows[] = {
        {"10.0.0.0/8", "CIDR 10.0.0.0/8"},
        {"10.0.0.1", "RANGE 10.0.0.1-10.0.0.1"},
        {"10.0.0.0 .. 10.0.0.2", "RANGE 10.0.0.0-10.0.0.2"},
        {"10.0.0.0/25 + 10.0.0.128/25", "CIDR 10.0.0.0/24"},
        {"0.0.0.0/0", "CIDR 0.0.0.0/0"},
        {"255.255.255.254/31", "CIDR 255.255.255.254/31"},
        {"2001:db8::/32", "CIDR 2001:db8::/32"},
        {"2001:db8::1", "RANGE 2001:db8::1-2001:db8::1"},
        {"2001:db8::/64 + 2001:db8:0:1::/64", "CIDR 2001:db8::/63"},
        {"2001:db8::/65", "CIDR 2001:db8::/65"},
        {"2001:db8:0:0:ffff:: .. 2001:db8:0:1::", "RANGE 2001:db8:0:0:ffff::-2001:db8:0:1::"},
        {"2001:db8::1 + 10.0.0.0/30", "CIDR 10.0.0.0/30, RANGE 2001:db8::1-2001:db8::1"},
        {"::ffff:10.0.0.0/104", "CIDR 10.0.0.0/8"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        struct wp_compilation compilation;
        (void)snprintf(text, sizeof text,
                       "network N = %s\npolicy P is default { rule r when network "
                       "in N deny }\n",
                       rows[i].set);
        cr_assert(compile_text(&compilation, text), "%s", text);
        const struct wp_network *network =
            &compilation.model->networks[compilation.model->named_networks[0].network];
        json_t *array = wp_okta_addresses(network, 0, SIZE_MAX), *item;
        const char *is = "";
        size_t k;
        struct wp_network back;
        json_array_foreach(array, k, item) is =
            wp_format(compilation.arena, "%s%s%s %s", is, k == 0 ? "" : ", ",
                      json_string_value(json_object_get(item, "type")),
                      json_string_value(json_object_get(item, "value")));
        cr_expect_str_eq(is, rows[i].entries);
        cr_expect(wp_okta_addresses_read(compilation.arena, array, &back));
        cr_expect_eq(back.v4_count, network->v4_count);
        cr_expect_eq(back.v6_count, network->v6_count);
        json_decref(array);
        wp_compilation_end(&compilation);
    }
}
