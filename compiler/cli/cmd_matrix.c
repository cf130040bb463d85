/* woapol matrix: a policy as a table of group, device types and networks. */
#include <stdio.h>
#include <string.h>

#include "compiler/analysis/box.h"
#include "compiler/analysis/matrix.h"
#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"

#define FEW_GROUPS 50

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    const struct wp_model *model;
};

/* A, B, ... Z, AA, AB, ...: a decision's letters in the table. */
static const char *
letters(const struct run *run, uint32_t number)
{
    if (number < 26)
        return wp_format(run->arena, "%c", 'A' + (int)number);
    return wp_format(run->arena, "%c%c", 'A' + (int)(number / 26 - 1), 'A' + (int)(number % 26));
}

static const char *
cell_text(const struct run *run, uint64_t decisions)
{
    struct wp_text text = {.arena = run->arena};

    wp_text_add(&text, "");
    for (uint64_t left = decisions; left; left &= left - 1)
        wp_text_printf(&text, "%s%s", text.length ? " or " : "",
                       letters(run, (uint32_t)__builtin_ctzll(left)));
    return text.bytes;
}

static const char *
group_text(const struct run *run, uint32_t group)
{
    return group == WP_NONE ? "(no group)" : run->model->groups[group].name;
}

static const char *
devices_text(const struct run *run, uint64_t devices)
{
    uint64_t all =
        run->model->device_count >= 64 ? UINT64_MAX : (UINT64_C(1) << run->model->device_count) - 1;
    struct wp_text text = {.arena = run->arena};
    uint32_t count = 0;

    if (devices == all)
        return "any";
    /* The larger part is said by what is not in it. */
    bool others = devices & 1;
    uint64_t named = others ? all & ~devices : devices;
    wp_text_add(&text, others ? "others than " : "");
    for (uint32_t i = 1; i < run->model->device_count; i++) {
        if (named >> i & 1)
            wp_text_printf(&text, "%s%s", count++ ? ", " : "", run->model->devices[i].name);
    }
    return text.bytes;
}

/* ---- for a person ------------------------------------------------------------------ */

static size_t
widest(const char *const *texts, size_t count, size_t least)
{
    for (size_t i = 0; i < count; i++)
        least = strlen(texts[i]) > least ? strlen(texts[i]) : least;
    return least;
}

static void
print_legend(const struct run *run, const struct wp_matrix *matrix)
{
    for (uint32_t i = 0; i < matrix->decision_count; i++)
        (void)printf("  %-2s %s\n", letters(run, i),
                     wp_decision_sentence(run->arena, run->model, matrix->decisions[i]));
    if (matrix->too_many_decisions)
        (void)printf("     and further decisions, shown under the last letters\n");
    if (matrix->too_many_networks)
        (void)printf("     networks beyond the first are counted as elsewhere\n");
    if (matrix->groups_left_out)
        (void)printf("     %u more groups: --all shows them\n", matrix->groups_left_out);
    (void)putchar('\n');
}

/* The table's columns of text: groups, device types, then one a network. */
struct layout {
    const char **groups, **devices;
    size_t group_width, device_width;
    size_t *widths;
};

static void
lay_out(const struct run *run, const struct wp_matrix *matrix, struct layout *layout)
{
    size_t rows = (size_t)matrix->row_count + 1;

    layout->groups = wp_alloc_array(run->arena, rows, sizeof *layout->groups);
    layout->devices = wp_alloc_array(run->arena, rows, sizeof *layout->devices);
    layout->widths =
        wp_alloc_array(run->arena, (size_t)matrix->column_count + 1, sizeof *layout->widths);
    for (uint32_t i = 0; i < matrix->row_count; i++) {
        layout->groups[i] = group_text(run, matrix->rows[i].group);
        layout->devices[i] = devices_text(run, matrix->rows[i].devices);
    }
    layout->group_width = widest(layout->groups, matrix->row_count, 5);
    layout->device_width = widest(layout->devices, matrix->row_count, 6);
    /* The last column needs no padding. */
    for (uint32_t c = 0; c + 1 < matrix->column_count; c++) {
        layout->widths[c] = strlen(matrix->columns[c]);
        for (uint32_t i = 0; i < matrix->row_count; i++) {
            size_t width = strlen(cell_text(run, matrix->rows[i].cells[c]));
            layout->widths[c] = width > layout->widths[c] ? width : layout->widths[c];
        }
    }
}

