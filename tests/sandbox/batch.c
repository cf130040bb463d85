/* The tool and the sandbox in one process, for policies by the thousand: the tool's own
 * commands push, plan and evaluate, and what they send goes to the sandbox's tenants
 * without a socket. Stands in for wire.c, the one door to libcurl.
 *
 *     batch FOLDER SAMPLE TENANT < orders > answers
 *
 * TENANT is okta or access. An order is a line of JSON: "source" the policy, "reset" to
 * begin with a new tenant, "calls" {"method", "path", "body"} that are made first, "push"
 * further options, "requests" for eval, "sign_ins" for the sandbox. Its answer, a line as
 * well: "push" and "plan" the statuses, "said" what they printed, "eval" and "sign_ins".
 */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "compiler/cli/options.h"
#include "compiler/emit/wire.h"
#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/signin.h"

static struct wp_box *box;
static enum wp_box_port port;

static void
give_up(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- the wire ------------------------------------------------------------------------------ */

/* What the last exchange was answered; its texts live in the arena. */
struct reply {
    struct wp_arena *arena;
    struct wp_exchange x;
};

bool
wp_wire_init(struct wp_wire *wire, const char *scheme, const char *ca_file, unsigned seconds)
{
    struct reply *reply = calloc(1, sizeof *reply);

    (void)scheme, (void)ca_file, (void)seconds;
    if (reply == NULL)
        return false;
    reply->arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    wire->curl = reply;
    return true;
}

void
wp_wire_drop(struct wp_wire *wire)
{
    free(wire->body);
    wire->body = NULL;
    wire->size = wire->capacity = 0;
}

void
wp_wire_end(struct wp_wire *wire)
{
    struct reply *reply = wire->curl;

    wp_wire_drop(wire);
    if (reply == NULL)
        return;
    wp_arena_free(reply->arena);
    free(reply);
    wire->curl = NULL;
}

static void
add_header(struct wp_exchange *x, const char *name, size_t length, const char *value)
{
    if (x->header_count == WP_EXCHANGE_HEADERS)
        return;
    x->headers[x->header_count++] = (struct wp_box_pair){
        wp_copy_text(x->arena, name, length), wp_copy_text(x->arena, value, strlen(value))};
}

static bool
read_request(struct wp_exchange *x, const struct wp_wire_request *request)
{
    size_t base = strlen(box->urls[port]);

    x->box = box;
    x->port = port;
    x->base = box->urls[port];
    x->method = request->method;
    x->body =
        request->body != NULL ? wp_copy_text(x->arena, request->body, request->body_size) : "";
    x->body_size = request->body_size;
    for (const struct curl_slist *line = request->lines; line != NULL; line = line->next) {
        size_t length = strcspn(line->data, ":");
        const char *value = line->data + length;
        add_header(x, line->data, length, value + strspn(value, ": "));
    }
    if (request->body != NULL)
        add_header(x, "Content-Length", 14, wp_format(x->arena, "%zu", request->body_size));
    return strncmp(request->url, x->base, base) == 0 &&
           wp_exchange_read_target(x, request->url + base);
}

enum wp_wire_end
wp_wire_exchange(struct wp_wire *wire, const struct wp_wire_request *request)
{
    struct reply *reply = wire->curl;

    wp_wire_drop(wire);
    wp_arena_free(reply->arena);
    reply->arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    reply->x = (struct wp_exchange){.arena = reply->arena};
    wire->error[0] = '\0';
    wire->status = 0;
    if (!read_request(&reply->x, request)) {
        (void)snprintf(wire->error, sizeof wire->error, "%s is not the tenant", request->url);
        return WP_WIRE_UNTRUSTED;
    }
    wp_box_dispatch(&reply->x);
    wire->was_sent = true;
    wire->status = reply->x.status;
    wire->body = reply->x.text;
    wire->size = wire->capacity = reply->x.size;
    return reply->x.is_cut ? WP_WIRE_LOST : WP_WIRE_ANSWERED;
}

const char *
wp_wire_header(const struct wp_wire *wire, const char *name, size_t index)
{
    const struct wp_exchange *x = &((const struct reply *)wire->curl)->x;

    if (strcasecmp(name, "Content-Type") == 0)
        return index == 0 ? x->type : NULL;
    for (size_t i = 0; i < x->answer_count; i++) {
        if (strcasecmp(x->answer[i].name, name) == 0 && index-- == 0)
            return x->answer[i].value;
    }
    return NULL;
}

int64_t
wp_wire_number(const struct wp_wire *wire, const char *name)
{
    const char *value = wp_wire_header(wire, name, 0);
    return value == NULL ? -1 : wp_header_number(value);
}

/* ---- the tool ------------------------------------------------------------------------------ */

/* Has the descriptor be the file; returns what it was. */
static int
redirect(int descriptor, const char *path, int flags)
{
    int kept = dup(descriptor), file = open(path, flags | O_CLOEXEC, 0600);

    if (kept < 0 || file < 0 || dup2(file, descriptor) < 0)
        give_up(path);
    (void)close(file);
    return kept;
}

static void
restore(int descriptor, int kept)
{
    if (dup2(kept, descriptor) < 0)
        give_up("dup2");
    (void)close(kept);
}

static char *
read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL || (getdelim(&text, &size, '\0', file) < 0 && ferror(file)))
        give_up(path);
    (void)fclose(file);
    return text;
}

