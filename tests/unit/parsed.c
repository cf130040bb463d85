#include "unit/parsed.h"

#include <criterion/criterion.h>

void
begin_parse(struct parsed *parsed, const char *text, size_t length)
{
    uint32_t file;

    parsed->arena = wp_arena_new(NULL, NULL);
    cr_assert_not_null(parsed->arena);
    wp_sources_init(&parsed->sources, parsed->arena);
    wp_diagnostics_init(&parsed->list, parsed->arena, &parsed->sources);
    file = wp_sources_add(&parsed->sources, "test.woapol", text, (uint32_t)length);
    parsed->file = wp_parse(&parsed->list, wp_names_new(parsed->arena), file);
}

void
end_parse(struct parsed *parsed)
{
    wp_arena_free(parsed->arena);
}

const char *
errors_of(struct parsed *parsed)
{
    const struct wp_diagnostic *finding;
    const char *text = "";

    for (finding = parsed->list.first; finding; finding = finding->next) {
        struct wp_position at =
            wp_locate(&parsed->sources, finding->span.file, finding->span.start);

        text = wp_format(parsed->arena, "%s%s%u:%u WOA%d", text, *text ? ", " : "", at.line,
                         at.column, wp_diagnostic_infos[finding->kind].code);
    }
    return text;
}
