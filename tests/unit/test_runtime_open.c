/*
 * What woapol_open refuses, and that what it takes is safe: cut images, flipped
 * bits, and images whose tables were changed and whose checksum was made right.
 */
#include "runtime/format.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char small[] =
    "network Office = 198.51.100.0/24 + 2001:db8:10::/48 + 2001:db8:11::8/125\n"
    "network Vpn = 10.8.0.0 .. 10.8.3.255\n"
    "group Staff = \"All Staff@corp.example\"\n"
    "group Contractors\n"
    "group Guests\n"
    "chain Strong = mobile_sso_ios then (okta_verify or fido2)\n"
    "  else password then authenticator_app\n"
    "app Payroll\n"
    "app Travel\n"
    "policy Default is default {\n"
    "  rule staff when group in {Staff, Guests} and group in Contractors and network in Office\n"
    "    authenticate Strong every 8h\n"
    "  rule travel when app in Travel and not group in Guests and not network in Vpn allow\n"
    "  rule ana when user in {\"ana@corp.example\"} allow\n"
    "  rule report risky when risk is high deny\n"
    "  otherwise deny \"Ask the service desk\"\n"
    "}\n"
    "policy Finance for Payroll { rule all when managed authenticate password }\n";

static enum woapol_status
open_copy(const uint8_t *bytes, size_t size, struct woapol_fault *fault)
{
    struct woapol_image image;
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    if (size > 0)
        memcpy(copy, bytes, size);
    enum woapol_status status = woapol_open(&image, copy, size, NULL, fault);
    free(copy);
    return status;
}

/* Opens a copy that ends where the image does; when it is taken, asks everything. */
static bool
is_taken(const uint8_t *bytes, size_t size, uint64_t seed, unsigned rounds)
{
    struct woapol_image image;
    struct woapol_fault fault;
    uint8_t *copy = malloc(size);
    memcpy(copy, bytes, size);
    enum woapol_status status = woapol_open(&image, copy, size, NULL, &fault);
    if (status == WOAPOL_OK)
        built_exercise(&image, seed, rounds);
    else
        cr_assert(fault.offset <= size && *fault.reason != '\0', "%s", fault.reason);
    free(copy);
    return status == WOAPOL_OK;
}

Test(runtime_open, refuses_every_cut)
{
    size_t size;
    uint8_t *bytes = built_bytes(small, &size);
    for (size_t cut = 0; cut < size; cut++) {
        struct woapol_fault fault;
        enum woapol_status status = open_copy(bytes, cut, &fault);
        cr_assert(status == WOAPOL_E_TRUNCATED || (cut < 8 && status == WOAPOL_E_MAGIC),
                  "cut at %zu: %d", cut, status);
    }
    uint8_t *longer = calloc(1, size + 1);
    memcpy(longer, bytes, size);
    cr_expect_eq(open_copy(longer, size + 1, NULL), WOAPOL_E_TRUNCATED);
    free(longer);
    free(bytes);
}

Test(runtime_open, refuses_every_flipped_bit)
{
    size_t size;
    uint8_t *bytes = built_bytes(small, &size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        struct woapol_image image;
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_neq(woapol_open(&image, bytes, size, NULL, NULL), WOAPOL_OK, "bit %zu", bit);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(bytes);
}

/* ---- the envelope ---------------------------------------------------------------- */

static void
set_major(struct wp_header *header)
{
    header->major++;
}
static void
set_minor(struct wp_header *header)
{
    header->minor++;
}
static void
set_reserved(struct wp_header *header)
{
    header->reserved[1] = 1;
}
static void
set_signatures(struct wp_header *header)
{
    header->signatures -= 64;
}
static void
set_signatures_beyond(struct wp_header *header)
{
    header->signatures += 64;
}
static void
set_no_sections(struct wp_header *header)
{
    header->section_count = 0;
}
static void
set_many_sections(struct wp_header *header)
{
    header->section_count = UINT32_MAX;
}

Test(runtime_open, says_what_is_wrong_with_the_header)
{
    static const struct {
        const char *name;
        void (*change)(struct wp_header *header);
        enum woapol_status status;
    } rows[] = {
        {"another major version", set_major, WOAPOL_E_VERSION},
        {"a later minor version", set_minor, WOAPOL_OK},
        {"reserved bytes", set_reserved, WOAPOL_E_FORMAT},
        {"signatures inside the sections", set_signatures, WOAPOL_E_FORMAT},
        {"signatures behind the end", set_signatures_beyond, WOAPOL_E_FORMAT},
        {"no sections", set_no_sections, WOAPOL_E_FORMAT},
        {"too many sections", set_many_sections, WOAPOL_E_FORMAT},
    };
    size_t size;
    uint8_t *bytes = built_bytes(small, &size);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t *changed = malloc(size);
        struct woapol_fault fault = {0, ""};
        memcpy(changed, bytes, size);
        rows[i].change((struct wp_header *)(void *)changed);
        built_seal(changed, size);
        cr_expect_eq(open_copy(changed, size, &fault), rows[i].status, "%s: %s", rows[i].name,
                     fault.reason);
        free(changed);
    }
    struct woapol_image image;
    cr_expect_eq(woapol_open(&image, NULL, 0, NULL, NULL), WOAPOL_E_ARGUMENT);
    cr_expect_eq(woapol_open(NULL, bytes, size, NULL, NULL), WOAPOL_E_ARGUMENT);
    uint8_t *odd = malloc(size + 4);
    memcpy(odd + 4, bytes, size);
    cr_expect_eq(woapol_open(&image, odd + 4, size, NULL, NULL), WOAPOL_E_ALIGNMENT);
    free(odd);
    free(bytes);
}

