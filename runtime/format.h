/*
 * The image, byte by byte: what the compiler writes and the runtime reads.
 * docs/image.md says the same in words; a test compares the two.
 *
 * Everything is little-endian and offsets are counted from the image's first
 * byte. Sections stand in the order of their kinds, each at a multiple of 64,
 * with zeros between them; no byte belongs to nothing.
 */
#ifndef WP_RUNTIME_FORMAT_H
#define WP_RUNTIME_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* A pair of CR and LF and a control-Z, so that damage by text tools shows. */
#define WP_MAGIC "\x89WOB\r\n\x1a\n"
#define WP_MAGIC_SIZE 8
#define WP_FORMAT_MAJOR 8 /* another one is refused */
#define WP_FORMAT_MINOR 0 /* a higher one only adds optional sections */
#define WP_ALIGNMENT 64
#define WP_MAX_SECTIONS 64
#define WP_NO_NUMBER UINT32_MAX

/*
 * The first 64 bytes. The checksum is XXH3 of 64 bits over the bytes from
 * WP_CHECKED_FROM to the end. A signature signs the bytes from WP_SIGNED_FROM to
 * `signatures`; what follows is the signature section, which signing appends.
 */
struct wp_header {
    uint8_t magic[WP_MAGIC_SIZE];
    uint64_t checksum;
    uint64_t length;     /* of the whole image */
    uint64_t signatures; /* where they begin; `length` when there are none */
    uint16_t major, minor;
    uint32_t section_count;
    uint64_t generation;
    uint64_t reserved[2]; /* 0 */
};
#define WP_CHECKED_FROM 16
#define WP_SIGNED_FROM 32

/* The section table follows the header. */
struct wp_section {
    uint32_t kind;
    uint32_t flags;
    uint64_t offset;
    uint64_t size;
};
#define WP_SECTION_REQUIRED 1u /* a reader that does not know it must refuse the image */

enum wp_section_kind {
    WP_SECTION_SHAPE = 1,      /* struct wp_shape */
    WP_SECTION_V4_KEYS,        /* IPv4: what leads from an address to a value */
    WP_SECTION_V4_VALUES,      /* IPv4: classes, of ranges */
    WP_SECTION_V6_KEYS,        /* IPv6: starts of ranges by their upper 64 bits, as a tree */
    WP_SECTION_V6_VALUES,      /* IPv6: a class or a place in V6_LOWER for each of them */
    WP_SECTION_V6_LOWER,       /* IPv6: where the lower 64 bits matter */
    WP_SECTION_APPS,           /* struct wp_app */
    WP_SECTION_POLICIES,       /* struct wp_policy_record */
    WP_SECTION_CLASSES,        /* the parts of each address class; empty while that is one */
    WP_SECTION_ROWS,           /* struct wp_row: a row is `columns` of them */
    WP_SECTION_LINE_NUMBERS,   /* 16-bit numbers of lines in their block */
    WP_SECTION_BASES,          /* first line of each block and family; none if narrow */
    WP_SECTION_LINES,          /* struct wp_line */
    WP_SECTION_ENTRIES,        /* struct wp_entry_record */
    WP_SECTION_RULES,          /* struct wp_rule_record */
    WP_SECTION_PLAIN,          /* three rows: enum wp_plain_row */
    WP_SECTION_ATOMS,          /* the atom of each group, then of each user */
    WP_SECTION_POSTINGS_INDEX, /* 2 * atoms + 1 places in POSTINGS */
    WP_SECTION_POSTINGS,       /* entries that an atom fulfils, entries that it forbids */
    WP_SECTION_RESIDUALS,      /* struct wp_residual */
    WP_SECTION_CLAUSES,        /* clauses + 1 places in CLAUSE_ATOMS */
    WP_SECTION_CLAUSE_ATOMS,
    WP_SECTION_CODE,         /* instructions: opcodes.def */
    WP_SECTION_OUTCOMES,     /* struct wp_outcome_record */
    WP_SECTION_CHAINS,       /* where in CODE each chain starts */
    WP_SECTION_NAME_KINDS,   /* struct wp_name_kind, WP_NAME_KINDS of them */
    WP_SECTION_NAME_STRINGS, /* strings + 1 places in NAME_TEXT */
    WP_SECTION_NAME_ALIASES, /* the number that each alias stands for */
    WP_SECTION_NAME_BUCKETS, /* places in NAME_RECORDS */
    WP_SECTION_NAME_RECORDS, /* struct wp_name_record */
    WP_SECTION_NAME_TEXT,    /* names and messages, each with a NUL after it */
    WP_SECTION_HEADS,        /* of each row its lines in two blocks; none if narrow */
    WP_SECTION_LEADS,        /* of each lead WP_LEAD_FACTS numbers and one a device */
    WP_SECTION_MARKS,        /* of each class; then of each address row, unless a class is one */
    WP_SECTION_KNOWN,        /* one above the last that evaluation reads */

