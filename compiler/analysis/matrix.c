#include "compiler/analysis/matrix.h"

#include <string.h>

#define MOST_DECISIONS 64
#define MOST_COLUMNS 12
#define MOST_CELLS 512

/* Addresses that no network of the policy tells apart, and the column that they
 * stand in. */
struct cell {
    struct wp_network network;
    uint32_t column;
};

struct maker {
    struct wp_matrix *matrix;
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_view view;
    uint32_t app;
    struct cell *cells;
    uint32_t cell_count;
    uint32_t *kinds;   /* by kind of decision: its place in matrix.decisions + 1 */
    uint64_t postures; /* one of each that the policy tells apart */
};

/* ---- columns -------------------------------------------------------------------------- */

static void
mark_networks(const struct wp_test *test, uint8_t *used)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        mark_networks(test->parts[i], used);
    if (test->kind == WP_TEST_NETWORK)
        used[test->network] = 1;
}

static void
split(struct maker *maker, const struct wp_network *network)
{
    uint32_t before = maker->cell_count;

    for (uint32_t i = 0; i < before && maker->cell_count < MOST_CELLS; i++) {
        struct wp_network *all = &maker->cells[i].network;
        struct wp_network inside =
            wp_network_combine(maker->arena, WP_NETWORK_INTERSECTION, all, network);
        struct wp_network outside =
            wp_network_combine(maker->arena, WP_NETWORK_DIFFERENCE, all, network);
        if (wp_network_is_empty(&inside) || wp_network_is_empty(&outside))
            continue;
        *all = inside;
        maker->cells[maker->cell_count++].network = outside;
    }
}

/* A named network is a column when some cell lies in it, the smallest such for
 * each cell. */
static void
choose_columns(struct maker *maker)
{
    const struct wp_model *model = maker->model;
    struct wp_matrix *matrix = maker->matrix;
    uint32_t *names = wp_alloc_array(maker->arena, MOST_COLUMNS, sizeof *names);

    for (uint32_t c = 0; c < maker->cell_count; c++) {
        uint32_t best = WP_NONE, column = 0;
        for (uint32_t i = 0; i < model->named_network_count; i++) {
            const struct wp_network *n = &model->networks[model->named_networks[i].network];
            if (!wp_network_is_within(&maker->cells[c].network, n))
                continue;
            if (best == WP_NONE ||
                wp_network_is_within(n, &model->networks[model->named_networks[best].network]))
                best = i;
        }
        maker->cells[c].column = WP_NONE;
        if (best == WP_NONE)
            continue;
        while (column < matrix->column_count && names[column] != best)
            column++;
        if (column == matrix->column_count) {
            if (column == MOST_COLUMNS) {
                matrix->too_many_networks = true;
                continue;
            }
            names[column] = best;
            matrix->columns[matrix->column_count++] = model->named_networks[best].name;
        }
        maker->cells[c].column = column;
    }
    for (uint32_t c = 0; c < maker->cell_count; c++) {
        if (maker->cells[c].column == WP_NONE)
            maker->cells[c].column = matrix->column_count;
    }
    matrix->columns[matrix->column_count] = matrix->column_count ? "elsewhere" : "anywhere";
    matrix->column_count++;
}

static void
make_columns(struct maker *maker)
{
    const struct wp_policy *policy = maker->view.policy;
    uint8_t *used = wp_alloc_array(maker->arena, (size_t)maker->model->network_count + 1, 1);

    maker->cells = wp_alloc_array(maker->arena, MOST_CELLS, sizeof *maker->cells);
    maker->cells[0].network = wp_network_everything();
    maker->cell_count = 1;
    maker->matrix->columns =
        wp_alloc_array(maker->arena, MOST_COLUMNS + 1, sizeof *maker->matrix->columns);
    for (uint32_t i = 0; i < policy->rule_count; i++)
        mark_networks(policy->rules[i].folded, used);
    /* The names themselves, too: a rule may use parts and sums of them. */
    for (uint32_t i = 0; i < maker->model->named_network_count && maker->view.traits.network; i++)
        used[maker->model->named_networks[i].network] |= 2;
    for (uint32_t i = 0; i < maker->model->network_count; i++) {
        if (used[i])
            split(maker, &maker->model->networks[i]);
    }
    maker->matrix->too_many_networks = maker->cell_count == MOST_CELLS;
    choose_columns(maker);
}

/* ---- postures ---------------------------------------------------------------------------- */

/* What every test says of a posture, so that equal ones are seen as equal. */
static void
add_signature(const struct wp_test *test, uint64_t *hashes)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        add_signature(test->parts[i], hashes);
    if (test->kind != WP_TEST_POSTURE)
        return;
    for (uint32_t p = 0; p < WP_POSTURE_COUNT; p++)
        hashes[p] = (hashes[p] ^ (test->mask >> p & 1)) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static void