static struct wp_section *
table_of(uint8_t *bytes)
{
    return (struct wp_section *)(void *)(bytes + sizeof(struct wp_header));
}

/* A copy with room for one more section in its table; what follows the table may
 * have to be moved for that. */
static uint8_t *
make_room(const uint8_t *bytes, size_t *size)
{
    const struct wp_header *header = (const struct wp_header *)(const void *)bytes;
    const size_t end = sizeof *header + header->section_count * sizeof(struct wp_section);
    const size_t first = (end + 63) / 64 * 64;
    const size_t moved = (end + sizeof(struct wp_section) + 63) / 64 * 64 - first;
    uint8_t *roomy = calloc(1, *size + moved);
    memcpy(roomy, bytes, end);
    memcpy(roomy + first + moved, bytes + first, *size - first);
    for (uint32_t i = 0; i < header->section_count; i++)
        table_of(roomy)[i].offset += moved;
    *size += moved;
    ((struct wp_header *)(void *)roomy)->length += moved;
    ((struct wp_header *)(void *)roomy)->signatures += moved;
    return roomy;
}

/* Adds an empty section at the end of the table. */
static enum woapol_status
open_with_unknown(uint32_t kind, uint32_t flags)
{
    size_t size;
    uint8_t *bytes = built_bytes(small, &size), *roomy = make_room(bytes, &size);
    struct wp_header *header = (struct wp_header *)(void *)roomy;
    table_of(roomy)[header->section_count++] =
        (struct wp_section){.kind = kind, .flags = flags, .offset = header->signatures};
    built_seal(roomy, size);
    enum woapol_status status = open_copy(roomy, size, NULL);
    free(roomy);
    free(bytes);
    return status;
}

Test(runtime_open, skips_unknown_optional_sections_only)
{
    cr_expect_eq(open_with_unknown(1000, 0), WOAPOL_OK);
    cr_expect_eq(open_with_unknown(1000, WP_SECTION_REQUIRED), WOAPOL_E_VERSION);
    cr_expect_eq(open_with_unknown(1000, 2), WOAPOL_E_FORMAT);
    cr_expect_eq(open_with_unknown(WP_SECTION_LINES, 0), WOAPOL_E_FORMAT, "out of order");
}

/* ---- postings ---------------------------------------------------------------------------- */

static uint32_t *
words_of(uint8_t *bytes, uint32_t kind, uint64_t *count)
{
    struct wp_section *section = table_of(bytes);
    while (section->kind != kind)
        section++;
    *count = section->size / sizeof(uint32_t);
    return (uint32_t *)(void *)(bytes + section->offset);
}

/* The first run of postings of that side (0 fulfils, 1 forbids) that is not empty. */
static uint32_t *
postings_of(uint8_t *bytes, uint64_t side)
{
    uint64_t cuts, count;
    const uint32_t *index = words_of(bytes, WP_SECTION_POSTINGS_INDEX, &cuts);
    uint32_t *postings = words_of(bytes, WP_SECTION_POSTINGS, &count);
    for (uint64_t i = side; i + 1 < cuts; i += 2)
        if (index[i] < index[i + 1])
            return postings + index[i];
    cr_assert(false, "no such posting");
    return NULL;
}