    /* Optional ones, which evaluation never reads. */
    WP_SECTION_PROVENANCE = 64, /* what built it, as text */
    WP_SECTION_SOURCE = 65      /* the source files: compiler/bundle.h */
};

/* ---- the rows ------------------------------------------------------------------ */

/* Entries are numbered from 0; a block is 512 of them, a line their bits. */
#define WP_BLOCK_BITS 512u
#define WP_LINE_WORDS 8u
#define WP_LINE_SIZE 64u
struct wp_line {
    uint64_t words[WP_LINE_WORDS];
};

/* A row says which entries one value of a dimension allows. The families' rows
 * stand behind each other. */
enum wp_family {
    WP_FAMILY_ADDRESS, /* row 1: the absent address; others: what differs from it */
    WP_FAMILY_DEVICE,  /* by device type */
    WP_FAMILY_POSTURE, /* by posture */
    WP_FAMILY_APP,     /* row 1: the absent app; others: what differs from it */
    WP_FAMILY_COUNT
};
#define WP_POSTURES 60u
#define WP_DEVICES_MAX 64u
#define WP_CLASSES_MAX (1u << 30)
#define WP_APPS_MAX (1u << 22)
#define WP_ENTRIES_OF_REQUEST 5u /* ways of entry, absent included */
#define WP_RISKS 3u

/*
 * In an image of one or two blocks a row is the number of its line in each of them, and any
 * line can be anybody's.
 *
 * In others it is a `wp_row` for each column of 32 blocks. Of its lines there those with
 * a bit in `summary` are not all zero: the one of block i is line
 * BASES[block * WP_FAMILY_COUNT + family] + LINE_NUMBERS[numbers + i]. Line 0 is all zeros.
 */
#define WP_NARROW_BLOCKS 2u
struct wp_row {
    union {
        uint32_t lines[WP_NARROW_BLOCKS];
        struct {
            uint32_t summary;
            uint32_t numbers; /* 0 when the summary is */
        };
    };
};
#define WP_COLUMN_BLOCKS 32u

/*
 * Leads, of wide images that have marks: the blocks that some policy begins in, and the ones
 * behind these that it goes on in, rising. A lead is the number of its block, then that of its
 * line of each posture, then of each device type.
 */
#define WP_LEAD_POSTURES 1u
#define WP_LEAD_FACTS (WP_LEAD_POSTURES + WP_POSTURES)
#define WP_LEAD_BLOCKS 2u /* of a policy, at most */

/*
 * A mark is 128 bits that say which entries a row or a class of addresses may have otherwise
 * than the absent address: an entry is one bit of either half, its number in its word of 64
 * turned by an amount that depends on which word of all entries that is. Where a bit of both is
 * missing, nothing differs.
 */
#define WP_MARK_HALVES 2u
struct wp_mark {
    uint64_t halves[WP_MARK_HALVES];
};

/* What the amount grows by from word to word, within a block. */
#define WP_MARK_STEP(half) ((half) == 0 ? 29u : 11u)
static inline uint32_t
wp_mark_turn(uint32_t word, uint32_t half)
{
    return WP_MARK_STEP(half) * word + half * (7 * (word / WP_LINE_WORDS) + 5);
}
static inline uint64_t
wp_turn_up(uint64_t bits, uint32_t turn)
{
    return bits << turn % 64 | bits >> -turn % 64;
}
static inline uint64_t
wp_turn_down(uint64_t bits, uint32_t turn)
{
    return bits >> turn % 64 | bits << -turn % 64;
}

