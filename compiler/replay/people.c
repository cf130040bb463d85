#include "compiler/replay/people.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compiler/decide/json_fields.h"
#include "compiler/map.h"
#include "compiler/replay/csv.h"
#include "compiler/replay/event.h"
#include "compiler/replay/logs.h"

#define SCIM_MAX (256u << 20)

/* A person, in as little memory as there may be: exports have millions. */
struct known {
    struct wp_person person;
    uint32_t *groups;         /* numbers of names */
    struct woapol_text *keys; /* besides the name; NULL: none is said */
    uint32_t room, length;
    bool is_respelt : 1, is_double : 1;
    char name[];
};

/* Where a name is: the half of its hash that says where to look, and a number plus one;
 * 0: free. */
struct slot {
    uint32_t tag, number;
};

struct wp_people {
    struct wp_arena *arena;
    struct known **people;
    size_t count, room;
    struct slot *slots; /* an open hash table */
    size_t capacity;
    struct woapol_text *names; /* of groups, each once */
    size_t name_count, name_room;
    size_t unreadable; /* lines */
    size_t respelt;    /* names */
    /* By a key, once one is asked for; doubles are chained behind the first. */
    enum wp_person_key indexed;
    struct wp_map by_key;
    struct wp_map by_group;
};

struct wp_people *
wp_people_new(struct wp_arena *arena)
{
    struct wp_people *people = wp_alloc(arena, sizeof *people);
    people->arena = arena;
    wp_map_init(&people->by_group, arena);
    return people;
}

/* ---- names --------------------------------------------------------------------- */

/* Up to eight bytes, capital ASCII letters made small, zeros behind them. */
static uint64_t
small_word(const char *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word = 0;
    memcpy(&word, text, length < sizeof word ? length : sizeof word);
    uint64_t low = word & 0x7f * ones;
    uint64_t from_a = low + (0x80 - 'A') * ones, above_z = low + (0x7f - 'Z') * ones;
    uint64_t is_capital = (from_a ^ above_z) & ~word & 0x80 * ones;
    return word | is_capital >> 2;
}

