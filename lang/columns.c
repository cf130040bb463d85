/* Widths of characters: two columns for the wide ones of East Asia and emoji,
 * none for marks that combine. */
#include "columns.h"

#define TAB_STOP 4

struct range {
    uint32_t low, high;
};

static const struct range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
    {0x0610, 0x061a}, {0x064b, 0x065f}, {0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x0900, 0x0902},
    {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d}, {0x20d0, 0x20ff},
    {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x2705, 0x2705},
    {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
    {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18aff}, {0x1b000, 0x1b2ff},
    {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f567},
    {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6d0, 0x1f6df},
    {0x1f6eb, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd},
};

/* Controls of C0 and C1, and those that change the direction of text. */
static const struct range unprintable[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c}, {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfff9, 0xfffb},
};

static bool
is_in(uint32_t character, const struct range *ranges, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (character > ranges[middle].high)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && character >= ranges[low].low;
}

/* Decodes one character strictly; 0 bytes when it is not UTF-8. */
static uint32_t
decode(const unsigned char *text, size_t length, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t lead = text[0];
    uint32_t bytes = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (bytes == 0 || lead > 0xf4 || bytes > length)
        return 0;
    uint32_t value = bytes == 1 ? lead : lead & (0x7fu >> bytes);
    for (uint32_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3f);
    }
    if (value < least[bytes] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *character = value;
    return bytes;
}

struct wp_glyph
wp_glyph_at(const char *text, size_t length, unsigned column)
{
    if (text[0] >= ' ' && text[0] < 0x7f)
        return (struct wp_glyph){1, 1, true};
    if (text[0] == '\t')
        return (struct wp_glyph){1, TAB_STOP - column % TAB_STOP, true};
    uint32_t character = 0;
    uint32_t bytes = decode((const unsigned char *)text, length, &character);
    if (bytes == 0)
        return (struct wp_glyph){1, 1, false};
    if (is_in(character, unprintable, sizeof unprintable / sizeof *unprintable))
        return (struct wp_glyph){bytes, 1, false};
    if (is_in(character, combining, sizeof combining / sizeof *combining))
        return (struct wp_glyph){bytes, 0, true};
    bool is_wide = is_in(character, wide, sizeof wide / sizeof *wide);
    return (struct wp_glyph){bytes, is_wide ? 2 : 1, true};
}

unsigned
wp_columns(const char *text, size_t length)
{
    unsigned column = 0;
    for (size_t at = 0; at < length;) {
        struct wp_glyph glyph = wp_glyph_at(text + at, length - at, column);
        column += glyph.columns;
        at += glyph.bytes;
    }
    return column;
}
