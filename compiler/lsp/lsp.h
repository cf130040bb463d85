/*
 * The language server: what editors ask, answered over one pair of streams.
 *
 * It speaks the Language Server Protocol 3.17 in JSON-RPC 2.0. Documents that are
 * open in the editor stand for the files of their paths. Whatever comes in, it
 * answers or ignores it; sizes are bounded. It takes one message at a time, so a
 * request that is cancelled has been answered already.
 */
#ifndef WP_LSP_LSP_H
#define WP_LSP_LSP_H

#include "compiler/analysis/analysis.h"
#include "compiler/compile.h"
#include "compiler/lsp/frame.h"

/* Takes all of the bytes, or returns false. */
typedef bool (*wp_lsp_write)(void *context, const char *bytes, size_t size);

/* More that is to be checked of a model, by who knows of it (tenants). */
typedef void (*wp_lsp_check)(struct wp_diagnostics *list, const struct wp_model *model);

struct wp_lsp_options {
    wp_lsp_read read;
    wp_lsp_write write;
    void *context;
    const struct wp_reader *files; /* what is not open; NULL: the file system */
    wp_lsp_check check;            /* or NULL */
    struct wp_analysis_options analysis;
    wp_out_of_memory out_of_memory; /* must not return */
    const char *version;
};

/* How it ended. */
enum wp_lsp_end {
    WP_LSP_DONE,    /* shutdown, then exit */
    WP_LSP_DROPPED, /* exit or the end of the input without shutdown */
    WP_LSP_BROKEN,  /* *reason: what came is no protocol */
    WP_LSP_MUTE     /* nothing can be written any more */
};

/* Serves until the editor says exit or its stream ends. */
enum wp_lsp_end wp_lsp_run(const struct wp_lsp_options *options, const char **reason);

#endif
