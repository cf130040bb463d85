/*
 * What the scanner's rules do with the text they match. Each function returns
 * the token's code, or WP_YYerror when it has reported what is wrong with it.
 */
#ifndef WP_LANG_SCAN_H
#define WP_LANG_SCAN_H

#include "parser.h"
#include "grammar.h"

/* A name or a keyword; all have their text, since most keywords may be names. */
int wp_take_word(struct wp_parser *parser, WP_YYSTYPE *value, const char *text, size_t length,
                 int code);
/* The string from its opening quote to the closing one that was just read. */
int wp_take_string(struct wp_parser *parser, WP_YYSTYPE *value, struct wp_span *place);
/* An integer, or a duration in seconds. */
int wp_take_number(struct wp_parser *parser, WP_YYSTYPE *value, const struct wp_span *place,
                   const char *text, int code);
/* Keeps the comment that ends here aside, for the formatter. */
void wp_keep_comment(struct wp_parser *parser, uint32_t end);

/* A string that its line, or the file, ends before its closing quote. */
int wp_complain_string(struct wp_parser *parser, struct wp_span *place, bool at_line_end);
/* A word or number that is longer than the limit; the place goes to its end. */
int wp_complain_long(struct wp_parser *parser, struct wp_span *place);
int wp_complain_comment(struct wp_parser *parser, struct wp_span *place);
int wp_complain_number(struct wp_parser *parser, struct wp_span span);
int wp_complain_character(struct wp_parser *parser, struct wp_span span);

#endif
