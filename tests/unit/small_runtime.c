/* The sources of the runtime once more, with what makes them small and under other names. */
#define WP_SMALL
#undef __SSE2__ /* nor has WebAssembly that */
#define wp_verify small_verify
#define wp_verify_marks small_verify_marks
#define wp_fault small_fault
#define wp_checksum small_checksum
#define woapol_decide small_decide
#define woapol_reports small_reports
#define woapol_explain small_explain
#define woapol_request_init small_request_init
#define woapol_bind small_bind
#define woapol_principal_size small_principal_size
#define woapol_find small_find
#define woapol_name small_name
#define woapol_count small_count
#define woapol_message small_message
#define wp_find_names small_find_names
#include "runtime/decide.c"
#include "runtime/hash.c"
#include "runtime/modules/wasm/bind.c"
#include "runtime/modules/wasm/verify.c"
#include "runtime/names.c"
#include "runtime/verify_marks.c"
