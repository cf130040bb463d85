/*
 * An opened image as the runtime sees it: where each table lies.
 *
 * A view is filled in by image.c and proved by verify.c: afterwards every number
 * in the tables is in range, and nothing that reads them checks again. It lives
 * in struct woapol_image.
 */
#ifndef WP_RUNTIME_VIEW_H
#define WP_RUNTIME_VIEW_H

#include "format.h"
#include "woapol.h"

#include <string.h>

struct wp_view;
struct wp_evaluator;
typedef void wp_decide(const struct wp_view *view, struct woapol_principal *principal,
                       const struct woapol_request *request, struct woapol_decision *decision);

/* What kinds of images decisions are compiled for: narrow ones in which a row's lines stand
 * side by side and a class leads to those of its row, in one block or in two, without marks
 * or with them, or of its two rows, whose numbers have 16 bits; other narrow ones; wide ones, in
 * which a class is one row, or two or four whose numbers have 16 bits; others; and those that have
 * marks, where all policies end in the block they begin in, or none does. */
enum wp_kind {
    WP_NARROWEST,
    WP_NARROW_ROWS,
    WP_NARROW_MARKED,
    WP_NARROW_PAIRS,
    WP_NARROW,
    WP_WIDE_ROWS,
    WP_WIDE_PAIRS,
    WP_WIDE_QUADS,
    WP_WIDE,
    WP_MARKED,
    WP_MARKED_SHORT,
    WP_MARKED_LONG,
    WP_KINDS
};
static inline bool
wp_is_wide(enum wp_kind kind)
{
    return kind >= WP_WIDE_ROWS;
}
static inline bool
wp_is_marked(enum wp_kind kind)
{
    return kind >= WP_MARKED;
}

/* Whether principals have shortlists. Where policies are short, those of all would be needed. */
static inline bool
wp_has_shortlists(enum wp_kind kind)
{
    return kind == WP_NARROW_MARKED || kind == WP_MARKED || kind == WP_MARKED_LONG;
}

struct wp_view {
    /* What deciding reads, most often used first. */
    wp_decide *decide;
    const struct wp_app *apps;
    union {
        const uint32_t *v4_keys;             /* a list's index */
        const struct wp_v4_octet *v4_octets; /* of a table, and behind them the next two */
    };
    union {
        const uint32_t *v4_nodes;  /* of a table */
        const uint32_t *v4_starts; /* of a list, behind its index */
    };
    const uint16_t *v4_lows;
    const uint8_t *v4_values; /* wp_v4_value */
    const uint8_t *parts;     /* of classes, in CLASSES: wp_part_at */
    const struct wp_row *rows;
    const uint16_t *line_numbers;
    const uint32_t *bases;
    const struct wp_line *lines;
    union {
        const struct wp_line *class_lines; /* where classes lead to lines: those of address row
                                              0, behind them the other rows' */
        const struct wp_row *heads;        /* of a wide image: a narrow one's rows */
    };
    const struct wp_entry_record *entries;
    const struct wp_policy_record *policies;
    const struct wp_outcome_record *outcomes;
    const uint32_t *leads;
    const struct wp_mark *marks; /* NULL: none */
    const uint64_t *v6_keys;
    const uint64_t *v6_leaves; /* the lowest level of V6_KEYS */
    const uint8_t *v6_values;  /* wp_v6_value */
    const uint64_t *v6_lower;
    const struct wp_rule_record *rules;
    const uint32_t *code;

    /* What binding reads. */
    const struct wp_line *plain;
    const uint32_t *atoms;
    const uint32_t *postings_index;
    const uint32_t *postings;
    const struct wp_residual *residuals;
    const uint32_t *clauses;
    const uint32_t *clause_atoms;

    const uint32_t *chains;
    const struct wp_name_kind *name_kinds; /* NULL: no names */
    const uint32_t *strings;
    const uint32_t *aliases;
    const uint32_t *buckets;
    const struct wp_name_record *name_records;
    const char *text;