uint64_t
wp_hash_name(struct woapol_text name)
{
    uint64_t hash = name.length, word;
    for (size_t at = 0; at < name.length; at += sizeof word) {
        word = small_word(name.text + at, name.length - at);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return (hash ^ hash >> 32) | 1;
}

static bool
is_same_name(const struct known *known, struct woapol_text name)
{
    if (known->length != name.length)
        return false;
    for (size_t at = 0; at < name.length; at += sizeof(uint64_t))
        if (small_word(known->name + at, name.length - at) !=
            small_word(name.text + at, name.length - at))
            return false;
    return true;
}

static bool
is_group(const void *context, uint32_t number, const void *key)
{
    const struct wp_people *people = context;
    const struct woapol_text *name = key, *known = &people->names[number];
    return known->length == name->length && memcmp(known->text, name->text, name->length) == 0;
}

/* Room for one more in an array that grows by halves. */
static void *
grown(struct wp_arena *arena, void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    size_t before = *room;
    *room = before == 0 ? 4 : before * 2;
    return before == 0 ? wp_alloc_array(arena, *room, size)
                       : wp_extend(arena, array, before * size, *room * size);
}

static uint32_t
group_number(struct wp_people *people, struct woapol_text name)
{
    uint64_t hash = wp_hash_bytes(0, name.text, name.length);
    uint32_t number = wp_map_find(&people->by_group, hash, is_group, people, &name);
    if (number != UINT32_MAX)
        return number;
    people->names = grown(people->arena, people->names, people->name_count, &people->name_room,
                          sizeof *people->names);
    people->names[people->name_count] =
        (struct woapol_text){wp_copy_text(people->arena, name.text, name.length), name.length};
    wp_map_add(&people->by_group, hash, (uint32_t)people->name_count);
    return (uint32_t)people->name_count++;
}

/* ---- people by name ----------------------------------------------------------------- */

static uint32_t
tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static size_t
first_slot(const struct wp_people *people, uint32_t tag)
{
    return tag & (people->capacity - 1);
}

/* The slot of the name, or the free one where it would be. */
static struct slot *
slot_of(const struct wp_people *people, struct woapol_text name, uint64_t hash)
{
    uint32_t tag = tag_of(hash);
    size_t at = first_slot(people, tag);
    while (people->slots[at].number != 0 &&
           (people->slots[at].tag != tag ||
            !is_same_name(people->people[people->slots[at].number - 1], name)))
        at = (at + 1) & (people->capacity - 1);
    return &people->slots[at];
}

static void
widen(struct wp_people *people)
{
    struct slot *old = people->slots;
    size_t before = people->capacity, capacity = before == 0 ? 64 : before * 2;
    people->slots = wp_alloc_array(people->arena, capacity, sizeof *people->slots);
    people->capacity = capacity;
    for (size_t i = 0; i < before; i++) {
        size_t at = first_slot(people, old[i].tag);
        while (old[i].number != 0 && people->slots[at].number != 0)
            at = (at + 1) & (capacity - 1);
        if (old[i].number != 0)
            people->slots[at] = old[i];
    }
    wp_release(people->arena, old, before * sizeof *old);
}

static struct known *
person_of(struct wp_people *people, struct woapol_text name)
{
    uint64_t hash = wp_hash_name(name);
    if (people->count >= people->capacity / 4 * 3)
        widen(people);
    struct slot *slot = slot_of(people, name, hash);
    if (slot->number != 0) {
        struct known *known = people->people[slot->number - 1];
        if (!known->is_respelt && memcmp(known->name, name.text, name.length) != 0) {
            known->is_respelt = true;
            people->respelt++;
        }
        return known;
    }
    struct known *known = wp_alloc(people->arena, sizeof *known + name.length + 1);
    known->length = (uint32_t)name.length;
    memcpy(known->name, name.text, name.length);
    people->people =
        grown(people->arena, people->people, people->count, &people->room, sizeof(struct known *));
    people->people[people->count++] = known;
    *slot = (struct slot){tag_of(hash), (uint32_t)people->count};
    return known;
}

static void
add_group(struct wp_people *people, struct known *known, struct woapol_text name)
{
    struct wp_person *person = &known->person;
    size_t room = known->room;
    person->has_groups = true;
    person->is_cut =
        person->is_cut || (name.length > 0 && person->group_count == WP_RECORD_GROUPS_MAX);
    if (name.length == 0 || person->group_count == WP_RECORD_GROUPS_MAX)
        return;
    known->groups =
        grown(people->arena, known->groups, person->group_count, &room, sizeof *known->groups);
    known->room = (uint32_t)room;
    known->groups[person->group_count++] = group_number(people, name);
    person->groups = known->groups;
}

void
wp_people_expect(const struct wp_people *people, uint64_t hash)
{
    if (people->capacity > 0)
        __builtin_prefetch(&people->slots[first_slot(people, tag_of(hash))]);
}

void
wp_people_expect_next(const struct wp_people *people, uint64_t hash)
{
    size_t at = first_slot(people, tag_of(hash));
    for (unsigned i = 0; people->capacity > 0 && i < 4; i++) {
        const struct slot *slot = &people->slots[(at + i) & (people->capacity - 1)];
        if (slot->number != 0 && slot->tag == tag_of(hash)) {
            __builtin_prefetch(people->people[slot->number - 1]);
            return;
        }
    }
}

const struct wp_person *
wp_people_find(const struct wp_people *people, struct woapol_text name, uint64_t hash)
{
    const struct slot *slot = people->capacity == 0 ? NULL : slot_of(people, name, hash);
    return slot == NULL || slot->number == 0 ? NULL : &people->people[slot->number - 1]->person;
}

struct woapol_text
wp_people_group(const struct wp_people *people, const struct wp_person *person, size_t number)
{
    return people->names[person->groups[number]];
}

/* ---- other keys ----------------------------------------------------------------- */

/* Keeps the first value that is said. */
static void
add_key(struct wp_people *people, struct known *known, enum wp_person_key key,
        struct woapol_text value)
{
    if (value.length > 0 && known->keys == NULL)
        known->keys = wp_alloc_array(people->arena, WP_KEY_COUNT, sizeof *known->keys);
    if (value.length > 0 && known->keys[key].text == NULL)
        known->keys[key] = (struct woapol_text){
            wp_copy_text(people->arena, value.text, value.length), value.length};
}

struct key_question {
    const struct wp_people *people;
    enum wp_person_key key;
};

struct woapol_text
wp_person_key(const struct wp_person *person, enum wp_person_key key)
{
    const struct known *known = (const struct known *)person; /* its first member */
    if (key == WP_KEY_NAME)
        return (struct woapol_text){known->name, known->length};
    return known->keys == NULL ? (struct woapol_text){NULL, 0} : known->keys[key];
}

static bool
has_key(const void *context, uint32_t number, const void *value)
{
    const struct key_question *question = context;
    const struct woapol_text *wanted = value;
    struct woapol_text known =
        wp_person_key(&question->people->people[number]->person, question->key);

    if (known.length != wanted->length)
        return false;
    return question->key == WP_KEY_ID ? memcmp(known.text, wanted->text, wanted->length) == 0
                                      : strncasecmp(known.text, wanted->text, wanted->length) == 0;
}

static void
index_by(struct wp_people *people, enum wp_person_key key)
{
    const struct key_question question = {people, key};

    wp_map_init(&people->by_key, people->arena);
    for (size_t i = 0; i < people->count; i++) {
        const struct woapol_text value = wp_person_key(&people->people[i]->person, key);
        if (value.text == NULL)
            continue;
        uint64_t hash = wp_hash_name(value);
        uint32_t number = wp_map_find(&people->by_key, hash, has_key, &question, &value);
        if (number != UINT32_MAX)
            people->people[number]->is_double = true;
        else
            wp_map_add(&people->by_key, hash, (uint32_t)i);
    }
    people->indexed = key;
}

const struct wp_person *
wp_people_find_by(struct wp_people *people, enum wp_person_key key, struct woapol_text value,
                  bool *is_double)
{
    const struct key_question question = {people, key};

    *is_double = false;
    if (key == WP_KEY_NAME)
        return wp_people_find(people, value, wp_hash_name(value));
    if (people->indexed != key)
        index_by(people, key);
    uint32_t number = wp_map_find(&people->by_key, wp_hash_name(value), has_key, &question, &value);
    if (number == UINT32_MAX)
        return NULL;
    *is_double = people->people[number]->is_double;
    return &people->people[number]->person;
}

size_t
wp_people_respelt(const struct wp_people *people)
{
    return people->respelt;
}

size_t
wp_people_count(const struct wp_people *people)
{
    return people->count;
}

const struct wp_person *
wp_people_at(const struct wp_people *people, size_t number, struct woapol_text *name)
{
    const struct known *known = people->people[number];
    *name = (struct woapol_text){known->name, known->length};
    return &known->person;
}

size_t
wp_people_unreadable(const struct wp_people *people)
{
    return people->unreadable;
}

/* ---- CSV -------------------------------------------------------------------------- */

enum column { USER, GROUPS, MANAGED, COMPLIANT, MAIL, ID, EMPLOYEE, OTHER };

static enum column
column_of(struct woapol_text name)
{
    static const struct {
        const char *name;
        enum column column;
    } names[] = {{"user", USER},
                 {"username", USER},
                 {"login", USER},
                 {"email", MAIL},
                 {"group", GROUPS},
                 {"groups", GROUPS},
                 {"managed", MANAGED},
                 {"compliant", COMPLIANT},
                 {"mail", MAIL},
                 {"externalid", ID},
                 {"external_id", ID},
                 {"objectguid", ID},
                 {"employeenumber", EMPLOYEE},
                 {"employee_number", EMPLOYEE},
                 {"employeeid", EMPLOYEE},
                 {"employee_id", EMPLOYEE}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wp_same_word(name, names[i].name))
            return names[i].column;
    return OTHER;
}

/* Whoever has no other name goes by the mail address. */
static bool
is_name(enum column column)
{
    return column == USER || column == MAIL;
}

struct layout {
    char separator, group_separator;
    size_t count;
    enum column columns[WP_CSV_COLUMNS_MAX];
    bool has_user;
};

static void
read_head(struct layout *layout, char *line, size_t length)
{
    struct woapol_text columns[WP_CSV_COLUMNS_MAX];
    layout->separator = wp_csv_separator((struct woapol_text){line, length});
    layout->count = wp_csv_split(line, length, layout->separator, columns);
    for (size_t i = 0; layout->count != SIZE_MAX && i < layout->count; i++) {
        layout->columns[i] = column_of(columns[i]);
        layout->has_user = layout->has_user || is_name(layout->columns[i]);
    }
}

static void
add_groups(struct wp_people *people, struct known *known, struct woapol_text list, char separator)
{
    known->person.has_groups = true;
    while (list.length > 0) {
        const char *end = memchr(list.text, separator, list.length);
        size_t length = end == NULL ? list.length : (size_t)(end - list.text);
        add_group(people, known, (struct woapol_text){list.text, length});
        length += end != NULL;
        list.text += length;
        list.length -= length;
    }
}

static void
read_row(struct wp_people *people, const struct layout *layout, char *line, size_t length)
{
    struct woapol_text columns[WP_CSV_COLUMNS_MAX];
    struct known *known = NULL;
    bool is_text = wp_is_utf8(line, length);
    size_t count = wp_csv_split(line, length, layout->separator, columns);
    if (count != layout->count || !is_text) {
        people->unreadable += length > 0;
        return;
    }
    for (size_t i = 0; i < count && known == NULL; i++)
        if (layout->columns[i] == USER && columns[i].length > 0)
            known = person_of(people, columns[i]);
    for (size_t i = 0; i < count && known == NULL; i++)
        if (is_name(layout->columns[i]) && columns[i].length > 0)
            known = person_of(people, columns[i]);
    people->unreadable += known == NULL;
    for (size_t i = 0; known != NULL && i < count; i++) {
        struct wp_person *person = &known->person;
        bool truth;
        if (layout->columns[i] == GROUPS) {
            add_groups(people, known, columns[i], layout->group_separator);
        } else if (layout->columns[i] == MANAGED && wp_read_truth(columns[i], &truth)) {
            person->has_managed = true;
            person->managed = truth;
        } else if (layout->columns[i] == COMPLIANT && wp_read_truth(columns[i], &truth)) {
            person->has_compliant = true;
            person->compliant = truth;
        } else if (layout->columns[i] == MAIL) {
            add_key(people, known, WP_KEY_MAIL, columns[i]);
        } else if (layout->columns[i] == ID) {
            add_key(people, known, WP_KEY_ID, columns[i]);
        } else if (layout->columns[i] == EMPLOYEE) {
            add_key(people, known, WP_KEY_EMPLOYEE, columns[i]);
        }
    }
}

static void
read_block(struct wp_people *people, struct layout *layout, struct wp_block *block)
{
    char *at = block->bytes, *end = block->bytes + block->length;
    bool is_head = block->in_file == 1;
    for (; at < end; is_head = false) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        size_t length = (size_t)(stop - at);
        length -= length > 0 && at[length - 1] == '\r';
        if (is_head)
            read_head(layout, at, length);
        else
            read_row(people, layout, at, length);
        at = stop + 1;
    }
}

