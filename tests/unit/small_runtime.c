/* The sources of the runtime once more, with what makes them small and under other names. */
#define WP_SMALL
#undef __SSE2__ /* nor has WebAssembly that */
#define wp_verify small_verify
#define wp_checksum small_checksum
#define woapol_decide small_decide
#define woapol_decide_batch small_decide_batch
#define woapol_reports small_reports
#define woapol_explain small_explain
#define woapol_request_init small_request_init
#include "runtime/decide.c"
#include "runtime/hash.c"
#include "runtime/modules/wasm/verify.c"
