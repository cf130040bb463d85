/* Opening a tenant: its block in the source, its address, the way to it. */
#include "compiler/cli/tenant_run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "compiler/bundle.h"
#include "compiler/cli/options.h"
#include "compiler/cli/output.h"
#include "compiler/facts.h"
#include "compiler/facts_import.h"

/* ---- interrupts ----------------------------------------------------------------------- */

static volatile sig_atomic_t interrupts;

static void
note_interrupt(int signal)
{
    (void)signal;
    if (interrupts < 100)
        interrupts = interrupts + 1;
}

/* The call under way is brought to its end, so that it is known what became of it. */
static void
heed_interrupts(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note_interrupt};

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)sigaction(signals[i], &action, NULL);
}

unsigned
wp_tenant_interrupts(void)
{
    return (unsigned)interrupts;
}

/* Waiting for the tenant ends at the second one. */
static bool
is_impatient(void *context)
{
    (void)context;
    return interrupts > 1;
}

/* ---- progress ---------------------------------------------------------------------------- */

static void
note_wait(void *context, const char *what, unsigned seconds)
{
    struct wp_tenant_run *run = context;
    const char *text = run->busy_with == NULL ? "reading the tenant" : run->busy_with;

    if (seconds > 0)
        text = wp_format(run->arena, "%s (waiting %u s: %s)", text, seconds, what);
    wp_progress_show(&run->line, text, run->done, run->total);
}

static void
show_call(void *context, const struct wp_call *call, size_t done, size_t total)
{
    struct wp_tenant_run *run = context;

    run->busy_with = call == NULL || call->summary == NULL ? "pushing" : call->summary;
    run->done = done;
    run->total = total;
    wp_progress_show(&run->line, run->busy_with, done, total);
}

static void
show_note(void *context, const char *text)
{
    struct wp_tenant_run *run = context;

    wp_progress_end(&run->line);
    wp_warn(run->invocation, "%s", text);
}

static bool
is_stopped(void *context)
{
    (void)context;
    return interrupts > 0;
}

static void
pause_for(void *context, uint64_t milliseconds)
{
    struct timespec left = {.tv_sec = (time_t)(milliseconds / 1000),
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};

    (void)context;
    while (nanosleep(&left, &left) == -1 && errno == EINTR && interrupts < 2)
        continue;
}

/* ---- which tenant --------------------------------------------------------------------------- */

int
wp_tenant_fail(struct wp_tenant_run *run, const struct wp_problem *problem)
{
    wp_progress_end(&run->line);
    (void)wp_fail(run->invocation, "%s", problem->text);
    switch (problem->kind) {
    case WP_PROBLEM_USAGE:
        return WP_EXIT_USAGE;
    case WP_PROBLEM_REFUSED:
        return WP_EXIT_REFUSED;
    case WP_PROBLEM_NONE:
    case WP_PROBLEM_FAILED:
        break;
    }
    return WP_EXIT_FAILED;
}

static const struct wp_tenant_kind *
kind_of(const struct wp_declaration *tenant)
{
    return wp_tenant_kind_find(wp_tenant_kind(tenant));
}

/* Whether the command has the option and it was given. */
static const char *
asked(const struct wp_invocation *invocation, const char *name)
{
    return wp_find_option(invocation->command, name) == NULL ? NULL
                                                             : wp_option(invocation, name, NULL);
}

static bool
is_asked_for(const struct wp_declaration *tenant, const char *name, const char *kind)
{
    if (name != NULL)
        return strcmp(tenant->name->text, name) == 0;
    return kind_of(tenant) != NULL && (kind == NULL || strcmp(wp_tenant_kind(tenant), kind) == 0);
}

/* The tenant blocks that can be meant, as long as there are several. */
struct candidates {
    const struct wp_declaration *tenants[64];
    size_t count, all; /* all: with those beyond the array */
};

static const char *
url_of(const struct wp_declaration *tenant)
{
    return wp_attribute_text(tenant->attributes, "url", NULL);
}

static bool
has_url(const struct wp_declaration *tenant, const char *url)
{
    const char *own = url_of(tenant);
    return own != NULL && (url == NULL || strcmp(own, url) == 0);
}

static bool
has_decides(const struct wp_declaration *tenant, const char *unused)
{
    (void)unused;
    return wp_attribute_find(tenant->attributes, "decides") != NULL;
}