/* Adds a word of entries that differ to a mark. */
static inline void
wp_mark_add(struct wp_mark *mark, uint64_t bits, uint32_t word)
{
    for (uint32_t half = 0; half < WP_MARK_HALVES; half++)
        mark->halves[half] |= wp_turn_up(bits, wp_mark_turn(word, half));
}

/* Row 0 of addresses and of apps is empty: nothing differs. */
#define WP_ROW_NOTHING 0u
#define WP_ROW_ABSENT 1u

/*
 * What an address allows is row 1 XOR the rows that are the parts of its class. Class 0 is
 * that of the absent address.
 *
 * Even classes have `parts` of them each. With one part a class is that row itself and
 * CLASSES is empty.
 *
 * Uneven ones, of narrow images, have up to `parts` and stand in the order of how many:
 * CLASSES begins with WP_UNEVEN_MAX numbers, rising, of which number i is the first class
 * that has more than i parts, or the number of classes. Behind the parts stand as many zeros
 * as a class can have parts.
 */
#define WP_PARTS_MAX 8u
#define WP_UNEVEN_MAX 24u
#define WP_UNEVEN_INDEX_SIZE (WP_UNEVEN_MAX * 4u) /* bytes */

enum wp_plain_row {
    WP_PLAIN_ANYBODY,  /* entries that no group or user has to fulfil */
    WP_PLAIN_POSSIBLE, /* entries that no user has to fulfil */
    WP_PLAIN_GUARDED,  /* entries that some group forbids */
    WP_PLAIN_COUNT
};

/* ---- the sections' records ---------------------------------------------------------- */

/* Counts that sizes of sections follow from. */
struct wp_shape {
    uint32_t blocks;
    uint32_t columns;               /* of a row */
    uint32_t rows[WP_FAMILY_COUNT]; /* of each family */
    uint32_t line_numbers;
    uint32_t lines;
    uint32_t head;          /* of a wide image: the block that heads begin with */
    uint32_t leads;         /* of a wide image: if it has marks, and else 0 */
    uint32_t classes;       /* of addresses */
    uint32_t parts;         /* rows of each, at most */
    uint32_t part_size;     /* bytes of a row's number in CLASSES: 1, 2 or 4 */
    uint32_t uneven_parts;  /* of all classes, if they are uneven */
    uint32_t v4_layout;     /* enum wp_v4_layout */
    uint32_t v4_count;      /* values: those of ranges, of which a table may have one twice */
    uint32_t v4_bits;       /* of a list: upper bits of an address that the index is by */
    uint32_t v4_halvings;   /* of what that leaves, before all of it is compared */
    uint32_t v4_nodes;      /* of a table */
    uint32_t v4_lows;       /* of a table */
    uint32_t v4_value_bits; /* of each value */
    uint32_t v6_count;      /* distinct upper halves where ranges start */
    uint32_t v6_levels;     /* of the tree above them */
    uint32_t v6_lower;      /* 64-bit units of V6_LOWER */
    uint32_t v6_value_bits;
    uint32_t apps; /* the absent app included */
    uint32_t policies;
    uint32_t rules;
    uint32_t groups;
    uint32_t users;
    uint32_t atoms;
    uint32_t postings;
    uint32_t residuals;
    uint32_t clauses;
    uint32_t clause_atoms;
    uint32_t code_words;
    uint32_t outcomes;
    uint32_t chains;
    uint32_t default_policy; /* or WP_NO_NUMBER */
};

/*
 * IPv4: ranges of addresses, and for each a value: its class.
 *
 * A list: for each of 2^bits upper parts of an address the number of the range that holds
 * its first address, then that of the last range; where ranges start, rising from 0.0.0.0;
 * a margin of all ones.
 */
enum wp_v4_layout { WP_V4_LIST, WP_V4_TABLE };
#define WP_V4_HALVINGS_MAX 16u
#define WP_V4_INDEX_BITS_MAX 16u
#define WP_V4_KEYS_MARGIN 8u /* keys of all ones after a list, for wide loads */