static const char *
read_csv(struct wp_people *people, const char *path, char separator)
{
    struct layout layout = {.group_separator = separator};
    struct wp_logs source;
    struct wp_block *block = malloc(sizeof *block);
    const char *error = NULL;
    if (!wp_logs_init(&source, &path, 1, WP_LOG_CSV) || block == NULL)
        error = "out of memory";
    while (error == NULL && wp_logs_next(&source, block)) {
        read_block(people, &layout, block);
        if (!layout.has_user)
            error = "the first line names no column 'user'";
    }
    if (error == NULL && source.failed)
        error = strerror(source.error);
    wp_logs_fini(&source);
    free(block);
    return error;
}

/* ---- SCIM --------------------------------------------------------------------------- */

enum scim {
    RESOURCE,
    USER_NAME,
    DISPLAY_NAME,
    GROUP,
    MEMBER,
    EMAIL,
    EXTERNAL_ID,
    EMPLOYEE_NUMBER,
    EMPLOYEE_NUMBER_1,
    EMPLOYEE_NUMBER_2,
    SCIM_COUNT
};
static const char *const scim_paths[SCIM_COUNT] = {
    [RESOURCE] = "Resources[]",
    [USER_NAME] = "Resources[].userName",
    [DISPLAY_NAME] = "Resources[].displayName",
    [GROUP] = "Resources[].groups[].display",
    [MEMBER] = "Resources[].members[].display",
    [EMAIL] = "Resources[].emails[].value",
    [EXTERNAL_ID] = "Resources[].externalId",
    [EMPLOYEE_NUMBER] = "Resources[].employeeNumber",
    [EMPLOYEE_NUMBER_1] =
        "Resources[].urn:scim:schemas:extension:enterprise:1" WP_FIELDS_DOT "0.employeeNumber",
    [EMPLOYEE_NUMBER_2] =
        "Resources[].urn:ietf:params:scim:schemas:extension:enterprise:2" WP_FIELDS_DOT
        "0:User.employeeNumber",
};