static void
expect_refusal(uint8_t *bytes, size_t size, const char *reason)
{
    struct woapol_fault fault = {0, ""};
    built_seal(bytes, size);
    cr_expect_eq(open_copy(bytes, size, &fault), WOAPOL_E_FORMAT);
    cr_expect_str_eq(fault.reason, reason);
}

Test(runtime_open, an_entry_is_never_forbidden_by_way_of_a_residual)
{
    size_t size;
    uint8_t *bytes = built_bytes(small, &size);
    *postings_of(bytes, 1) = WP_POSTING_RESIDUAL;
    expect_refusal(bytes, size, "a posting has no such residual");
    free(bytes);
}

Test(runtime_open, postings_rise)
{
    static const char twice[] = "group Staff\n"
                                "policy P is default {\n"
                                "  rule a when group in Staff and managed allow\n"
                                "  rule b when group in Staff deny\n"
                                "}\n";
    size_t size;
    uint8_t *bytes = built_bytes(twice, &size);
    uint32_t *postings = postings_of(bytes, 0);
    const uint32_t first = postings[0];
    postings[0] = postings[1];
    postings[1] = first;
    expect_refusal(bytes, size, "postings are out of order");
    free(bytes);
}

static void
set_index_place(uint32_t *keys, uint32_t bits, uint32_t count)
{
    (void)bits, (void)count;
    keys[1]++;
}
static void
set_index_end(uint32_t *keys, uint32_t bits, uint32_t count)
{
    (void)count;
    keys[1u << bits]--;
}
static void
set_index_margin(uint32_t *keys, uint32_t bits, uint32_t count)
{
    keys[(1u << bits) + 1 + count + 7] = 0;
}
static void
set_keys(uint32_t *keys, uint32_t bits, uint32_t count)
{
    keys[(1u << bits) + 1 + count - 1] = keys[(1u << bits) + 1 + count - 2];
}

Test(runtime_open, an_index_leads_to_the_ranges_of_its_addresses)
{
    static const struct {
        void (*change)(uint32_t *keys, uint32_t bits, uint32_t count);
        const char *reason;
    } rows[] = {
        {set_index_place, "a place of the index is not its range"},
        {set_index_end, "the index does not end at the last range"},
        {set_index_margin, "the margin is not all ones"},
        {set_keys, "IPv4 ranges do not rise from 0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size;
        uint64_t words;
        uint8_t *bytes = built_bytes(small, &size);
        const struct wp_shape *shape =
            (const struct wp_shape *)(const void *)words_of(bytes, WP_SECTION_SHAPE, &words);
        cr_assert_eq(shape->v4_layout, WP_V4_LIST);
        rows[i].change(words_of(bytes, WP_SECTION_V4_KEYS, &words), shape->v4_bits,
                       shape->v4_count);
        expect_refusal(bytes, size, rows[i].reason);
        free(bytes);
    }
}

/* ---- signatures ------------------------------------------------------------------------ */

struct signing {
    const void *signed_bytes, *signatures;
    size_t signed_size, signature_size;
    bool answer;
    unsigned calls;
};

static bool
check_signature(void *context, const void *signed_bytes, size_t signed_size, const void *signatures,
                size_t signature_size)
{
    struct signing *s = context;
    s->signed_bytes = signed_bytes;
    s->signed_size = signed_size;
    s->signatures = signatures;
    s->signature_size = signature_size;
    s->calls++;
    return s->answer;
}

Test(runtime_open, asks_about_signatures)
{
    size_t size;
    uint8_t *bytes = built_bytes(small, &size);
    uint8_t *larger = malloc(size + 7);
    memcpy(larger, bytes, size);
    memcpy(larger + size, "a seal!", 7);
    ((struct wp_header *)(void *)larger)->length = size + 7;
    built_seal(larger, size + 7);
    for (int answer = 0; answer < 2; answer++) {
        struct woapol_image image;
        struct woapol_fault fault;
        struct signing s = {.answer = answer == 1};
        const struct woapol_options options = {sizeof options, check_signature, &s};
        cr_expect_eq(woapol_open(&image, larger, size + 7, &options, &fault),
                     answer == 1 ? WOAPOL_OK : WOAPOL_E_SIGNATURE);
        cr_expect_eq(s.calls, 1);
        cr_expect_eq((const uint8_t *)s.signed_bytes, larger + WP_SIGNED_FROM);
        cr_expect_eq(s.signed_size, size - WP_SIGNED_FROM);
        cr_expect_eq(s.signature_size, 7);
        cr_expect_eq(memcmp(s.signatures, "a seal!", 7), 0);
        cr_expect_eq(woapol_open(&image, bytes, size, &options, NULL),
                     answer == 1 ? WOAPOL_OK : WOAPOL_E_SIGNATURE);
        cr_expect_eq(s.signature_size, 0, "an unsigned image is asked about, too");
    }
    struct woapol_image image;
    const struct woapol_options short_options = {.size = 1};
    cr_expect_eq(woapol_open(&image, bytes, size, &short_options, NULL), WOAPOL_E_ARGUMENT);
    free(larger);
    free(bytes);
}

/* ---- changed tables ----------------------------------------------------------------------- */

/* Values that are at the ends of ranges, put over 32 bits. */
static const uint32_t edges[] = {0,          1,          2,          0x7fffffff, 0x80000000,
                                 0x80000001, 0xfffffffe, 0xffffffff, 0xffff,     0x10000};

static void
try_words(const uint8_t *bytes, size_t size, size_t step)
{
    unsigned taken = 0, refused = 0;
    uint8_t *changed = malloc(size);
    for (size_t at = WP_CHECKED_FROM; at + 4 <= size; at += step)
        for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
            memcpy(changed, bytes, size);
            memcpy(changed + at, &edges[i], 4);
            built_seal(changed, size);
            if (is_taken(changed, size, at + i, 2))
                taken++;
            else
                refused++;
        }
    cr_expect_gt(refused, taken / 8, "%u taken, %u refused", taken, refused);
    free(changed);
}