/* Leaves the one that has what the others lack, if it is one alone. */
static void
narrow(struct candidates *among, bool (*has)(const struct wp_declaration *, const char *),
       const char *what)
{
    const struct wp_declaration *one = NULL;
    size_t count = 0;

    for (size_t i = 0; i < among->count; i++) {
        if (!has(among->tenants[i], what))
            continue;
        one = among->tenants[i];
        count++;
    }
    if (count != 1 || among->all > among->count)
        return;
    among->tenants[0] = one;
    among->count = among->all = 1;
}

static void
find_candidates(const struct wp_model *model, const char *name, const char *kind,
                struct candidates *among)
{
    struct wp_declaration_walk walk = {0};

    for (const struct wp_declaration *tenant;
         (tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)) != NULL;) {
        if (!is_asked_for(tenant, name, kind))
            continue;
        if (among->count < sizeof among->tenants / sizeof *among->tenants)
            among->tenants[among->count++] = tenant;
        among->all++;
    }
}

/* Several are left. */
static int
ask_which(const struct wp_tenant_run *run, const struct candidates *among)
{
    const char *list = "";

    for (size_t i = 0; i < among->count; i++) {
        const struct wp_declaration *tenant = among->tenants[i];
        const char *url = url_of(tenant);
        list = wp_format(run->arena, "%s%s%s (%s, %s)", list, i > 0 ? ", " : "", tenant->name->text,
                         wp_tenant_kind(tenant), url == NULL ? "no url" : url);
    }
    return wp_misuse(run->invocation, "which tenant: %s? --tenant says so", list);
}

/* No block is meant: fine where the kind and the address are given otherwise. */
static int
do_without(const struct wp_tenant_run *run, const char *name, const char *kind)
{
    const char *target = asked(run->invocation, "target");

    if (name != NULL)
        return wp_misuse(run->invocation, "%s declares no tenant '%s'", run->policy.path, name);
    if (target != NULL)
        return wp_misuse(run->invocation,
                         "%s declares no tenant of kind %s: tenant NAME { kind = %s }",
                         run->policy.path, target, target);
    if (kind == NULL)
        return wp_misuse(run->invocation,
                         "%s declares no tenant that can be reached: tenant NAME { kind = okta  "
                         "url = \"https://...\" }",
                         run->policy.path);
    return WP_EXIT_DONE;
}

/* The one tenant block that was asked for, or that there is, or that alone is the one
 * of its kind, of this address, or to be reached at all. */
static int
choose_tenant(struct wp_tenant_run *run, const char *name, const char *kind,
              enum wp_tenant_need need)
{
    const char *url = asked(run->invocation, "url");
    struct candidates among = {0};

    find_candidates(run->session.model, name, kind, &among);
    if (among.count > 1 && url != NULL)
        narrow(&among, has_url, url);
    else if (among.count > 1 && need != WP_TENANT_OFFLINE)
        narrow(&among, has_url, NULL);
    if (among.count > 1)
        narrow(&among, has_decides, NULL);
    if (among.count > 1)
        return ask_which(run, &among);
    if (among.count == 0)
        return do_without(run, name, kind);
    run->session.tenant = among.tenants[0];
    run->session.kind = kind_of(run->session.tenant);
    if (run->session.kind == NULL)
        return wp_misuse(run->invocation,
                         "tenant '%s' is of kind '%s', which has no interface "
                         "that woapol can speak",
                         run->session.tenant->name->text, wp_tenant_kind(run->session.tenant));
    if (kind != NULL && strcmp(wp_tenant_kind(run->session.tenant), kind) != 0)
        return wp_misuse(run->invocation, "tenant '%s' is of kind %s, not %s",
                         run->session.tenant->name->text, wp_tenant_kind(run->session.tenant),
                         kind);
    return WP_EXIT_DONE;
}

static int
choose_kind(struct wp_tenant_run *run, const char *name)
{
    if (run->session.kind != NULL)
        return WP_EXIT_DONE;
    if (name == NULL)
        return wp_misuse(run->invocation, "name a policy with a tenant, or --kind and --url");
    run->session.kind = wp_tenant_kind_find(name);
    if (run->session.kind == NULL)
        return wp_misuse(run->invocation, "there is no kind of tenant '%s' that can be reached",
                         name);
    return WP_EXIT_DONE;
}

/* ---- the way to it ------------------------------------------------------------------------------
 */