/* One resource; its names come in any order, so they are kept to its end. */
struct scim_reading {
    struct wp_people *people;
    struct woapol_text user, name, keys[WP_KEY_COUNT];
    struct woapol_text *list; /* groups, or members */
    size_t count, room;
    bool has_members;
};

static void
end_resource(struct scim_reading *reading)
{
    struct wp_people *people = reading->people;
    if (reading->user.text != NULL) {
        struct known *known = person_of(people, reading->user);
        known->person.has_groups = true;
        for (size_t i = 0; i < reading->count; i++)
            add_group(people, known, reading->list[i]);
        for (int key = WP_KEY_MAIL; key < WP_KEY_COUNT; key++)
            add_key(people, known, (enum wp_person_key)key, reading->keys[key]);
    } else if (reading->name.text != NULL && reading->has_members) {
        for (size_t i = 0; i < reading->count; i++)
            add_group(people, person_of(people, reading->list[i]), reading->name);
    }
    reading->user = reading->name = (struct woapol_text){NULL, 0};
    memset(reading->keys, 0, sizeof reading->keys);
    reading->count = 0;
    reading->has_members = false;
}

static void
take_key(struct scim_reading *reading, enum wp_person_key key, struct woapol_text text)
{
    if (reading->keys[key].length == 0)
        reading->keys[key] = text;
}

