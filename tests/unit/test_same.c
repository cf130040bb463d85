/* Two tenants held against each other, against every real sign-in of small random
 * policies seen by an observation map written down here once more. */
#include "compiler/analysis/traits.h"
#include "compiler/emit/same.h"
#include "compiler/facts.h"
#include "tests/unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define POLICIES 150

/* ---- sources ------------------------------------------------------------------- */

struct writer {
    char text[8192];
    size_t length;
    uint64_t state;
};

static uint32_t
below(struct writer *writer, uint32_t limit)
{
    writer->state = writer->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(writer->state >> 33) % limit;
}

__attribute__((format(printf, 2, 3))) static void
say(struct writer *writer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    writer->length += (size_t)vsnprintf(writer->text + writer->length,
                                        sizeof writer->text - writer->length, format, arguments);
    va_end(arguments);
    cr_assert(writer->length < sizeof writer->text);
}

static void
say_names(struct writer *writer, bool classic)
{
    say(writer,
        "tenant Portal { kind = access }\ntenant Org { kind = okta  engine = %s }\n"
        "network Office = 198.51.100.0/24\n"
        "group G = \"G@corp.example\"\ngroup H\n"
        "app Mail { suite = google_workspace }\napp Crm\n",
        classic ? "classic" : "identity");
}

static void
say_condition(struct writer *writer)
{
    static const char *const leaves[] = {"device in ios + ipados",
                                         "device in macos",
                                         "device in ipados",
                                         "device in android",
                                         "device in windows",
                                         "device in linux + chromeos",
                                         "not device in macos",
                                         "device in browser",
                                         "network in Office",
                                         "not network in Office",
                                         "group in G",
                                         "not group in {G, H}",
                                         "group in H",
                                         "managed",
                                         "not managed",
                                         "compliant",
                                         "entry in okta_mobile",
                                         "not entry in browser",
                                         "app in Mail",
                                         "not app in Mail",
                                         "risk is high",
                                         "device in hub_app",
                                         "not compliant",
                                         "managed"};
    uint32_t count = 1 + below(writer, 3);

    for (uint32_t i = 0; i < count; i++)
        say(writer, "%s%s", i ? " and " : "",
            leaves[below(writer, sizeof leaves / sizeof *leaves)]);
}

static void
say_policy(struct writer *writer, const char *name, const char *scope)
{
    static const char *const actions[] = {"deny", "allow", "authenticate fido2 every 8h",
                                          "authenticate fido2"};
    uint32_t rules = below(writer, 4);

    say(writer, "policy %s %s {\n", name, scope);
    for (uint32_t i = 0; i < rules; i++) {
        say(writer, "  rule r%u when ", i);
        say_condition(writer);
        say(writer, " %s\n", actions[below(writer, 4)]);
    }
    say(writer, "  otherwise %s\n}\n", actions[below(writer, 2)]);
}

static void
say_source(struct writer *writer, bool classic)
{
    writer->length = 0;
    say_names(writer, classic);
    say_policy(writer, "Main", "is default");
    if (below(writer, 2))
        say_policy(writer, "Post", "for Mail");
}

/* ---- what tenants see, once more ------------------------------------------------------ */

/* b: browser, n: native app, h: Hub, o: Okta Mobile. */
struct kind_of_device {
    const char *name, *entries;
    bool in_okta, in_access, classic_trust, assured, access_only;
};
static const struct kind_of_device kinds[] = {
    {"ios", "bnho", true, true, true, true, false},
    {"ipados", "bnho", true, true, true, true, false},
    {"android", "bnho", true, true, true, true, false},
    {"macos", "bnh", true, true, false, true, false},
    {"windows", "bnh", true, true, false, true, false},
    {"chromeos", "bn", true, false, false, false, false},
    {"linux", "bn", true, false, false, false, false},
    {"other_mobile", "bn", true, false, false, false, false},
    {"other_desktop", "bn", true, false, false, false, false},
    {"browser", "b", false, true, false, false, false},
    {"hub_app", "h", false, true, false, false, true},
    {"enrollment", "h", false, true, false, false, true},
    {"windows_enrollment", "bnho", false, true, false, false, true},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind_of_device *
kind_named(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    cr_assert(false, "the test knows no device type %s", name);
    return NULL;
}

static uint32_t
number_of(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 1; i < model->device_count; i++)
        if (strcmp(model->devices[i].name, name) == 0)
            return i;
    cr_assert(false, "the model knows no device type %s", name);
    return 0;
}