choose_postures(struct maker *maker)
{
    const struct wp_policy *policy = maker->view.policy;
    uint64_t hashes[WP_POSTURE_COUNT] = {0};

    for (uint32_t i = 0; i < policy->rule_count; i++)
        add_signature(policy->rules[i].folded, hashes);
    for (uint32_t p = 0; p < WP_POSTURE_COUNT; p++) {
        bool known = false;
        for (uint32_t k = 0; k < p && !known; k++)
            known = hashes[k] == hashes[p];
        if (!known)
            maker->postures |= UINT64_C(1) << p;
    }
}

/* ---- cells ----------------------------------------------------------------------------------- */

static uint64_t
decision_bit(struct maker *maker, uint32_t rule)
{
    struct wp_matrix *matrix = maker->matrix;
    uint32_t *place = &maker->kinds[maker->view.kinds[rule]];

    if (*place == 0) {
        if (matrix->decision_count == MOST_DECISIONS) {
            matrix->too_many_decisions = true;
            return UINT64_C(1) << (MOST_DECISIONS - 1);
        }
        matrix->decisions[matrix->decision_count] = wp_policy_decision(maker->view.policy, rule);
        *place = ++matrix->decision_count;
    }
    return UINT64_C(1) << (*place - 1);
}

static void
set_address(struct wp_point *point, const struct wp_network *network)
{
    point->family = WP_FAMILY_ABSENT;
    if (network->v4_count) {
        point->family = WP_FAMILY_V4;
        point->v4 = network->v4[0].low;
    } else if (network->v6_count) {
        point->family = WP_FAMILY_V6;
        point->v6 = network->v6[0].low;
    }
}

static uint64_t *
decide_row(struct maker *maker, uint32_t group, uint32_t device)
{
    uint64_t *cells =
        wp_alloc_array(maker->arena, (size_t)maker->matrix->column_count + 1, sizeof *cells);
    struct wp_point point = {.device = device, .app = maker->app, .user = WP_NONE};

    point.groups = &group;
    point.group_count = group == WP_NONE ? 0 : 1;
    for (uint32_t c = 0; c < maker->cell_count; c++) {
        set_address(&point, &maker->cells[c].network);
        for (uint64_t left = maker->postures; left; left &= left - 1) {
            point.posture = (uint32_t)__builtin_ctzll(left);
            cells[maker->cells[c].column] |=
                decision_bit(maker, wp_view_decider(&maker->view, &point, 0));
        }
    }
    return cells;
}

/* One row for the device types that are decided alike. */
static void
add_rows(struct maker *maker, uint32_t group)
{
    struct wp_matrix *matrix = maker->matrix;
    uint32_t first = matrix->row_count;

    for (uint32_t device = 0; device < maker->model->device_count; device++) {
        uint64_t *cells = decide_row(maker, group, device);
        uint32_t row = first;
        while (row < matrix->row_count &&
               memcmp(matrix->rows[row].cells, cells, matrix->column_count * sizeof *cells) != 0)
            row++;
        if (row == matrix->row_count)
            matrix->rows[matrix->row_count++] = (struct wp_matrix_row){group, 0, cells};
        matrix->rows[row].devices |= UINT64_C(1) << device;
    }
}

static void
mark_groups(const struct wp_test *test, uint8_t *used)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        mark_groups(test->parts[i], used);
    for (uint32_t i = 0; test->kind == WP_TEST_GROUP && i < test->ids.count; i++)
        used[test->ids.ids[i]] = 1;
}

void
wp_matrix_make(struct wp_matrix *matrix, struct wp_arena *arena, const struct wp_model *model,
               uint32_t policy, uint32_t app, uint32_t groups)
{
    struct maker maker = {.matrix = matrix, .arena = arena, .model = model, .app = app};
    uint8_t *used = wp_alloc_array(arena, (size_t)model->group_count + 1, 1);
    uint32_t shown = 0, devices = model->device_count ? model->device_count : 1;

    *matrix = (struct wp_matrix){0};
    wp_view_init(&maker.view, arena, model, policy);
    maker.kinds = wp_alloc_array(arena, (size_t)maker.view.kind_count + 1, sizeof *maker.kinds);
    matrix->decisions = wp_alloc_array(arena, MOST_DECISIONS, sizeof *matrix->decisions);
    for (uint32_t i = 0; i < maker.view.policy->rule_count; i++)
        mark_groups(maker.view.policy->rules[i].folded, used);
    make_columns(&maker);
    choose_postures(&maker);
    uint32_t most = model->group_count < groups ? model->group_count : groups;
    matrix->rows = wp_alloc_array(arena, ((size_t)most + 1) * devices, sizeof *matrix->rows);
    for (uint32_t g = 0; g < model->group_count; g++) {
        if (!used[g])
            continue;
        if (shown++ < groups)
            add_rows(&maker, g);
        else
            matrix->groups_left_out++;
    }
    add_rows(&maker, WP_NONE);
}
