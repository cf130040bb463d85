/*
 * The tree: what a source says, in its own order, with the place of everything.
 *
 * The grammar builds these nodes and does nothing else. Names are interned, so
 * two equal names are one pointer. Lists are chained through `next` in source
 * order. Sums, products, `and` and `or` are lists, not pairs: a union of a
 * million prefixes is one flat node.
 */
#ifndef WP_LANG_AST_H
#define WP_LANG_AST_H

#include "source.h"

/* A name or a string where it was used. `text` is interned (a name) or
 * unescaped and NUL-terminated (a string). */
struct wp_name {
    const char *text;
    struct wp_span span;
    bool quoted;
    struct wp_name *next;
};

/* ---- sets: networks, devices, apps, groups, users, entries --------------- */

enum wp_set_kind {
    WP_SET_NAME,    /* a declared name, or a template's parameter */
    WP_SET_STRING,  /* "ana@corp.example", where strings may stand */
    WP_SET_ADDRESS, /* 198.51.100.7, 198.51.100.0/24, 2001:db8::/48 */
    WP_SET_RANGE,   /* 10.8.0.0 .. 10.8.3.255 */
    WP_SET_SUM,     /* parts joined by + and -, from left to right */
    WP_SET_PRODUCT, /* parts joined by & */
    WP_SET_LIST     /* { A, B } */
};

/* How a part joins what stands before it in a sum. */
enum wp_join { WP_JOIN_UNION, WP_JOIN_DIFFERENCE };

struct wp_set {
    enum wp_set_kind kind;
    enum wp_join join; /* as a part of a sum; the first part is a union */
    struct wp_span span;
    const char *text;     /* NAME, STRING, ADDRESS; RANGE: the lower end */
    const char *upper;    /* RANGE */
    struct wp_set *parts; /* SUM, PRODUCT, LIST */
    struct wp_set *next;
};

/* ---- conditions ---------------------------------------------------------- */

enum wp_condition_kind {
    WP_CONDITION_AND,
    WP_CONDITION_OR,
    WP_CONDITION_NOT,
    WP_CONDITION_NETWORK, /* network in set */
    WP_CONDITION_DEVICE,
    WP_CONDITION_GROUP,
    WP_CONDITION_APP,
    WP_CONDITION_USER,
    WP_CONDITION_ENTRY,
    WP_CONDITION_MANAGED,
    WP_CONDITION_COMPLIANT,
    WP_CONDITION_RISK, /* risk is low, risk >= medium */
    WP_CONDITION_NAMED /* a name declared by `condition` */
};

enum wp_comparison { WP_IS, WP_LESS, WP_AT_MOST, WP_AT_LEAST, WP_GREATER };

struct wp_condition {
    enum wp_condition_kind kind;
    struct wp_span span;
    struct wp_condition *parts;    /* AND, OR: two or more; NOT: one */
    struct wp_set *set;            /* the six `in` conditions */
    enum wp_comparison comparison; /* RISK */
    struct wp_name *name;          /* RISK: the level; NAMED: the condition */
    struct wp_condition *next;
};

/* ---- chains -------------------------------------------------------------- */

enum wp_chain_kind {
    WP_CHAIN_NAME, /* a method or another chain */
    WP_CHAIN_OR,   /* one step, any of: binds tightest */
    WP_CHAIN_THEN, /* next step */
    WP_CHAIN_ELSE  /* next alternative: binds loosest */
};

struct wp_chain {
    enum wp_chain_kind kind;
    struct wp_span span;
    struct wp_name *name;
    struct wp_chain *parts;
    struct wp_chain *next;
};

/* ---- values and attributes ------------------------------------------------ */

enum wp_value_kind {
    WP_VALUE_NAME, /* cloud, yes, a declared name; `path` may be dotted */
    WP_VALUE_STRING,
    WP_VALUE_INTEGER,
    WP_VALUE_VERSION,  /* 22.10: `text` as written */
    WP_VALUE_DURATION, /* 8h: `number` seconds */
    WP_VALUE_DATE,     /* 2027-03-01: `text` as written */
    WP_VALUE_LIST      /* { a, b } */
};

struct wp_value {
    enum wp_value_kind kind;
    struct wp_span span;
    const char *text;
    uint64_t number;
    struct wp_value *items; /* LIST */
    struct wp_value *next;
};

