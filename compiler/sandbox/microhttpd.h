/*
 * libmicrohttpd, loaded when the sandbox first serves: with GnuTLS behind it, it
 * takes a quarter of the tool's start and of the daemon's memory, neither of which
 * serves a sandbox. Include this in place of <microhttpd.h>.
 */
#ifndef WP_SANDBOX_MICROHTTPD_H
#define WP_SANDBOX_MICROHTTPD_H

#include <microhttpd.h>

#define WP_MHD_FUNCTIONS(FUNCTION)                                                                 \
    FUNCTION(MHD_add_response_header)                                                              \
    FUNCTION(MHD_create_response_from_buffer)                                                      \
    FUNCTION(MHD_destroy_response)                                                                 \
    FUNCTION(MHD_get_connection_values)                                                            \
    FUNCTION(MHD_get_daemon_info)                                                                  \
    FUNCTION(MHD_queue_response)                                                                   \
    FUNCTION(MHD_start_daemon)                                                                     \
    FUNCTION(MHD_stop_daemon)

struct wp_mhd {
#define WP_MHD_PLACE(name) __typeof__ (&(name))(name);
    WP_MHD_FUNCTIONS(WP_MHD_PLACE)
#undef WP_MHD_PLACE
};

/* Loads it at the first call; any thread. NULL when there is none: then nothing of
 * it may be called. */
const struct wp_mhd *wp_mhd(void);

#ifndef WP_MHD_LOADER
#define MHD_add_response_header wp_mhd()->MHD_add_response_header
#define MHD_create_response_from_buffer wp_mhd()->MHD_create_response_from_buffer
#define MHD_destroy_response wp_mhd()->MHD_destroy_response
#define MHD_get_connection_values wp_mhd()->MHD_get_connection_values
#define MHD_get_daemon_info wp_mhd()->MHD_get_daemon_info
#define MHD_queue_response wp_mhd()->MHD_queue_response
#define MHD_start_daemon wp_mhd()->MHD_start_daemon
#define MHD_stop_daemon wp_mhd()->MHD_stop_daemon
#endif

#endif
