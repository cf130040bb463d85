/* Random policies and requests for other hosts to be compared on: generate FOLDER
 * COUNT REQUESTS writes N.woapol and N.jsonl. */
#include "compiler/request.h"
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *
create(const char *folder, unsigned long number, const char *ending)
{
    char path[512];
    snprintf(path, sizeof path, "%s/random-%lu.%s", folder, number, ending);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

static void
write_case(const char *folder, unsigned long number, unsigned long requests)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_generated generated;
    wp_generate(&generated, arena, number, &wp_generate_usual);
    FILE *source = create(folder, number, "woapol");
    fwrite(generated.source, 1, generated.length, source);
    fclose(source);
    FILE *lines = create(folder, number, "jsonl");
    for (unsigned long i = 0; i < requests; i++) {
        struct wp_made_request made;
        wp_generate_request(&generated, &made);
        fprintf(lines, "%s\n", wp_made_json(arena, &made));
    }
    fclose(lines);
    wp_arena_free(arena);
}

int
main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    unsigned long count = strtoul(argv[2], NULL, 10), requests = strtoul(argv[3], NULL, 10);
    for (unsigned long number = 1; number <= count; number++)
        write_case(argv[1], number, requests);
    return 0;
}