/* Inside the braces of a declaration:
 *     key = value                     an attribute
 *     key { ... }, key name { ... }   a block
 *     demands path op value { ... }   a demand (op: is, in, <, <=, >=, >)
 *     where path op value             a part of an issue's pattern
 * `path` is a name or two names with a dot: uem.version. */
enum wp_attribute_kind { WP_ATTRIBUTE, WP_BLOCK, WP_DEMAND, WP_WHERE };
enum wp_demand_operator {
    WP_DEMAND_IS,
    WP_DEMAND_IN,
    WP_DEMAND_LESS,
    WP_DEMAND_AT_MOST,
    WP_DEMAND_AT_LEAST,
    WP_DEMAND_GREATER
};

struct wp_attribute {
    enum wp_attribute_kind kind;
    struct wp_span span;
    struct wp_name *key;             /* ATTRIBUTE, BLOCK; DEMAND, WHERE: the path, "uem.version" */
    struct wp_name *name;            /* BLOCK: its own name, or NULL */
    bool negated;                    /* DEMAND, WHERE: `is not`, `not in` */
    enum wp_demand_operator op;      /* DEMAND, WHERE */
    struct wp_value *value;          /* all but BLOCK */
    struct wp_attribute *attributes; /* BLOCK, DEMAND */
    struct wp_attribute *next;
};

/* @owner "identity team", @expires 2027-03-01. */
struct wp_annotation {
    struct wp_span span;
    struct wp_name *name;
    struct wp_value *value; /* or NULL */
    struct wp_annotation *next;
};

/* ---- policies ------------------------------------------------------------- */

enum wp_effect { WP_DENY, WP_ALLOW, WP_AUTHENTICATE };

struct wp_action {
    enum wp_effect effect;
    struct wp_span span;
    struct wp_chain *chain; /* AUTHENTICATE: a name or a chain written in place */
    bool has_reauth;
    uint64_t reauth_seconds; /* every 8h */
    struct wp_span reauth_span;
    struct wp_name *message; /* deny "...", or NULL */
};

/* A rule, `otherwise`, or `include Template(arguments) [as prefix]`. */
enum wp_rule_kind { WP_RULE, WP_OTHERWISE, WP_INCLUDE };

/* An argument of an include: a set, a chain or a condition; which one is known
 * only where the parameter is used, so it is kept as the set it parses as, or
 * as a chain when it holds then, else or or. */
struct wp_argument {
    struct wp_span span;
    struct wp_set *set;
    struct wp_chain *chain;
    struct wp_argument *next;
};

struct wp_rule {
    enum wp_rule_kind kind;
    struct wp_span span;
    struct wp_annotation *annotations;
    struct wp_name *name; /* RULE: its name; INCLUDE: the template */
    bool report;
    struct wp_condition *when;     /* or NULL: matches everything */
    struct wp_action *action;      /* RULE, OTHERWISE */
    struct wp_argument *arguments; /* INCLUDE */
    struct wp_name *prefix;        /* INCLUDE ... as prefix, or NULL */
    struct wp_rule *next;
};

/* ---- tests and proofs ------------------------------------------------------ */

/* One thing said of a request: ip 203.0.113.9, groups A, B, managed, not
 * compliant, risk low, groups incomplete. */
enum wp_given_kind {
    WP_GIVEN_IP,
    WP_GIVEN_DEVICE,
    WP_GIVEN_GROUPS,
    WP_GIVEN_APP,
    WP_GIVEN_USER,
    WP_GIVEN_ENTRY,
    WP_GIVEN_MANAGED,
    WP_GIVEN_COMPLIANT,
    WP_GIVEN_RISK,
    WP_GIVEN_GROUPS_INCOMPLETE
};
struct wp_given {
    enum wp_given_kind kind;
    struct wp_span span;
    struct wp_name *names; /* all but the last four; IP: the address as written; RISK: the level */
    bool flag;             /* MANAGED, COMPLIANT */
    bool opens;            /* the first behind the word `given`, which stands at `word` */
    struct wp_span word;
    struct wp_given *next;
};

/* deny, allow, authenticate [Chain], factors >= n, method m, rule r. Stands in
 * `expect`, `never` and `always`. */