static unsigned
patience(void)
{
    const char *text = getenv("WOAPOL_PATIENCE");
    long seconds = text == NULL ? 0 : strtol(text, NULL, 10);
    return seconds > 0 && seconds <= 86400 ? (unsigned)seconds : 0;
}

/* Credentials are in memory from here on: no core file of it is written, and no other
 * process of the user's may look into it. */
static void
hide_memory(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int
connect_to(struct wp_tenant_run *run, enum wp_tenant_need need)
{
    struct wp_problem problem = {0};
    const struct wp_credentials_source source = {.kind = run->session.kind->name,
                                                 .file = asked(run->invocation, "credentials"),
                                                 .command =
                                                     asked(run->invocation, "credentials-command"),
                                                 .writes = need == WP_TENANT_WRITES};

    if (run->url == NULL)
        return wp_misuse(run->invocation, "where is the tenant? Its block has no 'url', and --url "
                                          "was not given");
    hide_memory();
    run->credentials = wp_credentials_new(&source, &problem);
    if (run->credentials == NULL)
        return wp_tenant_fail(run, &problem);
    const struct wp_transport_options options = {.url = run->url,
                                                 .ca_file = asked(run->invocation, "ca"),
                                                 .credentials = run->credentials,
                                                 .read_only = need == WP_TENANT_READS,
                                                 .patience_seconds = patience(),
                                                 .notice = note_wait,
                                                 .notice_context = run,
                                                 .explain = run->session.kind->explain_error,
                                                 .stopped = need == WP_TENANT_WRITES ? is_impatient
                                                                                     : NULL};
    run->transport = wp_transport_new(&options, &problem);
    if (run->transport == NULL)
        return wp_tenant_fail(run, &problem);
    run->session.transport = run->transport;
    if (need == WP_TENANT_WRITES)
        heed_interrupts();
    return WP_EXIT_DONE;
}

static void
begin(struct wp_tenant_run *run, const struct wp_invocation *invocation)
{
    *run = (struct wp_tenant_run){.invocation = invocation};
    wp_progress_begin(&run->line);
}

/* The address, what kind of tenant it is, and the way there. */
static int
find_way(struct wp_tenant_run *run, enum wp_tenant_need need, const char *kind)
{
    int status = choose_kind(run, kind);

    if (status != WP_EXIT_DONE)
        return status;
    run->session.arena = run->arena;
    run->session.secrets_file = asked(run->invocation, "secrets-to");
    run->session.secrets_command = asked(run->invocation, "secrets-command");
    if (run->url == NULL)
        run->url = asked(run->invocation, "url");
    if (run->url == NULL && run->session.tenant != NULL)
        run->url = wp_attribute_text(run->session.tenant->attributes, "url", NULL);
    return need == WP_TENANT_OFFLINE ? WP_EXIT_DONE : connect_to(run, need);
}

int
wp_tenant_run_open(struct wp_tenant_run *run, const struct wp_invocation *invocation,
                   const char *path, enum wp_tenant_need need)
{
    const char *kind = asked(invocation, "kind");
    int status;

    if (kind == NULL)
        kind = asked(invocation, "target");
    begin(run, invocation);
    if (path == NULL) {
        run->arena = wp_arena_new(wp_exit_out_of_memory, NULL);
        return find_way(run, need, kind);
    }
    run->has_policy = true;
    status = wp_policy_open(&run->policy, invocation, path, WP_NEED_MODEL);
    if (status != WP_EXIT_DONE)
        return status;
    run->arena = run->policy.compilation.arena;
    run->session.model = run->policy.compilation.model;
    status = choose_tenant(run, asked(invocation, "tenant"), kind, need);
    return status == WP_EXIT_DONE ? find_way(run, need, kind) : status;
}

/* ---- from a plan or a journal
 * ---------------------------------------------------------------------- */

/* Facts that were imported when the plan was made lie among its sources. */
static void
take_facts(const struct wp_tenant_run *run, const struct wp_bundle *bundle,
           struct wp_compile_options *options)
{
    struct wp_facts_file *facts = wp_alloc_array(run->policy.arena, bundle->count, sizeof *facts);

    for (uint32_t i = 0; i < bundle->count; i++)
        if (wp_facts_are_in(bundle->files[i].text, bundle->files[i].length))
            facts[options->fact_count++] = (struct wp_facts_file){
                bundle->files[i].name, bundle->files[i].text, bundle->files[i].length};
    options->facts = facts;
}

static int
compile_bundle(struct wp_tenant_run *run, const struct wp_plan_file *file)
{
    struct wp_bundle *bundle = wp_alloc(run->policy.arena, sizeof *bundle);
    struct wp_reader *reader = wp_alloc(run->policy.arena, sizeof *reader);
    const char *reason = NULL;

    if (file->bundle == NULL ||
        !wp_bundle_read(bundle, run->policy.arena, file->bundle, file->bundle_size, &reason))
        return wp_fail(run->invocation, "its sources cannot be read: %s",
                       reason == NULL ? "there are none" : reason);
    *reader = wp_bundle_reader(bundle);
    struct wp_compile_options options = {
        .reader = reader, .today = -1, .out_of_memory = wp_exit_out_of_memory};
    take_facts(run, bundle, &options);
    run->policy.has_compilation = true;
    if (wp_compile(&run->policy.compilation, bundle->files[0].name, &options))
        return WP_EXIT_DONE;
    wp_print_findings(run->invocation, stderr, &run->policy.compilation.diagnostics);
    return wp_fail(run->invocation, "its sources do not compile with this version");
}

int
wp_tenant_run_open_saved(struct wp_tenant_run *run, const struct wp_invocation *invocation,
                         const struct wp_plan_file *file, enum wp_tenant_need need)
{
    const char *url = asked(invocation, "url");
    int status;

    begin(run, invocation);
    run->has_policy = true;
    run->policy = (struct wp_opened){.invocation = invocation,
                                     .path = file->source == NULL ? "" : file->source,
                                     .arena = wp_arena_new(wp_exit_out_of_memory, NULL)};
    if (url != NULL && strcmp(url, file->plan.url) != 0)
        return wp_fail(invocation, "it is of %s, not of %s", file->plan.url, url);
    status = compile_bundle(run, file);
    if (status != WP_EXIT_DONE)
        return status;
    run->arena = run->policy.compilation.arena;
    run->session.model = run->policy.compilation.model;
    run->url = wp_copy_text(run->arena, file->plan.url, strlen(file->plan.url));
    if (file->plan.tenant != NULL)
        status = choose_tenant(run, file->plan.tenant, NULL, need);
    return status == WP_EXIT_DONE ? find_way(run, need, file->plan.tenant_kind) : status;
}

void
wp_tenant_run_close(struct wp_tenant_run *run)
{
    wp_progress_end(&run->line);
    if (run->has_desired)
        wp_state_end(&run->desired);
    wp_transport_free(run->transport);
    wp_credentials_free(run->credentials);
    if (run->has_policy)
        wp_policy_close(&run->policy);
    else
        wp_arena_free(run->arena);
}

/* ---- what is wanted
 * ----------------------------------------------------------------------------------- */

int
wp_tenant_run_desire(struct wp_tenant_run *run, const struct wp_plan_options *options)
{
    struct wp_diagnostics findings;
    const struct wp_model *model = run->session.model;

    wp_diagnostics_init(&findings, run->arena, model->sources);
    wp_state_init(&run->desired, run->arena);
    run->has_desired = true;
    bool right = run->session.kind->desire(&run->session, options, &run->desired, &findings) &&
                 findings.errors == 0;
    if (findings.first != NULL)
        wp_print_findings(run->invocation, stderr, &findings);
    return right ? WP_EXIT_DONE : WP_EXIT_WRONG;
}

int
wp_tenant_deploy(struct wp_tenant_run *run, struct wp_deploy *deploy)
{
    const char *reason = NULL;

    *deploy = (struct wp_deploy){.arena = run->arena,
                                 .session = &run->session,
                                 .url = run->url,
                                 .desired = &run->desired,
                                 .journal = {.fd = -1},
                                 .push = {.writer = wp_transport_writer(run->transport),
                                          .fresh_milliseconds = 5000,
                                          .progress = show_call,
                                          .note = show_note,
                                          .stopped = is_stopped,
                                          .pause = pause_for,
                                          .context = run}};
    struct wp_plan_file *file = &deploy->file;
    file->source = run->policy.path;
    file->bundle =
        wp_bundle_write(run->arena, run->session.model->sources, &file->bundle_size, &reason);
    if (file->bundle == NULL)
        return wp_fail(run->invocation, "%s: its sources: %s", run->policy.path, reason);
    wp_digest_bytes(file->bundle, file->bundle_size, file->source_digest);
    return WP_EXIT_DONE;
}
