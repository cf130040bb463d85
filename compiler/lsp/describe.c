#include "compiler/lsp/describe.h"

#include <string.h>

#include "compiler/address.h"
#include "compiler/facts.h"

#define MOST_LINES 24
#define MOST_BYTES 2000u
#define MOST_RANGES 16u

void
wp_describe_source(FILE *stream, const struct wp_study *study, struct wp_span span)
{
    if (span.file >= study->sources->count)
        return;
    const char *text = study->sources->files[span.file].text + span.start;
    uint32_t length = span.end - span.start, shown = 0;
    for (unsigned lines = 0; shown < length && shown < MOST_BYTES; shown++)
        if (text[shown] == '\n' && ++lines == MOST_LINES)
            break;
    while (shown < length && ((unsigned char)text[shown] & 0xc0) == 0x80)
        shown++;
    /* A fence that no line of a source can end. */
    (void)fprintf(stream, "~~~~woapol\n%.*s%s\n~~~~\n", (int)shown, text,
                  shown < length ? "\n..." : "");
}

static void
put_range(FILE *stream, const struct wp_address *low, const struct wp_address *high)
{
    char first[WP_ADDRESS_TEXT], last[WP_ADDRESS_TEXT];
    wp_address_text(low, first);
    wp_address_text(high, last);
    if (strcmp(first, last) == 0)
        (void)fprintf(stream, "- `%s`\n", first);
    else
        (void)fprintf(stream, "- `%s .. %s`\n", first, last);
}

static void
describe_network(FILE *stream, const struct wp_model *model, uint32_t number)
{
    if (number >= model->named_network_count)
        return;
    const struct wp_network *network = &model->networks[model->named_networks[number].network];
    uint32_t left = MOST_RANGES, all = network->v4_count + network->v6_count;
    (void)fprintf(stream, "\n%u range%s:\n\n", all, all == 1 ? "" : "s");
    for (uint32_t i = 0; i < network->v4_count && left > 0; i++, left--) {
        const struct wp_address low = {.v4 = network->v4[i].low},
                                high = {.v4 = network->v4[i].high};
        put_range(stream, &low, &high);
    }
    for (uint32_t i = 0; i < network->v6_count && left > 0; i++, left--) {
        const struct wp_address low = {.is_v6 = true, .v6 = network->v6[i].low};
        const struct wp_address high = {.is_v6 = true, .v6 = network->v6[i].high};
        put_range(stream, &low, &high);
    }
    if (all > MOST_RANGES)
        (void)fprintf(stream, "- and %u more\n", all - MOST_RANGES);
}

static void
describe_chain(FILE *stream, const struct wp_model *model, uint32_t number)
{
    if (number >= model->chain_count)
        return;
    const struct wp_model_chain *chain = &model->chains[number];
    (void)fprintf(stream, "\n%u alternative%s:\n\n", chain->count, chain->count == 1 ? "" : "s");
    for (uint32_t a = 0; a < chain->count && a < MOST_RANGES; a++) {
        (void)fprintf(stream, "%u. ", a + 1);
        for (uint32_t s = 0; s < chain->alternatives[a].count; s++) {
            const struct wp_step *step = &chain->alternatives[a].steps[s];
            (void)fputs(s > 0 ? ", then " : "", stream);
            for (uint32_t m = 0; m < step->count; m++)
                (void)fprintf(stream, "%s`%s`", m > 0 ? " or " : "",
                              model->methods[step->methods[m]].name);
        }
        (void)fputc('\n', stream);
    }
}

static void
describe_devices(FILE *stream, const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->device_set_count; i++) {
        if (strcmp(model->device_sets[i].name, name) != 0)
            continue;
        (void)fputs("\nDevice types:", stream);
        for (uint32_t d = 1; d < model->device_count; d++)
            if ((model->device_sets[i].mask >> d & 1) != 0)
                (void)fprintf(stream, " `%s`", model->devices[d].name);
        (void)fputc('\n', stream);
    }
}

static void
describe_method(FILE *stream, const struct wp_declaration *method)
{
    static const char *const factors[] = {"knowledge", "possession", "inherence"};
    const char *label = wp_attribute_text(method->attributes, "label", NULL);
    unsigned mask = wp_method_factors(method);
    if (label != NULL)
        (void)fprintf(stream, "**%s**\n\n", label);
    (void)fputs(mask == 0 ? "No factor, a signal" : "Factors:", stream);
    for (unsigned i = 0; i < 3; i++)
        if ((mask >> i & 1) != 0)
            (void)fprintf(stream, " %s", factors[i]);
    (void)fputs("\n\n", stream);
}

static struct wp_span
span_shown(const struct wp_symbol *symbol)
{
    struct wp_span span = symbol->declaration->span;
    const struct wp_declaration *it = symbol->declaration;
    /* A policy's rules are its body, which nobody reads in a pop-up. */
    if (it->kind == WP_DECL_POLICY && it->rules != NULL && it->rules->span.start > span.start)
        span.end = symbol->span.end;
    return span;
}

void
wp_describe_symbol(FILE *stream, const struct wp_study *study, const struct wp_symbol *symbol)
{
    const struct wp_model *model = study->compilation.model;
    if (symbol->kind == WP_SYMBOL_METHOD)
        describe_method(stream, symbol->declaration);
    wp_describe_source(stream, study, span_shown(symbol));
    if (symbol->span.file != 0 && symbol->span.file < study->sources->count)
        (void)fprintf(stream, "\nfrom `%s`\n", study->sources->files[symbol->span.file].name);
    if (model == NULL)
        return;
    if (symbol->kind == WP_SYMBOL_NETWORK)
        describe_network(stream, model, symbol->number);
    if (symbol->kind == WP_SYMBOL_CHAIN)
        describe_chain(stream, model, symbol->number);
    if (symbol->kind == WP_SYMBOL_DEVICE)
        describe_devices(stream, model, symbol->name);
}

void
wp_describe_finding(FILE *stream, const struct wp_diagnostic *finding)
{
    const struct wp_diagnostic_info *info = &wp_diagnostic_infos[finding->kind];
    (void)fprintf(stream, "**WOA%04d** %s\n\n%s\n\n*Cure:* %s\n", info->code, info->title,
                  info->meaning, info->cure);
}
