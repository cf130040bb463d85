/*
 * The sources of a compilation in one piece. Names are made relative before they
 * are written, and nothing that is read is believed.
 */
#include "compiler/bundle.h"
#include "compiler/load.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

/* Deflate cannot do better than this, so what claims more is a lie. */
#define MAX_RATIO 1032
#define MAX_NAME 4096
/* Measured on 28 MB of rules and prefixes: level 4 takes 0.5 s for 7.4 MB, level 9
 * 4.6 s for 6.3 MB, and compiling must take seconds. */
#define LEVEL 4

static void
put32(unsigned char *at, uint64_t number)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (unsigned char)(number >> (8 * i));
}

static uint32_t
get32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* zlib takes its memory from the arena, so it cannot run out. */
static void *
take_memory(void *arena, unsigned count, unsigned size)
{
    return wp_alloc_array(arena, count, size);
}

static void
keep_memory(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

/* ---- names ------------------------------------------------------------------- */

/* The length of a path's folder with its slash: 0 for "policy.woapol". */
static size_t
folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

static bool
climbs(const char *folder, size_t length)
{
    for (size_t i = 0; i + 2 < length; i++)
        if ((i == 0 || folder[i - 1] == '/') && memcmp(folder + i, "../", 3) == 0)
            return true;
    return false;
}

/*
 * The name as seen from the folder of `main_file`: what both paths start with is
 * left out, and each folder that remains of the main file's is one "../". A name
 * that cannot be seen from there (the folder leads up where it cannot be
 * followed down again) stays as it is.
 */
static const char *
relative_name(struct wp_arena *arena, const char *main_file, const char *name)
{
    size_t folder = folder_length(main_file), common = 0, up = 0;
    if ((name[0] == '/') != (main_file[0] == '/'))
        return name;
    for (size_t i = 0; i < folder && name[i] == main_file[i]; i++)
        if (name[i] == '/')
            common = i + 1;
    if (climbs(main_file + common, folder - common))
        return name;
    for (size_t i = common; i < folder; i++)
        up += main_file[i] == '/';
    size_t rest = strlen(name + common);
    char *result = wp_alloc(arena, 3 * up + rest + 1);
    for (size_t i = 0; i < up; i++)
        memcpy(result + 3 * i, "../", 3);
    memcpy(result + 3 * up, name + common, rest);
    return result;
}

static bool
is_module(const char *name)
{
    return strncmp(name, "std/", 4) == 0 && strchr(name, '.') == NULL;
}

/* A name that may stand in a bundle: it will be printed and compared. */
static bool
is_name(const char *name, size_t length)
{
    if (length == 0 || length > MAX_NAME)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return false;
    return true;
}

/* ---- writing ------------------------------------------------------------------- */

static const void *
deflate_all(struct wp_arena *arena, struct wp_arena *scratch, unsigned char *plain,
            size_t plain_size, size_t *size)
{
    z_stream stream = {.zalloc = take_memory, .zfree = keep_memory, .opaque = scratch};
    int status = deflateInit2(&stream, LEVEL, Z_DEFLATED, 15, 8, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);
    uLong bound = deflateBound(&stream, (uLong)plain_size);
    unsigned char *bytes = wp_alloc(scratch, 8 + bound), *packed;
    put32(bytes, plain_size);
    put32(bytes + 4, plain_size >> 32);
    stream.next_in = plain;
    stream.avail_in = (uInt)plain_size;
    stream.next_out = bytes + 8;
    stream.avail_out = (uInt)bound;
    status = deflate(&stream, Z_FINISH);
    assert(status == Z_STREAM_END);
    (void)status;
    *size = 8 + stream.total_out;
    (void)deflateEnd(&stream);
    packed = wp_alloc(arena, *size);
    memcpy(packed, bytes, *size);
    return packed;
}

const void *
wp_bundle_write(struct wp_arena *arena, const struct wp_sources *sources, size_t *size,
                const char **reason)
{
    size_t count = sources->count, plain_size = 4;
    if (count > WP_MAX_BUNDLED_FILES) {
        *reason = "an image holds the text of 4096 source files at most";
        return NULL;
    }
    const char **names = wp_alloc_array(arena, count, sizeof *names);
    /* Imports were tidied when they were loaded; "./policy.woapol" was not. */
    const char *main_file = count == 0 ? "" : wp_import_path(arena, "", sources->files[0].name);
    for (size_t i = 0; i < count; i++) {
        const char *name = sources->files[i].name;
        if (is_module(name))
            names[i] = name;
        else
            names[i] = relative_name(arena, main_file, wp_import_path(arena, "", name));
        if (!is_name(names[i], strlen(names[i]))) {
            *reason = "a source file has a name that is too long or holds control characters";
            return NULL;
        }
        plain_size += 8 + strlen(names[i]) + sources->files[i].length;
    }
    if (plain_size > WP_MAX_BUNDLE) {
        *reason = "an image holds 1 GiB of source text at most";
        return NULL;
    }

    struct wp_arena *scratch = wp_arena_inside(arena);
    unsigned char *plain = wp_alloc(scratch, plain_size), *at = plain + 4;
    put32(plain, count);
    for (size_t i = 0; i < count; i++) {
        size_t name_size = strlen(names[i]), text_size = sources->files[i].length;
        put32(at, name_size);
        put32(at + 4, text_size);
        memcpy(at + 8, names[i], name_size);
        memcpy(at + 8 + name_size, sources->files[i].text, text_size);
        at += 8 + name_size + text_size;
    }
    const void *packed = deflate_all(arena, scratch, plain, plain_size, size);
    wp_arena_free(scratch);
    return packed;
}

/* ---- reading ------------------------------------------------------------------- */

static unsigned char *
inflate_all(struct wp_arena *arena, const unsigned char *bytes, size_t size, size_t plain_size)
{
    z_stream stream = {.zalloc = take_memory, .zfree = keep_memory, .opaque = arena};
    unsigned char *plain = wp_alloc(arena, plain_size + 1);
    if (inflateInit(&stream) != Z_OK)
        return NULL;
    /* next_in is not written through. */
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = plain;
    stream.avail_out = (uInt)plain_size;
    int status = inflate(&stream, Z_FINISH);
    bool whole = status == Z_STREAM_END && stream.total_out == plain_size && stream.avail_in == 0;
    (void)inflateEnd(&stream);
    return whole ? plain : NULL;
}

static bool
knows(const struct wp_bundle *bundle, const char *name)
{
    for (uint32_t i = 0; i < bundle->count; i++)
        if (strcmp(bundle->files[i].name, name) == 0)
            return true;
    return false;
}

/* Takes one file off the front of the `left` bytes at `at`; 0 when it is not one,
 * else its size. */
static size_t
read_file(struct wp_bundle *bundle, struct wp_arena *arena, const unsigned char *at, size_t left)
{
    if (left < 8)
        return 0;
    size_t name_size = get32(at), text_size = get32(at + 4);
    if (name_size > left - 8 || text_size > left - 8 - name_size)
        return 0;
    const char *name = (const char *)at + 8;
    if (!is_name(name, name_size))
        return 0;
    struct wp_bundled_file *file = &bundle->files[bundle->count];
    file->name = wp_copy_text(arena, name, name_size);
    file->text = wp_copy_text(arena, name + name_size, text_size);
    file->length = (uint32_t)text_size;
    if (knows(bundle, file->name))
        return 0;
    bundle->count++;
    return 8 + name_size + text_size;
}

bool
wp_bundle_read(struct wp_bundle *bundle, struct wp_arena *arena, const void *bytes, size_t size,
               const char **reason)
{
    const unsigned char *head = bytes;
    *bundle = (struct wp_bundle){0};
    *reason = "the source texts in it are damaged";
    if (size < 8)
        return false;
    uint64_t plain_size = get32(head) | (uint64_t)get32(head + 4) << 32;
    if (plain_size < 4 || plain_size > WP_MAX_BUNDLE || size - 8 > 2 * WP_MAX_BUNDLE ||
        plain_size / MAX_RATIO > size - 8)
        return false;
    const unsigned char *plain = inflate_all(arena, head + 8, size - 8, plain_size);
    if (plain == NULL)
        return false;
    uint32_t count = get32(plain);
    if (count == 0 || count > WP_MAX_BUNDLED_FILES)
        return false;

    bundle->files = wp_alloc_array(arena, count, sizeof *bundle->files);
    size_t at = 4;
    while (bundle->count < count) {
        size_t used = read_file(bundle, arena, plain + at, plain_size - at);
        if (used == 0)
            return false;
        at += used;
    }
    return at == plain_size;
}

static const char *
find_file(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    const struct wp_bundle *bundle = context;
    (void)arena;
    for (uint32_t i = 0; i < bundle->count; i++) {
        if (strcmp(bundle->files[i].name, path) == 0) {
            *length = bundle->files[i].length;
            return bundle->files[i].text;
        }
    }
    *reason = "the image does not hold it";
    return NULL;
}

struct wp_reader
wp_bundle_reader(const struct wp_bundle *bundle)
{
    /* find_file only reads through its context. */
    return (struct wp_reader){
        .read = find_file, .context = (void *)(uintptr_t)bundle, .has_modules = true};
}
