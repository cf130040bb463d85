#include "compiler/replay/used.h"

#include <stdlib.h>
#include <string.h>

void
wp_used_init(struct wp_used *used)
{
    *used = (struct wp_used){.v4 = {.length = 24}, .v6 = {.length = 48}};
}

void
wp_used_fini(struct wp_used *used)
{
    free(used->v4.firsts);
    free(used->v6.firsts);
    *used = (struct wp_used){0};
}

/* Blocks of twice the size. */
static void
widen(struct wp_blocks *blocks)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < blocks->count; i++) {
        uint64_t first = blocks->firsts[i] >> 1;
        if (kept == 0 || blocks->firsts[kept - 1] != first)
            blocks->firsts[kept++] = first;
    }
    blocks->count = kept;
    blocks->length--;
}

static unsigned
place_of(const struct wp_blocks *blocks, uint64_t first)
{
    unsigned low = 0, high = blocks->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (blocks->firsts[middle] < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A block of `length` bits, which are no fewer than the others have. */
static bool
add_block(struct wp_blocks *blocks, uint64_t first, unsigned length)
{
    if (blocks->firsts == NULL)
        blocks->firsts = malloc((WP_USED_MAX + 1) * sizeof *blocks->firsts);
    if (blocks->firsts == NULL)
        return false;
    first >>= length - blocks->length;
    unsigned at = place_of(blocks, first);
    if (at < blocks->count && blocks->firsts[at] == first)
        return true;
    memmove(blocks->firsts + at + 1, blocks->firsts + at,
            (blocks->count - at) * sizeof *blocks->firsts);
    blocks->firsts[at] = first;
    blocks->count++;
    while (blocks->count > WP_USED_MAX)
        widen(blocks);
    return true;
}

bool
wp_used_add(struct wp_used *used, unsigned family, const uint8_t *bytes)
{
    uint64_t first = 0;
    for (unsigned i = 0; i < (family == 4 ? 3u : 6u); i++)
        first = first << 8 | bytes[i];
    return family == 4 ? add_block(&used->v4, first, 24) : add_block(&used->v6, first, 48);
}

static bool
join_blocks(struct wp_blocks *blocks, const struct wp_blocks *other)
{
    while (blocks->length > other->length)
        widen(blocks);
    for (unsigned i = 0; i < other->count; i++)
        if (!add_block(blocks, other->firsts[i], other->length))
            return false;
    return true;
}

bool
wp_used_join(struct wp_used *used, const struct wp_used *other)
{
    return join_blocks(&used->v4, &other->v4) && join_blocks(&used->v6, &other->v6);
}

static void
visit_blocks(struct wp_blocks *blocks, unsigned most, struct wp_state_io *io)
{
    struct wp_blocks read = {.length = (unsigned)wp_state_number(io, blocks->length, most)};
    unsigned count = (unsigned)wp_state_number(io, blocks->count, WP_USED_MAX);
    while (io->is_reading && !io->failed && blocks->length > read.length)
        widen(blocks);
    for (unsigned i = 0; i < count && !io->failed; i++) {
        uint64_t first = wp_state_number(io, io->is_reading ? 0 : blocks->firsts[i],
                                         (UINT64_C(1) << read.length) - 1);
        if (io->is_reading && !io->failed)
            wp_state_doubt(io, !add_block(blocks, first, read.length));
    }
}

void
wp_used_visit(struct wp_used *used, struct wp_state_io *io)
{
    visit_blocks(&used->v4, 24, io);
    visit_blocks(&used->v6, 48, io);
}

/* ---- covers ------------------------------------------------------------------------ */

struct prefix {
    uint64_t first; /* the leading bits, at the top of 64 */
    unsigned length;
};

/* The prefix that holds both. */
static struct prefix
common(struct prefix a, struct prefix b)
{
    unsigned length = a.length < b.length ? a.length : b.length;
    while (length > 0 && ((a.first ^ b.first) >> (64 - length)) != 0)
        length--;
    a.length = length;
    a.first = length == 0 ? 0 : a.first >> (64 - length) << (64 - length);
    return a;
}

/* Joins the neighbours whose common prefix is longest until few are left; what others
 * lie within it, they are neighbours too, and are joined next. */
static unsigned
join_prefixes(struct prefix *prefixes, unsigned count, unsigned most)
{
    while (count > 1) {
        unsigned best = 0;
        struct prefix joined = {0, 0};
        for (unsigned i = 0; i + 1 < count; i++) {
            struct prefix candidate = common(prefixes[i], prefixes[i + 1]);
            if (i == 0 || candidate.length > joined.length) {
                joined = candidate;
                best = i;
            }
        }
        bool adds_nothing = joined.length + 1 == prefixes[best].length &&
                            joined.length + 1 == prefixes[best + 1].length;
        bool is_within =
            joined.length == prefixes[best].length || joined.length == prefixes[best + 1].length;
        if (count <= most && !adds_nothing && !is_within)
            break;
        prefixes[best] = joined;
        count--;
        memmove(prefixes + best + 1, prefixes + best + 2, (count - best - 1) * sizeof *prefixes);
    }
    return count;
}

static void
add_prefix(struct wp_ranges *ranges, struct prefix prefix, bool is_v6)
{
    uint64_t last = prefix.length == 0 ? UINT64_MAX : prefix.first | UINT64_MAX >> prefix.length;
    struct wp_address low = {.is_v6 = is_v6}, high = low;
    if (is_v6) {
        low.v6 = (struct wp_address6){prefix.first, 0};
        high.v6 = (struct wp_address6){last, UINT64_MAX};
    } else {
        low.v4 = (uint32_t)(prefix.first >> 32);
        high.v4 = (uint32_t)(last >> 32);
    }
    wp_ranges_add(ranges, &low, &high);
}

static void
cover(struct wp_ranges *ranges, const struct wp_blocks *blocks, unsigned most, bool is_v6)
{
    struct prefix prefixes[WP_USED_MAX];
    for (unsigned i = 0; i < blocks->count; i++)
        prefixes[i] = (struct prefix){
            blocks->length == 0 ? 0 : blocks->firsts[i] << (64 - blocks->length), blocks->length};
    unsigned count = join_prefixes(prefixes, blocks->count, most);
    for (unsigned i = 0; i < count; i++)
        add_prefix(ranges, prefixes[i], is_v6);
}

struct wp_network
wp_used_cover(struct wp_arena *arena, const struct wp_used *used, unsigned most,
              const struct wp_network *within)
{
    struct wp_ranges ranges;
    wp_ranges_init(&ranges, arena);
    cover(&ranges, &used->v4, most, false);
    cover(&ranges, &used->v6, most, true);
    struct wp_network network = wp_ranges_finish(&ranges);
    return wp_network_combine(arena, WP_NETWORK_INTERSECTION, &network, within);
}