static bool
is_real(const struct wp_model *model, const struct wp_point *point)
{
    static const char letters[] = "?bnho";
    unsigned entry = wp_posture_entry(point->posture);

    if (entry == WP_ENTRY_NONE)
        return false;
    if (point->device == 0)
        return true;
    const struct kind_of_device *kind = kind_named(model->devices[point->device].name);
    return !kind->access_only && strchr(kind->entries, letters[entry]) != NULL;
}

static bool
is_app(const struct wp_model *model, const struct wp_point *point, const char *name)
{
    return point->app != WP_NONE && strcmp(model->apps[point->app].name, name) == 0;
}

static void
see_as_okta(const struct wp_model *model, bool classic, struct wp_point *point)
{
    unsigned entry = wp_posture_entry(point->posture);
    const char *name = point->device == 0 ? "" : model->devices[point->device].name;
    bool managed = wp_posture_managed(point->posture);
    bool compliant = wp_posture_compliant(point->posture);

    if (classic && entry == WP_ENTRY_OKTA_MOBILE)
        managed = compliant = false;
    if (classic && strcmp(name, "android") == 0 && is_app(model, point, "Mail"))
        managed = false;
    if (strcmp(name, "ipados") == 0 && entry == WP_ENTRY_BROWSER)
        name = "macos";
    const struct kind_of_device *kind = *name == '\0' ? NULL : kind_named(name);
    if (kind != NULL && !kind->in_okta)
        kind = NULL;
    if (classic && (kind == NULL || !kind->classic_trust))
        managed = false;
    if (classic || kind == NULL || !kind->assured)
        compliant = false;
    point->device = kind == NULL ? 0 : number_of(model, kind->name);
    point->posture = wp_posture(entry, wp_posture_risk(point->posture), compliant, managed);
}

static void
see_as_access(const struct wp_model *model, struct wp_point *point)
{
    const char *name = point->device == 0 ? "" : model->devices[point->device].name;

    if (strcmp(name, "ipados") == 0)
        name = "ios";
    const struct kind_of_device *kind = *name == '\0' ? NULL : kind_named(name);
    point->device = kind == NULL || !kind->in_access ? 0 : number_of(model, name);
    point->posture =
        wp_posture(wp_posture_entry(point->posture), wp_posture_risk(point->posture), false, false);
}

/* ---- deciding ------------------------------------------------------------------------------ */

static const struct wp_decision *
decide(const struct wp_model *model, const struct wp_point *point)
{
    const struct wp_policy *policy = &model->policies[wp_point_policy(model, point)];

    return wp_policy_decision(policy, wp_point_rule(model, policy, point, 0));
}

struct trial {
    struct wp_compilation sources[3]; /* the source, and what each tenant holds */
    struct wp_session sessions[2];
    bool classic;
};

static bool
is_same(const struct trial *trial, const struct wp_point *truth)
{
    const struct wp_model *a = trial->sources[1].model, *b = trial->sources[2].model;
    struct wp_point first = *truth, second = *truth;

    see_as_access(a, &first);
    see_as_okta(b, trial->classic, &second);
    const struct wp_decision *x = decide(a, &first), *y = decide(b, &second);
    return x->effect == y->effect && x->reauth_seconds == y->reauth_seconds;
}

/* The numbers of names are the same in all three sources, for they declare the same. */
static bool
all_same(const struct trial *trial)
{
    static uint32_t members[][2] = {{0, 0}, {0, 0}, {1, 0}, {0, 1}};
    static const uint32_t counts[] = {0, 1, 1, 2};
    const struct wp_model *model = trial->sources[0].model;
    struct wp_point point = {.family = WP_FAMILY_V4, .user = WP_NONE};

    for (point.device = 0; point.device < model->device_count; point.device++)
        for (point.posture = 0; point.posture < WP_POSTURE_COUNT; point.posture++)
            for (uint32_t i = 0; is_real(model, &point) && i < 4 * 2 * 3; i++) {
                point.groups = members[i % 4];
                point.group_count = counts[i % 4];
                point.v4 = i / 4 % 2 ? 0xc6336407 : 0xcb007109;
                point.app = i / 8 == 2 ? WP_NONE : i / 8;
                if (!is_same(trial, &point))
                    return false;
            }
    return true;
}

