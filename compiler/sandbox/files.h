/* Files that travel in the tool: the page, its parts, and the samples. */
#ifndef WP_SANDBOX_FILES_H
#define WP_SANDBOX_FILES_H

#include <stddef.h>

struct wp_box_file {
    const char *name; /* "index.html" */
    const char *text;
    size_t size;
};

/* Ends with a NULL name; made by the Makefile. */
extern const struct wp_box_file wp_box_files[];

#endif
