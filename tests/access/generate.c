/* Random policies that an Access tenant can hold, and sign-ins: for each seed a
 * source and, a line each, what eval is asked and what the sandbox is.
 *
 *     generate FOLDER FIRST COUNT SIGN-INS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/access_world.h"
#include "tests/unit/compile_text.h"

static FILE *
create(const char *folder, const char *name, unsigned long seed, const char *suffix)
{
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s-%lu.%s", folder, name, seed, suffix);
    file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

/* Which way into the sandbox shows it this device type. */
static void
put_seen(json_t *order, const struct access_sign_in *who)
{
    const char *device = who->device, *entry = who->in_browser ? "browser" : NULL;
    const char *platform = device;

    if (!device || strcmp(device, "linux") == 0)
        platform = NULL;
    else if (strcmp(device, "browser") == 0)
        platform = NULL, entry = "browser";
    else if (strcmp(device, "hub_app") == 0)
        platform = who->platform, entry = "hub";
    else if (strcmp(device, "enrollment") == 0)
        platform = "android", entry = "enrollment";
    else if (strcmp(device, "windows_enrollment") == 0)
        platform = "windows", entry = "enrollment";
    else if (!who->in_browser)
        entry = "native_app";
    if (platform)
        (void)json_object_set_new(order, "device", json_pack("{s:s}", "platform", platform));
    if (entry)
        (void)json_object_set_new(order, "entry", json_string(entry));
}

static bool
can_be_shown(const struct access_sign_in *who)
{
    bool unknown = !who->device || strcmp(who->device, "linux") == 0;

    /* The sandbox takes any sign-in from a browser for one of the type Web Browser. */
    return who->address && !(unknown && who->in_browser);
}

static void
put_sign_in(FILE *asked, FILE *ordered, const struct access_sign_in *who)
{
    static const char *const names[][2] = {{"All Staff@corp.example", "G0"},
                                           {"G1", "G1"},
                                           {"Field Service@corp.example", "G2"},
                                           {"G3", "G3"}};
    json_t *request = json_pack("{s:s, s:[]}", "ip", who->address, "groups");
    json_t *order = json_pack("{s:s, s:s, s:[]}", "tenant", "access", "ip", who->address, "groups");

    put_seen(order, who);
    if (who->device)
        (void)json_object_set_new(request, "device", json_string(who->device));
    if (who->in_browser)
        (void)json_object_set_new(request, "entry", json_string("browser"));
    if (who->app) {
        const char *app = strcmp(who->app, "Sales Force") == 0 ? "A0"
                          : strcmp(who->app, "Pay/Roll") == 0  ? "A1"
                                                               : "A2";
        (void)json_object_set_new(request, "app", json_string(app));
        (void)json_object_set_new(order, "app", json_string(who->app));
    }
    for (size_t i = 0; i < who->group_count; i++) {
        for (size_t k = 0; k < 4; k++) {
            if (strcmp(names[k][0], who->groups[i]) == 0)
                (void)json_array_append_new(json_object_get(request, "groups"),
                                            json_string(names[k][1]));
        }
        (void)json_array_append_new(json_object_get(order, "groups"), json_string(who->groups[i]));
    }
    (void)json_dumpf(request, asked, JSON_COMPACT);
    (void)json_dumpf(order, ordered, JSON_COMPACT);
    (void)fputc('\n', asked);
    (void)fputc('\n', ordered);
    json_decref(request);
    json_decref(order);
}

/* Can the tenant hold it? */
static bool
is_held(const char *source)
{
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_state state;
    bool held = false;

    if (compile_text(&compilation, source)) {
        session = access_session(compilation.arena, compilation.model);
        wp_state_init(&state, compilation.arena);
        held = wp_tenant_access.desire(&session, &(struct wp_plan_options){0}, &state,
                                       &compilation.diagnostics);
        wp_state_end(&state);
    }
    wp_compilation_end(&compilation);
    return held;
}

int
main(int count, char **arguments)
{
    unsigned long seed, left, sign_ins;

    if (count != 5)
        return 64;
    seed = strtoul(arguments[2], NULL, 10);
    left = strtoul(arguments[3], NULL, 10);
    sign_ins = strtoul(arguments[4], NULL, 10);
    for (; left > 0; seed++) {
        char *source = access_random_source(seed * 65537);
        uint64_t state = seed;
        if (is_held(source)) {
            FILE *policy = create(arguments[1], "policy", seed, "woapol");
            FILE *asked = create(arguments[1], "asked", seed, "jsonl");
            FILE *ordered = create(arguments[1], "ordered", seed, "jsonl");
            (void)fputs(source, policy);
            for (unsigned long i = 0; i < sign_ins;) {
                struct access_sign_in who;
                access_random_sign_in(&state, &who);
                if (!can_be_shown(&who))
                    continue;
                put_sign_in(asked, ordered, &who);
                i++;
            }
            (void)fclose(policy);
            (void)fclose(asked);
            (void)fclose(ordered);
            left--;
        }
        free(source);
    }
    return 0;
}
