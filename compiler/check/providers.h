/*
 * What tenants say of their identity providers and directories, in blocks:
 *
 *     idp Builtin { methods = {certificate}  networks = {Office, Vpn} }
 *     domain Corp { methods = {password, certificate} }
 *
 * An `idp` offers its methods to requests from its networks, or from anywhere; the
 * people of a `domain` sign in by one of its methods, or not at all.
 */
#ifndef WP_COMPILER_PROVIDERS_H
#define WP_COMPILER_PROVIDERS_H

#include "compiler/check/predicate.h"

/* Does some tenant have such a provider? Nothing is covered or not without one. */
bool wp_has_providers(const struct wp_model *view);

/* Where the site's rule can ask for the site's method, and no provider that offers it can
 * be reached. False when no provider is said to offer it: then it is not known. IPv4 alone,
 * since networks of providers have nothing else. */
bool wp_method_uncovered(const struct wp_site *site, struct wp_network *left);

/* `method.covered is no`, `domain.signs_in is no`. */
enum wp_truth wp_method_covered(const struct wp_site *site, const struct wp_attribute *line);
enum wp_truth wp_domain_signs_in(const struct wp_site *site, const struct wp_declaration *tenant,
                                 const struct wp_attribute *line);

/* Adds to *settled the networks in which the rule decides whatever else is true. */
void wp_rule_settles_network(struct wp_arena *arena, const struct wp_model *model,
                             const struct wp_model_rule *rule, struct wp_network *settled);

#endif