    uint32_t string_count, alias_count, bucket_words, record_count;
    uint32_t row_first[WP_FAMILY_COUNT]; /* the families' rows, one after the other */
    const struct wp_evaluator *evaluator;
    const uint8_t *bytes;
    struct wp_shape shape;
    uint32_t text_size;
    enum wp_kind kind;
    uint32_t shortlist; /* where in a principal's memory its shortlist is; 0: it has none */
};

static inline const struct wp_view *
wp_view(const struct woapol_image *image)
{
    return (const struct wp_view *)(const void *)image->opaque;
}

/* Where code has to be small, one way does for everything, and stands there once. */
#ifdef WP_SMALL
#define WP_IS_SMALL true
#define WP_SHARED __attribute__((noinline, unused))
#else
#define WP_IS_SMALL false
#define WP_SHARED inline
#endif

/* Which eight bytes a packed value begins in. */
static inline const uint8_t *
wp_packed_at(const uint8_t *values, uint32_t number, uint32_t bits)
{
    return values + (size_t)((uint64_t)number * bits / 8);
}

/* A packed value. Most images' are of 16 bits. */
static inline uint32_t
wp_packed(const uint8_t *values, uint32_t number, uint32_t bits)
{
    if (bits == 16 && !WP_IS_SMALL)
        return ((const uint16_t *)(const void *)values)[number];
    uint64_t word;
    memcpy(&word, wp_packed_at(values, number, bits), sizeof word);
    return (uint32_t)(word >> number * bits % 8) & ((UINT32_C(1) << bits) - 1);
}

/* The class of a range of IPv4; in a table also what stands for a list. */
static inline uint32_t
wp_v4_value(const struct wp_view *view, uint32_t number)
{
    return wp_packed(view->v4_values, number, view->shape.v4_value_bits);
}

/* The class of an upper half of IPv6 addresses, or what stands for a place. */
static inline uint32_t
wp_v6_value(const struct wp_view *view, uint32_t number)
{
    return wp_packed(view->v6_values, number, view->shape.v6_value_bits);
}

/* The row at a place of the classes' parts. */
static inline uint32_t
wp_part_at(const struct wp_view *view, size_t place)
{
    uint32_t row = 0;
    if (WP_IS_SMALL) {
        const uint32_t size = view->shape.part_size;
        memcpy(&row, view->parts + place * size, size);
        return row;
    }
    if (view->shape.part_size == sizeof(uint16_t))
        return ((const uint16_t *)(const void *)view->parts)[place];
    if (view->shape.part_size == sizeof(uint8_t))
        return view->parts[place];
    return ((const uint32_t *)(const void *)view->parts)[place];
}

/* Row number `part` of an even address class of `parts`, which the shape says; of one it is
 * the row itself. */
static inline uint32_t
wp_part(const struct wp_view *view, uint32_t class, uint32_t parts, uint32_t part)
{
    return parts == 1 ? class : wp_part_at(view, (size_t) class * parts + part);
}

/* What uneven classes begin with. */
static inline const uint32_t *
wp_uneven_index(const struct wp_view *view)
{
    return (const uint32_t *)(const void *)(view->parts - WP_UNEVEN_INDEX_SIZE);
}

/* Which parts are a class's. Finding them takes as many steps for all classes. */
struct wp_parts {
    uint32_t first, count;
};
static inline struct wp_parts
wp_uneven_parts(const struct wp_view *view, uint32_t class)
{
    const uint32_t *firsts = wp_uneven_index(view);
    struct wp_parts parts = {0, 0};
    for (uint32_t i = 0; i < WP_UNEVEN_MAX; i++) {
        /* Of all classes before it that have more than i parts, one. */
        const bool has = firsts[i] <= class;
        parts.first += has ? class - firsts[i] : 0;
        parts.count += has;
    }
    return parts;
}

/* The rows of any class: `count` says how many, which are numbered from 0. */
static inline struct wp_parts
wp_parts_of(const struct wp_view *view, uint32_t class)
{
    const uint32_t parts = view->shape.parts;
    return wp_is_uneven(&view->shape)
               ? wp_uneven_parts(view, class)
               : (struct wp_parts){parts == 1 ? class : class * parts, parts};
}
static WP_SHARED uint32_t
wp_row_of(const struct wp_view *view, struct wp_parts parts, uint32_t number)
{
    return view->shape.parts == 1 ? parts.first : wp_part_at(view, (size_t)parts.first + number);
}