/* Runs a command of the tool as main() does; what it printed is in `printed`. */
static int
run(const char *const *arguments, size_t count, char **printed)
{
    struct wp_invocation invocation = {.command = wp_find_command(arguments[0])};
    int input = redirect(0, "input", O_RDONLY);
    int output = redirect(1, "output", O_WRONLY | O_CREAT | O_TRUNC);
    int errors = redirect(2, "output", O_WRONLY | O_APPEND);

    invocation.operands = calloc(count, sizeof *invocation.operands);
    invocation.options = calloc(count, sizeof *invocation.options);
    int status = wp_parse_options(&invocation, arguments + 1, count - 1);
    if (status == WP_EXIT_DONE)
        status = invocation.command->run(&invocation);
    free(invocation.operands);
    free(invocation.options);
    (void)fflush(stdout);
    (void)fflush(stderr);
    restore(0, input);
    restore(1, output);
    restore(2, errors);
    *printed = read_whole("output");
    return status;
}

static void
write_whole(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        give_up(path);
}

/* ---- an order ------------------------------------------------------------------------------ */

#define ARGUMENTS_MAX 24

static int
run_tenant(const char *command, const json_t *more, json_t *said)
{
    const char *arguments[ARGUMENTS_MAX] = {command, "policy.woapol", "--url", box->urls[port]};
    size_t count = 4, i;
    json_t *argument;
    char *printed;

    json_array_foreach(more, i, argument)
    {
        if (count < ARGUMENTS_MAX)
            arguments[count++] = json_string_value(argument);
    }
    int status = run(arguments, count, &printed);
    json_array_append_new(said, json_string(printed));
    free(printed);
    return status;
}

/* A call by an administrator. */
static void
call(const json_t *order)
{
    char *body = json_dumps(json_object_get(order, "body"), JSON_COMPACT);
    struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    struct wp_exchange x = {.box = box,
                            .port = port,
                            .arena = arena,
                            .base = "",
                            .method = wp_box_text(order, "method"),
                            .body = body,
                            .body_size = strlen(body)};

    if (!wp_exchange_read_target(&x, wp_box_text(order, "path")))
        give_up("the path of a call");
    json_object_set_new(box->tokens, "t",
                        json_pack("{s:s, s:s, s:I}", "tenant", "access", "scope", "admin",
                                  "expires", (json_int_t)wp_box_now() + 100));
    add_header(&x, "Authorization", 13,
               port == WP_BOX_ACCESS ? "Bearer t"
                                     : wp_format(arena, "SSWS %s", box->secrets.okta_token));
    add_header(&x, "Content-Type", 12, "application/json");
    wp_box_dispatch(&x);
    if (x.status >= 300) {
        (void)fprintf(stderr, "%s: %u %s\n", body, x.status, x.text != NULL ? x.text : "");
        exit(1);
    }
    free(x.text);
    free(body);
    wp_arena_free(arena);
}

static json_t *
evaluate(const json_t *requests)
{
    const char *const arguments[] = {"eval", "policy.woapol"};
    json_t *answers = json_array(), *request;
    FILE *input = fopen("input", "w");
    char *printed, *rest, *line;
    size_t i;

    if (input == NULL)
        give_up("input");
    json_array_foreach(requests, i, request)
    {
        (void)json_dumpf(request, input, JSON_COMPACT);
        (void)fputc('\n', input);
    }
    (void)fclose(input);
    (void)run(arguments, 2, &printed);
    for (line = strtok_r(printed, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '{')
            json_array_append_new(answers, json_loads(line, 0, NULL));
    }
    free(printed);
    return answers;
}