/* ---- tests ------------------------------------------------------------------------------------
 */

static const struct wp_declaration *
tenant_of(const struct wp_model *model, const char *kind)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)) != NULL)
        if (strcmp(wp_tenant_kind(tenant), kind) == 0)
            return tenant;
    return NULL;
}

static void
compare(struct trial *trial, struct wp_same *same)
{
    static const char *const names[] = {"access", "okta"};
    struct wp_compilation *source = &trial->sources[0];

    *same = (struct wp_same){.arena = source->arena, .model = source->model};
    for (int i = 0; i < 2; i++) {
        trial->sessions[i] = (struct wp_session){.arena = source->arena,
                                                 .model = source->model,
                                                 .tenant = tenant_of(source->model, names[i]),
                                                 .kind = wp_tenant_kind_find(names[i])};
        same->sides[i].session = &trial->sessions[i];
        same->sides[i].lifted = trial->sources[i + 1].model;
    }
    cr_assert(wp_same_scope(same));
    cr_assert(wp_same_compare(same, false, NULL));
    cr_assert_eq(same->diff.undecided, 0);
}

Test(same, verdicts_are_those_of_brute_force)
{
    struct writer writer = {.state = 20270301};
    unsigned differing = 0;

    for (unsigned n = 0; n < POLICIES; n++) {
        struct trial trial = {.classic = n & 1};
        struct wp_same same;
        uint64_t at = 0;
        for (int i = 0; i < 3; i++) {
            /* Often the second tenant holds what the first does. */
            if (i == 1)
                at = writer.state;
            if (i == 2 && n % 3 != 0)
                writer.state = at;
            say_source(&writer, trial.classic);
            cr_assert(compile_text(&trial.sources[i], writer.text), "%s", writer.text);
        }
        compare(&trial, &same);
        bool expected = all_same(&trial);
        cr_assert_eq(same.diff.is_equal, expected, "policy %u:\n%s", n, writer.text);
        if (same.smallest != NULL) {
            cr_assert(is_real(trial.sources[0].model, same.point));
            cr_assert_not(is_same(&trial, same.point), "policy %u:\n%s", n, writer.text);
            differing++;
        }
        writer.state += n;
        for (int i = 0; i < 3; i++)
            wp_compilation_end(&trial.sources[i]);
    }
    cr_assert(differing > POLICIES / 5 && differing < POLICIES * 9 / 10, "%u differ", differing);
}

/* What guides tell of, each as the one difference there is. */
Test(same, known_issues_are_found)
{
    static const struct {
        const char *rule, *engine;
        const char *device; /* of the situation; NULL: the tenants decide alike */
        unsigned entry;
    } rows[] = {
        {"rule macs when device in macos allow", "identity", "ipados", WP_ENTRY_BROWSER},
        {"rule macs when device in macos and network in Office allow", "identity", "ipados",
         WP_ENTRY_BROWSER},
        {"rule phones when device in ios + ipados + macos allow", "identity", NULL, 0},
        {"rule anybody when network in Office allow", "classic", NULL, 0},
        {"rule desks when device in linux allow", "identity", "linux", WP_ENTRY_BROWSER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct writer writer = {0};
        struct trial trial = {.classic = strcmp(rows[i].engine, "classic") == 0};
        struct wp_same same;
        say_names(&writer, trial.classic);
        say(&writer, "policy Main is default {\n%s\notherwise deny\n}\n", rows[i].rule);
        for (int k = 0; k < 3; k++)
            cr_assert(compile_text(&trial.sources[k], writer.text));
        compare(&trial, &same);
        cr_assert_eq(same.smallest == NULL, rows[i].device == NULL, "%s", rows[i].rule);
        if (same.smallest != NULL) {
            const char *device = same.model->devices[same.point->device].name;
            cr_assert_str_eq(device, rows[i].device, "%s", rows[i].rule);
            cr_assert_eq(wp_posture_entry(same.point->posture), rows[i].entry);
        }
        for (int k = 0; k < 3; k++)
            wp_compilation_end(&trial.sources[k]);
    }
}