/* The line of a row in a block: in a wide image 0 where it is all zeros. */
static WP_SHARED uint32_t
wp_line_of(const struct wp_view *view, enum wp_family family, uint32_t number, uint32_t block)
{
    const uint32_t place = block % WP_COLUMN_BLOCKS;
    const struct wp_row *row = &view->rows[(size_t)number * view->shape.columns];
    if (wp_is_narrow(&view->shape))
        return row->lines[block];
    row += block / WP_COLUMN_BLOCKS;
    if (!(row->summary >> place & 1))
        return 0;
    return view->bases[(size_t)block * WP_FAMILY_COUNT + family] +
           view->line_numbers[row->numbers + place];
}

/* Where each field of a view comes from, for finding faults: the offset in the
 * image of something a table points to. */
static inline uint64_t
wp_offset(const struct wp_view *view, const void *place)
{
    return (uint64_t)((const uint8_t *)place - view->bytes);
}

/* What was found for a request: of its decision what others have otherwise, and the rest. */
struct wp_found {
    enum woapol_reason reason;
    uint32_t policy, rule; /* or WP_NO_NUMBER */
    uint32_t outcome;
};

/*
 * A principal: what it remembers, then rows of `blocks` lines of entries that may
 * hold and, when groups are incomplete, of those that surely do, then a summary
 * word a column of each row, then scratch bits for binding, one an atom; and in some images,
 * at the next multiple of 64, a shortlist (shortlist.h).
 */
struct wp_memo {
    struct woapol_request request;
    struct wp_found found;
};

struct woapol_principal {
    struct wp_memo memo;
    bool incomplete;
    bool is_empty;    /* no entry may hold; where code is small, nobody asks */
    bool is_unlisted; /* there should be a shortlist, and it was not made */
    uint8_t padding[64 - sizeof(struct wp_memo) % 64 - 3];
    struct wp_line lines[];
};

/* Has a principal remember no request but one that there cannot be, which is a bad one. */
static inline void
wp_forget(struct woapol_principal *principal)
{
    memset(&principal->memo.request, 0xff, sizeof principal->memo.request);
    principal->memo.found = (struct wp_found){.reason = WOAPOL_REASON_BAD_REQUEST,
                                              .policy = WP_NO_NUMBER,
                                              .rule = WP_NO_NUMBER,
                                              .outcome = WP_PLAIN_DENY};
}

/* Parts of a principal's memory. */
static inline struct wp_line *
wp_certain_row(const struct wp_view *view, struct woapol_principal *principal)
{
    return principal->lines + view->shape.blocks;
}
static inline uint32_t *
wp_summary(const struct wp_view *view, struct woapol_principal *principal)
{
    return (uint32_t *)(void *)(principal->lines + 2 * (size_t)view->shape.blocks);
}
static inline uint64_t *
wp_held_atoms(const struct wp_view *view, struct woapol_principal *principal)
{
    uint32_t *summary = wp_summary(view, principal);
    return (uint64_t *)(void *)(summary + 2 * (size_t)view->shape.columns);
}
static inline size_t
wp_held_words(const struct wp_view *view)
{
    return ((size_t)view->shape.atoms + 63) / 64;
}

/* The bytes of all of them but the shortlist. */
static inline size_t
wp_principal_size(const struct wp_view *view)
{
    const size_t size =
        sizeof(struct woapol_principal) + 2 * (size_t)view->shape.blocks * sizeof(struct wp_line) +
        2 * (size_t)view->shape.columns * sizeof(uint32_t) + wp_held_words(view) * sizeof(uint64_t);
    return (size + 63) / 64 * 64;
}

/* Proves every table of a view; on failure *fault says where and why. */
bool wp_verify(const struct wp_view *view, struct woapol_fault *fault);

#endif
