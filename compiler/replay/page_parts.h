/* What every page of a report has: its style, its filter box and its script. */
#ifndef WP_REPLAY_PAGE_PARTS_H
#define WP_REPLAY_PAGE_PARTS_H

extern const char wp_page_head[], wp_page_filter[], wp_page_end[];

#endif