static bool
take_scim(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct scim_reading *reading = context;
    (void)kind;
    if (field == USER_NAME) {
        reading->user = text;
    } else if (field == DISPLAY_NAME) {
        reading->name = text;
    } else if (field == GROUP || field == MEMBER) {
        reading->list = grown(reading->people->arena, reading->list, reading->count, &reading->room,
                              sizeof *reading->list);
        reading->list[reading->count++] = text;
        reading->has_members = reading->has_members || field == MEMBER;
    } else if (field == EMAIL) {
        take_key(reading, WP_KEY_MAIL, text);
    } else if (field == EXTERNAL_ID) {
        take_key(reading, WP_KEY_ID, text);
    } else if (field != RESOURCE) {
        take_key(reading, WP_KEY_EMPLOYEE, text);
    }
    return true;
}

static void
begin_element(void *context, size_t field)
{
    if (field == RESOURCE)
        end_resource(context);
}

static const char *
read_scim(struct wp_people *people, struct wp_input *input)
{
    struct scim_reading reading = {.people = people};
    const struct wp_field_visitor visitor = {take_scim, begin_element, &reading};
    struct wp_field_reader *reader = wp_field_reader_new(scim_paths, SCIM_COUNT);
    size_t length = 0, room = 1u << 20;
    char *text = malloc(room + WP_FIELDS_PADDING);
    const char *error = NULL;
    while (text != NULL && length <= SCIM_MAX) {
        length += wp_input_read(input, text + length, room - length);
        if (length < room)
            break;
        char *larger = realloc(text, room * 2 + WP_FIELDS_PADDING);
        if (larger == NULL)
            free(text);
        text = larger;
        room *= 2;
    }
    if (text == NULL || reader == NULL)
        error = "out of memory";
    else if (length > SCIM_MAX)
        error = "it is longer than 256 MiB";
    else if (!wp_read_fields(reader, text, length, &visitor))
        error = "it is no JSON object with SCIM resources";
    else
        end_resource(&reading);
    wp_field_reader_free(reader);
    free(text);
    return error;
}

const char *
wp_people_read(struct wp_people *people, const char *path, char separator)
{
    struct wp_input *input = wp_input_open(path, NULL);
    char first[64];
    if (input == NULL)
        return strerror(errno);
    size_t length = wp_input_read(input, first, sizeof first);
    wp_input_close(input);
    bool is_json = false;
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r\n\xef\xbb\xbf", first[i]) == NULL || first[i] == '\0') {
            is_json = first[i] == '{';
            break;
        }
    if (!is_json)
        return read_csv(people, path, separator);
    input = wp_input_open(path, NULL);
    if (input == NULL)
        return strerror(errno);
    const char *error = read_scim(people, input);
    wp_input_close(input);
    return error;
}