static json_t *
sign_in(const json_t *orders)
{
    json_t *answers = json_array(), *order;
    size_t i;

    json_array_foreach(orders, i, order)
    {
        struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
        const char *why = NULL;
        json_t *decision = wp_box_signin(box, arena, order, &why);
        json_array_append_new(answers,
                              decision != NULL ? decision : json_pack("{s:s}", "error", why));
        wp_arena_free(arena);
    }
    return answers;
}

/* What pushes wrote down: each is read again by the next one. */
static void
forget(const char *folder)
{
    DIR *journals = opendir(folder);
    const struct dirent *entry;

    while (journals != NULL && (entry = readdir(journals)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(journals), entry->d_name, 0);
    }
    if (journals != NULL)
        (void)closedir(journals);
}

static json_t *
carry_out(const json_t *order, bool is_first)
{
    json_t *said = json_array(), *answer = json_pack("{s:O}", "said", said), *one;
    const json_t *more = json_object_get(order, "push");
    size_t i;

    if (wp_box_yes(order, "reset") && !is_first)
        wp_box_reset(box);
    json_array_foreach(json_object_get(order, "calls"), i, one) call(one);
    write_whole("policy.woapol", wp_box_text(order, "source"));
    write_whole("input", "");
    int status = run_tenant("push", more, said);
    json_object_set_new(answer, "push", json_integer(status));
    if (status == WP_EXIT_DONE) {
        json_object_set_new(answer, "eval", evaluate(json_object_get(order, "requests")));
        json_object_set_new(answer, "sign_ins", sign_in(json_object_get(order, "sign_ins")));
        json_object_set_new(answer, "plan",
                            json_integer(run_tenant("plan", json_object_get(order, "plan"), said)));
    }
    json_decref(said);
    forget("woapol");
    return answer;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void
prepare(const char *folder, json_t *sample, const char *tenant)
{
    static struct wp_box_settings settings = {
        .has_risk = true, .ipv6 = WP_BOX_IPV6_ALL_RANGES, .out_of_memory = wp_exit_out_of_memory};
    char why[200], *here;

    if ((mkdir(folder, 0700) != 0 && access(folder, W_OK) != 0) || chdir(folder) != 0)
        give_up(folder);
    settings.sample = sample;
    box = wp_box_new(&settings, why, sizeof why);
    here = getcwd(NULL, 0);
    if (box == NULL || here == NULL)
        give_up("the sandbox");
    port = strcmp(tenant, "okta") == 0 ? WP_BOX_OKTA : WP_BOX_ACCESS;
    (void)setenv("XDG_STATE_HOME", here, 1);
    (void)setenv("NO_COLOR", "1", 1);
    (void)setenv("WOAPOL_OKTA_TOKEN", box->secrets.okta_token, 1);
    (void)setenv("WOAPOL_ACCESS_CLIENT_ID", "woapol", 1);
    (void)setenv("WOAPOL_ACCESS_CLIENT_SECRET", box->secrets.access_secret, 1);
    free(here);
}

int
main(int count, char **arguments)
{
    json_error_t error;
    bool is_first = true;
    char *line = NULL;
    size_t size = 0;

    if (count != 4)
        return WP_EXIT_USAGE;
    json_t *sample = json_load_file(arguments[2], 0, &error);
    if (sample == NULL)
        give_up(arguments[2]);
    prepare(arguments[1], sample, arguments[3]);
    int orders = dup(0), answers = dup(1);
    FILE *in = fdopen(orders, "r"), *out = fdopen(answers, "w");
    while (getline(&line, &size, in) > 0) {
        json_t *order = json_loads(line, 0, &error);
        if (order == NULL)
            give_up(error.text);
        json_t *answer = carry_out(order, is_first);
        is_first = false;
        (void)json_dumpf(answer, out, JSON_COMPACT);
        (void)fputc('\n', out);
        (void)fflush(out);
        json_decref(answer);
        json_decref(order);
    }
    free(line);
    (void)fclose(in);
    (void)fclose(out);
    wp_box_free(box);
    json_decref(sample);
    return 0;
}
