/* What a declared thing is, as Markdown. */
#ifndef WP_LSP_DESCRIBE_H
#define WP_LSP_DESCRIBE_H

#include <stdio.h>

#include "compiler/lsp/server.h"

void wp_describe_symbol(FILE *stream, const struct wp_study *study, const struct wp_symbol *symbol);

/* The source between the ends of the span, shortened when it is long. */
void wp_describe_source(FILE *stream, const struct wp_study *study, struct wp_span span);

/* A finding's code, meaning and cure. */
void wp_describe_finding(FILE *stream, const struct wp_diagnostic *finding);

#endif