static void
print_matrix(const struct run *run, const struct wp_policy *policy, const char *app,
             const struct wp_matrix *matrix)
{
    struct layout layout;

    lay_out(run, matrix, &layout);
    (void)printf("policy %s%s%s\n", policy->name, app ? " for " : "", app ? app : "");
    (void)printf("%-*s  %-*s", (int)layout.group_width, "group", (int)layout.device_width,
                 "device");
    for (uint32_t c = 0; c < matrix->column_count; c++)
        (void)printf("  %-*s", (int)layout.widths[c], matrix->columns[c]);
    (void)putchar('\n');
    for (uint32_t i = 0; i < matrix->row_count; i++) {
        bool again = i > 0 && matrix->rows[i].group == matrix->rows[i - 1].group;
        (void)printf("%-*s  %-*s", (int)layout.group_width, again ? "" : layout.groups[i],
                     (int)layout.device_width, layout.devices[i]);
        for (uint32_t c = 0; c < matrix->column_count; c++)
            (void)printf("  %-*s", (int)layout.widths[c], cell_text(run, matrix->rows[i].cells[c]));
        (void)putchar('\n');
    }
    print_legend(run, matrix);
}

/* ---- for programs --------------------------------------------------------------------- */

static json_t *
row_json(const struct run *run, const struct wp_matrix *matrix, const struct wp_matrix_row *row)
{
    json_t *devices = json_array(), *cells = json_object();

    for (uint32_t i = 1; i < run->model->device_count; i++) {
        if (row->devices >> i & 1)
            json_array_append_new(devices, json_string(run->model->devices[i].name));
    }
    for (uint32_t c = 0; c < matrix->column_count; c++) {
        json_t *list = json_array();
        for (uint64_t left = row->cells[c]; left; left &= left - 1)
            json_array_append_new(
                list, json_string(wp_decision_sentence(run->arena, run->model,
                                                       matrix->decisions[__builtin_ctzll(left)])));
        json_object_set_new(cells, matrix->columns[c], list);
    }
    return json_pack("{s:s?, s:o, s:b, s:o}", "group",
                     row->group == WP_NONE ? NULL : run->model->groups[row->group].name, "devices",
                     devices, "other_devices", (int)(row->devices & 1), "networks", cells);
}

static json_t *
matrix_json(const struct run *run, const struct wp_policy *policy, const char *app,
            const struct wp_matrix *matrix)
{
    json_t *rows = json_array(), *columns = json_array();

    for (uint32_t c = 0; c < matrix->column_count; c++)
        json_array_append_new(columns, json_string(matrix->columns[c]));
    for (uint32_t i = 0; i < matrix->row_count; i++)
        json_array_append_new(rows, row_json(run, matrix, &matrix->rows[i]));
    return json_pack("{s:s, s:s?, s:o, s:o, s:i}", "policy", policy->name, "app", app, "networks",
                     columns, "rows", rows, "groups_left_out", (int)matrix->groups_left_out);
}

/* ---- the command ------------------------------------------------------------------------- */

static int
show(const struct run *run)
{
    const char *wanted = wp_option(run->invocation, "policy", NULL);
    bool is_json = wp_option_is(run->invocation, "format", "json");
    uint32_t groups = wp_has_option(run->invocation, "all") ? UINT32_MAX : FEW_GROUPS;
    json_t *all = is_json ? json_array() : NULL;
    bool found = false;

    for (uint32_t p = 0; p < run->model->policy_count; p++) {
        const struct wp_policy *policy = &run->model->policies[p];
        uint32_t app =
            policy->is_default || policy->apps.count == 0 ? WP_NONE : policy->apps.ids[0];
        const char *name = app == WP_NONE ? NULL : run->model->apps[app].name;
        struct wp_matrix matrix;
        if (wanted && strcmp(wanted, policy->name) != 0)
            continue;
        found = true;
        wp_matrix_make(&matrix, run->arena, run->model, p, app, groups);
        if (is_json)
            json_array_append_new(all, matrix_json(run, policy, name, &matrix));
        else
            print_matrix(run, policy, name, &matrix);
    }
    if (!found && wanted) {
        json_decref(all);
        return wp_fail(run->invocation, "there is no policy '%s'", wanted);
    }
    return is_json ? wp_print_json(run->invocation, json_pack("{s:o}", "policies", all))
                   : WP_EXIT_DONE;
}

int
wp_cmd_matrix(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    int status = wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_MODEL);

    if (status == WP_EXIT_DONE) {
        struct run run = {invocation, policy.compilation.arena, policy.compilation.model};
        status = show(&run);
    }
    wp_policy_close(&policy);
    return status;
}