Test(runtime_open, is_safe_with_any_word)
{
    size_t size;
    uint8_t *bytes = built_bytes(small, &size);
    const char *text = getenv("WOAPOL_CASES");
    try_words(bytes, size, text == NULL ? 16 : 4);
    free(bytes);
}

static void
mutate(uint64_t *state, uint8_t *bytes, size_t size)
{
    for (uint32_t changes = 1 + random_below(state, 4); changes > 0; changes--) {
        const size_t at = WP_CHECKED_FROM + random_below(state, (uint32_t)size - WP_CHECKED_FROM);
        const size_t from = WP_CHECKED_FROM + random_below(state, (uint32_t)size - 32);
        switch (random_below(state, 4)) {
        case 0:
            bytes[at] ^= (uint8_t)(1u << random_below(state, 8));
            break;
        case 1:
            bytes[at] = (uint8_t)random_below(state, 256);
            break;
        case 2:
            memcpy(bytes + at / 4 * 4, &edges[random_below(state, 10)], 4);
            break;
        default:
            memmove(bytes + at / 8 * 8, bytes + from / 8 * 8,
                    size - at < 16 || size - from < 16 ? 1 : 8);
        }
    }
}

static void
try_mutants(const struct random_size *shape, uint64_t seed, unsigned mutants)
{
    char *text = random_policy(seed, shape);
    size_t size;
    uint8_t *bytes = built_bytes(text, &size), *changed = malloc(size);
    uint64_t state = seed;
    for (unsigned i = 0; i < mutants; i++) {
        memcpy(changed, bytes, size);
        mutate(&state, changed, size);
        built_seal(changed, size);
        (void)is_taken(changed, size, i, 1);
    }
    free(changed);
    free(bytes);
    free(text);
}

Test(runtime_open, is_safe_with_mutants)
{
    static const struct random_size shapes[] = {
        {.rules = 10, .networks = 6, .groups = 5},
        {.rules = 60, .networks = 20, .prefixes = 400, .groups = 20},
        {.rules = 700, .networks = 40, .prefixes = 3000, .groups = 20},
    };
    const char *text = getenv("WOAPOL_CASES");
    const unsigned mutants = text == NULL ? 300 : (unsigned)strtoul(text, NULL, 10) / 10;
    for (size_t i = 0; i < 3; i++)
        for (uint64_t seed = 1; seed <= 3; seed++)
            try_mutants(&shapes[i], seed, mutants);
}

Test(runtime_open, gives_the_same_bytes_for_the_same_source)
{
    const struct random_size shape = {.rules = 60, .networks = 20, .prefixes = 400, .groups = 20};
    for (uint64_t seed = 1; seed < 20; seed++) {
        char *text = random_policy(seed, &shape);
        size_t one, other;
        uint8_t *a = built_bytes(text, &one), *b = built_bytes(text, &other);
        cr_assert_eq(one, other);
        cr_assert_eq(memcmp(a, b, one), 0);
        free(a);
        free(b);
        free(text);
    }
}