/*
 * A table: for each first octet of an address a way of its own to its values, after what
 * lies there; then nodes; then lower halves of addresses; a margin of zeros.
 *
 * Cells: 2^shift addresses each, and nodes of 16 of them. A node says, in its upper 17 bits,
 * which of the octet's values is that of its first cell, and of each further cell whether
 * it begins the next value: bit 14 of the second one, bit 0 of the last. With
 * WP_V4_CELLS_AND_LISTS a value may also be that of a cell in which ranges start: classes
 * and the number of a list.
 *
 * Starts: nodes of 2^shift addresses, at most 65,536, and one more. A node is the number of
 * the first value that starts there or later. Before the first is the octet's first value,
 * which holds from its first address on; where the others start, their lows say.
 *
 * Lists, behind the last octet, are nodes of starts, too. They hold for a cell each, from
 * its first address on. The value before the first list is never used.
 */
enum wp_v4_kind { WP_V4_CELLS, WP_V4_STARTS, WP_V4_CELLS_AND_LISTS, WP_V4_KINDS };
struct wp_v4_octet {
    uint32_t nodes; /* of cells: less the number that its first address would be in */
    uint32_t first; /* value; there is at least one */
    uint32_t lows;  /* of starts: the number of the value that the first of all lows is of */
    uint8_t kind;
    uint8_t shift; /* 0 for lists */
    uint16_t reserved;
};
#define WP_V4_LISTS 256u /* where lists are among the octets */
#define WP_V4_OCTETS 257u
#define WP_V4_NODE_CELLS 16u
#define WP_V4_NODE_BITS 15u /* of a node of cells: the lower ones, of all cells but the first */
#define WP_V4_CELL_SHIFT_MIN 8u
#define WP_V4_CELL_SHIFT_MAX 20u
#define WP_V4_START_SHIFT_MIN 8u
#define WP_V4_START_SHIFT_MAX 16u
#define WP_V4_LOWS_MARGIN 16u /* zeros after a table's lows, for wide loads */

/*
 * Values, of IPv4 and of IPv6, have as many bits as the largest needs, and no less than 16:
 * number n begins at bit n * bits. Zeros follow up to a multiple of 8 bytes, so many that
 * eight bytes can be read wherever a value begins.
 */
#define WP_VALUE_BITS_MIN 16u
#define WP_VALUE_BITS_MAX 31u
static inline uint64_t
wp_packed_bytes(uint32_t count, uint32_t bits)
{
    return ((uint64_t)count * bits / 8 + 15) / 8 * 8;
}

/* Places of a list's index. */
static inline uint32_t
wp_v4_index_size(const struct wp_shape *shape)
{
    return (UINT32_C(1) << shape->v4_bits) + 1;
}

/* Whether classes have as many parts as they need. */
static inline bool
wp_is_uneven(const struct wp_shape *shape)
{
    return shape->uneven_parts > 0;
}

/* The size of CLASSES. */
static inline uint64_t
wp_class_bytes(const struct wp_shape *shape)
{
    if (wp_is_uneven(shape))
        return WP_UNEVEN_INDEX_SIZE +
               ((uint64_t)shape->uneven_parts + WP_UNEVEN_MAX) * shape->part_size;
    return shape->parts > 1 ? (uint64_t)shape->classes * shape->parts * shape->part_size : 0;
}

/* How many numbers a lead has. */
static inline uint32_t
wp_lead_size(const struct wp_shape *shape)
{
    return WP_LEAD_FACTS + shape->rows[WP_FAMILY_DEVICE];
}

/* Marks, of images that have them: of each class, then, unless a class is one, of each row of
 * addresses. Uneven classes have none. */
static inline uint64_t
wp_mark_count(const struct wp_shape *shape)
{
    if (wp_is_uneven(shape))
        return 0;
    return (uint64_t)shape->classes + (shape->parts > 1 ? shape->rows[WP_FAMILY_ADDRESS] : 0);
}

