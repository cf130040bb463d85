/* The people, devices and apps that the sandbox starts with: sample.json, or a
 * file of the same form. */
#ifndef WP_SANDBOX_SAMPLE_H
#define WP_SANDBOX_SAMPLE_H

#include "compiler/sandbox/box.h"

#define WP_BOX_DEVICE "device"
#define WP_BOX_PLACE "place" /* addresses that the page offers */

/* What a person can do when asked: ["password", "otp", …], all of it; for people
 * of whom nothing else is known. "local_password" is that of the System Domain. */
json_t *wp_box_everything(void);

/* The built-in samples; given back with json_decref. */
json_t *wp_box_sample(void);

/* Why it is no sample: NULL, or a sentence in the arena that names the place. */
const char *wp_box_sample_check(struct wp_arena *arena, const json_t *sample);

/* Devices and what they say of themselves, which no one tenant holds alone. */
void wp_box_sample_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample);

#endif