enum wp_outcome_kind {
    WP_OUTCOME_DENY,
    WP_OUTCOME_ALLOW,
    WP_OUTCOME_AUTHENTICATE,
    WP_OUTCOME_FACTORS,
    WP_OUTCOME_METHOD,
    WP_OUTCOME_RULE
};
struct wp_outcome {
    enum wp_outcome_kind kind;
    struct wp_span span;
    struct wp_chain *chain;        /* AUTHENTICATE with one, else NULL */
    enum wp_comparison comparison; /* FACTORS */
    uint64_t number;               /* FACTORS */
    struct wp_name *name;          /* METHOD, RULE (a rule may be policy.rule) */
    struct wp_outcome *next;
};

/* expect OUTCOME [by rule | by otherwise] [in policy] [every 8h] [message "..."]
 * [report a, b] */
struct wp_expectation {
    struct wp_span span;
    struct wp_outcome *outcome;
    struct wp_name *by; /* a rule; "otherwise" is quoted == false and that text */
    struct wp_name *policy;
    bool has_reauth;
    uint64_t reauth_seconds;
    struct wp_span reauth_span;
    struct wp_name *message;
    bool has_report;
    struct wp_name *report;
    struct wp_expectation *next;
};

/* One `given ... expect ...` of a test. */
struct wp_case {
    struct wp_span span;
    struct wp_given *givens;
    struct wp_expectation *expectations;
    struct wp_case *next;
};

/* never OUTCOMES when C; always OUTCOMES when C. */
struct wp_claim {
    struct wp_span span;
    bool always;
    struct wp_outcome *outcomes; /* any of them */
    struct wp_condition *when;   /* or NULL: for every request */
    struct wp_claim *next;
};

/* ---- declarations ----------------------------------------------------------- */

enum wp_declaration_kind {
    WP_DECL_USE,       /* use std/access, use "networks.woapol" */
    WP_DECL_NETWORK,   /* set */
    WP_DECL_DEVICE,    /* set, or a base type with attributes */
    WP_DECL_GROUP,     /* directory name, attributes */
    WP_DECL_CHAIN,     /* chain */
    WP_DECL_APP,       /* attributes */
    WP_DECL_CONDITION, /* condition Name = ... */
    WP_DECL_POLICY,
    WP_DECL_TEMPLATE, /* template Name(a, b) { rules } */
    WP_DECL_TEST,
    WP_DECL_PROVE,
    WP_DECL_METHOD,  /* attributes */
    WP_DECL_TENANT,  /* attributes */
    WP_DECL_CLIENT,  /* attributes */
    WP_DECL_KIND,    /* kind uem { fact version { ... } }: what a tenant can declare */
    WP_DECL_POSTURE, /* posture managed { demands ... } */
    WP_DECL_ISSUE,   /* issue D14 "..." { where ... }: a vendor's known issue */
    WP_DECL_ASSUME   /* assume compliant implies managed: see background.h */
};

struct wp_declaration {
    enum wp_declaration_kind kind;
    struct wp_span span; /* the whole declaration */
    struct wp_annotation *annotations;
    struct wp_name *name; /* all but USE and ASSUME; TEST, PROVE: the quoted title */
    struct wp_name
        *title;         /* GROUP, APP: directory name; ISSUE: title; USE: the module as written */
    struct wp_set *set; /* NETWORK, DEVICE */
    struct wp_chain *chain;          /* CHAIN */
    struct wp_condition *condition;  /* CONDITION; ASSUME: the premise */
    struct wp_condition *conclusion; /* ASSUME: what it implies */
    struct wp_attribute *attributes;
    bool has_attributes; /* braces were written, maybe empty */
    /* POLICY, TEMPLATE */
    bool is_default;
    struct wp_name *apps; /* POLICY ... for A, B */
    struct wp_name *parameters;
    struct wp_rule *rules;
    /* TEST, PROVE */
    struct wp_case *cases;
    struct wp_claim *claims;
    struct wp_declaration *next;
};

/* A comment, kept for the formatter: with its // or its slash-star, without the
 * line end. Chained in the order of the text. */
struct wp_comment {
    struct wp_span span;
    struct wp_comment *next;
};

/* One parsed file. */
struct wp_file {
    uint32_t file; /* its number in wp_sources */
    struct wp_declaration *declarations;
    struct wp_comment *comments;
    bool has_errors; /* the parser reported some; the tree holds what was whole */
};

#endif