/* Whether rows are lines. */
static inline bool
wp_is_narrow(const struct wp_shape *shape)
{
    return shape->blocks <= WP_NARROW_BLOCKS;
}

/* IPv6: levels of keys, the top one first, each padded to nodes of 16 with all
 * ones. A value is a class, or the number of classes and a place in V6_LOWER, in 64-bit
 * units: a count n, n lower halves, n classes in (n + 1) / 2 units. */
#define WP_V6_NODE 16u
#define WP_V6_LEVELS_MAX 8u

/* Keys of the level that has `below` levels below it, less one. */
static inline uint32_t
wp_v6_last(uint32_t count, uint32_t below)
{
    return (count - 1) >> (4 * below);
}

/* How many keys a level takes, filled up to whole nodes. */
static inline uint32_t
wp_v6_padded(uint32_t count, uint32_t below)
{
    return (wp_v6_last(count, below) / WP_V6_NODE + 1) * WP_V6_NODE;
}

struct wp_app {
    uint32_t policy; /* or WP_NO_NUMBER: none applies */
    uint32_t row;    /* of the family APP */
};

struct wp_policy_record {
    uint32_t first, last;               /* its deciding entries; the last one's next has no
                                           rule and the code of `otherwise` */
    uint32_t report_first, report_last; /* its reporting ones */
    uint32_t flags;
    uint32_t lead;                    /* where in LEADS the one of its first block is */
    uint32_t lines[WP_NARROW_BLOCKS]; /* narrow: of the deciding entries alone. With leads: of
                                         those that the absent address has; 0 behind its last */
};
#define WP_POLICY_TESTS_APPS 1u /* rows of the family APP matter in it */

/* Of the entries [first, last) those that are bits of word `number`, counted through all
 * blocks: what a policy's lines must say. */
static inline uint64_t
wp_word_of_entries(uint32_t first, uint32_t last, uint32_t number)
{
    const uint32_t start = number * 64;
    const uint32_t from = first > start ? first - start : 0, to = last > start ? last - start : 0;
    const uint64_t behind = from < 64 ? UINT64_MAX << from : 0;
    return to < 64 ? behind & ~(UINT64_MAX << to) : behind;
}

struct wp_entry_record {
    uint32_t rule; /* or WP_NO_NUMBER between policies */
    uint32_t outcome;
};

/* What is decided, where a decision has it: it is copied as a whole. Number 0 is a plain deny. */
struct wp_outcome_record {
    uint32_t effect;         /* enum woapol_effect */
    uint32_t reserved[3];    /* 0: of reason, policy and rule each decision has its own */
    uint32_t chain;          /* of WOAPOL_AUTHENTICATE alone, else WP_NO_NUMBER */
    uint32_t message;        /* or WP_NO_NUMBER */
    uint64_t reauth_seconds; /* or all ones */
};
#define WP_PLAIN_DENY 0u

struct wp_rule_record {
    uint32_t first, last; /* its entries */
    uint32_t policy;
    uint32_t flags;
};
#define WP_RULE_REPORT 1u

/* A posting is an entry, or with this bit a residual: an entry of which more has
 * to hold than that one atom. */
#define WP_POSTING_RESIDUAL 0x80000000u
struct wp_residual {
    uint32_t entry;
    uint32_t first, last; /* clauses, each any of its atoms */
    uint32_t reserved;
};

/* ---- names ------------------------------------------------------------------------------ */

/* The kinds of woapol.h in their order, then messages. */
#define WP_NAME_MESSAGES 9u
#define WP_NAME_KINDS 10u

/* Strings `first` to `first + count` are names of the numbers from 0, then come
 * `aliases` further names; records are sorted by bucket, hash and string. */
struct wp_name_kind {
    uint32_t first, count, aliases;
    uint32_t first_alias;  /* into NAME_ALIASES */
    uint32_t first_bucket; /* into NAME_BUCKETS; there is one more than bucket_count */
    uint32_t bucket_count; /* a power of two, or 0: cannot be looked up */
};

struct wp_name_record {
    uint32_t hash; /* wp_hash_name; its low bits are the bucket */
    uint32_t string;
};

#endif
