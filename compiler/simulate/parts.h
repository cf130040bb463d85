/* Between the files of a simulation. */
#ifndef WP_SIMULATE_PARTS_H
#define WP_SIMULATE_PARTS_H

#include "compiler/simulate/simulate.h"

/* One step more; the text in the arena. */
void wp_scene_add(struct wp_arena *arena, struct wp_scene *scene, enum wp_scene_step_kind kind,
                  const char *method, const char *cite, const char *text);

/* "45 seconds", "10 minutes", "8 hours". */
const char *wp_scene_duration(struct wp_arena *arena, uint64_t seconds);

/* ---- see.c: what a tenant makes of a request ------------------------------------ */

/* Changes *request to what the tenant sees of it, and says where that differs. */
void wp_scene_see(struct wp_arena *arena, const struct wp_scene_setting *setting,
                  const struct wp_declaration *tenant, struct wp_request *request,
                  struct wp_scene *scene);

/* The limit of a known issue that holds for the app, as its `limit` says, in seconds:
 * how long a native app waits. 0 without one. *issue is the issue. */
uint64_t wp_scene_limit(const struct wp_model *model, const struct wp_declaration *tenant,
                        const struct wp_request *request, const struct wp_declaration **issue);

/* Whether a known issue is one that such a sign-in meets, by its block `tell`. */
bool wp_scene_is_told(const struct wp_scene_setting *setting, const struct wp_declaration *tenant,
                      const struct wp_declaration *issue, const struct wp_request *seen);

/* ---- methods.c: how a method comes out ------------------------------------------------ */

/* Adds the step; whether it is passed. `request` is the truth, not what is seen. */
bool wp_scene_try(struct wp_arena *arena, const struct wp_scene_setting *setting, uint32_t method,
                  const struct wp_request *request, struct wp_scene *scene);

#endif
