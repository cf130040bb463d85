/* The grammar: tokens to the tree of ast.h. Actions build nodes and do nothing
 * else; what a name means is found out by later passes. */

%define api.pure full
%define api.prefix {wp_yy}
%define api.location.type {struct wp_span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {struct wp_parser *p}

%code requires {
#include "ast_build.h"
}

%code provides {
/* The names that flex's bison bridge uses, and the scanner's own: wp_yylex
 * stands between it and the grammar. */
#define YYSTYPE WP_YYSTYPE
#define YYLTYPE WP_YYLTYPE
#define YY_DECL int wp_scan(WP_YYSTYPE *yylval_param, WP_YYLTYPE *yylloc_param, void *yyscanner)
YY_DECL;

int wp_yylex(WP_YYSTYPE *value, WP_YYLTYPE *place, struct wp_parser *p);
}

%code {
static void wp_yyerror(const struct wp_span *place, struct wp_parser *p, const char *message);

#define YYINITDEPTH 4000
#define YYMAXDEPTH 4000
#define YYLLOC_DEFAULT(current, right, count)                                                      \
    do {                                                                                           \
        if (count) {                                                                               \
            (current) = YYRHSLOC(right, 1);                                                        \
            (current).end = YYRHSLOC(right, count).end;                                            \
        } else {                                                                                   \
            (current) = YYRHSLOC(right, 0);                                                        \
            (current).start = (current).end;                                                       \
        }                                                                                          \
    } while (0)
}

%union {
    const char *text;
    struct { const char *text; uint64_t number; } literal;
    struct wp_name *name;
    struct wp_set *set;
    struct wp_condition *condition;
    struct wp_chain *chain;
    struct wp_value *value;
    struct wp_attribute *attribute;
    struct wp_annotation *annotation;
    struct wp_action *action;
    struct wp_argument *argument;
    struct wp_rule *rule;
    struct wp_given *given;
    struct wp_outcome *outcome;
    struct wp_expectation *expectation;
    struct wp_claim *claim;
    struct wp_declaration *declaration;
    struct wp_name_list names;
    struct wp_set_list sets;
    struct wp_condition_list conditions;
    struct wp_chain_list chains;
    struct wp_value_list values;
    struct wp_attribute_list attributes;
    struct wp_block block;
    struct wp_annotation_list annotations;
    struct wp_argument_list arguments;
    struct wp_rule_list rules;
    struct wp_given_list givens;
    struct wp_outcome_list outcomes;
    struct wp_case_list cases;
    struct wp_claim_list claims;
    enum wp_comparison comparison;
    struct wp_test test;
    bool flag;
}

%token END 0 "the end of the file"
%token SYNC "a new beginning"
%token <text> NAME "a name" STRING "a string" DOTTED "an address" ADDRESS "an address or prefix"
%token <text> DATE "a date"
%token <literal> INTEGER "a number" DURATION "a duration"
%token RANGE ".." AT_MOST "<=" AT_LEAST ">="

%token <text>
  USE "use" NETWORK "network" DEVICE "device" GROUP "group" CHAIN "chain" APP "app"
  CONDITION "condition" POLICY "policy" TEMPLATE "template" TEST "test" PROVE "prove"
  METHOD "method" TENANT "tenant" CLIENT "client" KIND "kind" POSTURE "posture" ISSUE "issue"
  ASSUME "assume" IMPLIES "implies" IS "is" DEFAULT "default" FOR "for" IN "in" AND "and" OR "or"
  NOT "not" THEN "then" ELSE "else" EVERY "every" WHEN "when" RULE "rule" REPORT "report"
  OTHERWISE "otherwise" INCLUDE "include" AS "as" DENY "deny" ALLOW "allow"
  AUTHENTICATE "authenticate" USER "user" ENTRY "entry" MANAGED "managed" COMPLIANT "compliant"
  RISK "risk" GIVEN "given" EXPECT "expect" IP "ip" GROUPS "groups" NONE "none"
  INCOMPLETE "incomplete" TRUE "true" FALSE "false" YES "yes" NO "no" BY "by" MESSAGE "message"
  NEVER "never" ALWAYS "always" FACTORS "factors" DEMANDS "demands" WHERE "where"

%type <text> plain subject fact item_word list_word clause_word case_word attribute_word
%type <text> name_word chain_word condition_word group_word report_word key_word annotation_word
%type <text> address
%type <name> name reference chain_name title opt_title path key module opt_message
%type <name> group_reference
%type <names> names references opt_parameters report_names
%type <set> set product atom item
%type <sets> sum factors items
%type <condition> condition conjunction negation primary opt_when
%type <conditions> alternatives_c conjuncts
%type <chain> chain sequence step atom_c in_chain in_sequence in_step in_atom
%type <chains> alternatives steps choice in_alternatives in_steps in_choice
%type <value> value literal
%type <values> values
%type <attribute> attribute
%type <attributes> attributes
%type <block> block opt_block
%type <annotation> annotation
%type <annotations> annotations
%type <action> action
%type <argument> argument
%type <arguments> arguments opt_arguments
%type <rule> rule bare_rule
%type <rules> rules
%type <given> given
%type <givens> givens closed_givens open_givens
%type <outcome> outcome
%type <outcomes> outcomes
%type <expectation> expectation
%type <cases> cases
%type <claim> claim
%type <claims> claims
%type <declaration> declaration bare_declaration policy_head
%type <comparison> comparison
%type <test> test
%type <flag> opt_flag opt_is_default

%%

file: declarations ;

declarations:
    %empty
  | declarations declaration            { wp_add_declaration(p, $declaration); }
  | declarations error SYNC             { wp_lose(p, wp_span_join(@2, @3)); yyerrok; }
  ;

declaration:
    bare_declaration
  | annotations bare_declaration[d]     { $$ = $d; $$->annotations = $annotations.first; }
  ;

bare_declaration:
    USE module                          { $$ = wp_new_declaration(p, WP_DECL_USE, @$, NULL); $$->title = $module; }
  | NETWORK name '=' set                { $$ = wp_new_declaration(p, WP_DECL_NETWORK, @$, $name); $$->set = $set; }
  | DEVICE name '=' set                 { $$ = wp_new_declaration(p, WP_DECL_DEVICE, @$, $name); $$->set = $set; }
  | DEVICE name block                   { $$ = wp_new_block(p, WP_DECL_DEVICE, @$, $name, $block); }
  | GROUP name opt_title opt_block      { $$ = wp_new_titled(p, WP_DECL_GROUP, @$, $name, $opt_title, $opt_block); }
  | APP name opt_title opt_block        { $$ = wp_new_titled(p, WP_DECL_APP, @$, $name, $opt_title, $opt_block); }
  | CHAIN name '=' chain                { $$ = wp_new_declaration(p, WP_DECL_CHAIN, @$, $name); $$->chain = $chain; }
  | CONDITION name '=' condition        { $$ = wp_new_declaration(p, WP_DECL_CONDITION, @$, $name); $$->condition = $condition; }
  | policy_head '{' rules '}'           { $$ = wp_end_rules($policy_head, @$, $rules); }
  | TEMPLATE name '(' opt_parameters[a] ')' '{' rules '}'
                                        { $$ = wp_new_declaration(p, WP_DECL_TEMPLATE, @$, $name); $$->parameters = $a.first; $$->rules = $rules.first; }
  | TEST title '{' cases '}'            { $$ = wp_new_test(p, @$, $title, $cases); }
  | PROVE title '{' claims '}'          { $$ = wp_new_proof(p, @$, $title, $claims); }
  | METHOD name block                   { $$ = wp_new_block(p, WP_DECL_METHOD, @$, $name, $block); }
  | TENANT name block                   { $$ = wp_new_block(p, WP_DECL_TENANT, @$, $name, $block); }
  | CLIENT name block                   { $$ = wp_new_block(p, WP_DECL_CLIENT, @$, $name, $block); }
  | KIND name block                     { $$ = wp_new_block(p, WP_DECL_KIND, @$, $name, $block); }
  | POSTURE name block                  { $$ = wp_new_block(p, WP_DECL_POSTURE, @$, $name, $block); }
  | ISSUE name title block              { $$ = wp_new_titled(p, WP_DECL_ISSUE, @$, $name, $title, $block); }
  | ASSUME condition[c]                 { $$ = wp_new_declaration(p, WP_DECL_ASSUME, @$, NULL); $$->condition = $c; }
  | ASSUME condition[c] IMPLIES condition[d]
                                        { $$ = wp_new_declaration(p, WP_DECL_ASSUME, @$, NULL); $$->condition = $c; $$->conclusion = $d; }
  ;

module:
    STRING                              { $$ = wp_new_name(p, @$, $1, true); }
  | name_word                           { $$ = wp_new_name(p, @$, $1, false); }
  | module[a] '/' name_word[b]          { $$ = wp_join_names(p, $a, "/", $b, @$); }
  ;

opt_title:
    %empty                              { $$ = NULL; }
  | '=' title                           { $$ = $title; }
  ;

title: STRING                           { $$ = wp_new_name(p, @$, $1, true); } ;

/* ---- names ---------------------------------------------------------------- */

/* A keyword may be a name wherever that leaves one reading. Words that may not
 * stand for a name in some place are listed by the place. */

plain: NAME | USE | CHAIN | CONDITION | POLICY | TEMPLATE | TEST | PROVE | METHOD | TENANT | CLIENT
  | KIND | POSTURE | ISSUE | ASSUME | IMPLIES | DEFAULT | FOR | INCLUDE | AS
  | FACTORS | TRUE | FALSE | YES | NO ;
subject: NETWORK ;
fact: DEVICE | GROUP | APP | USER | ENTRY | MANAGED | COMPLIANT | RISK ;
item_word: IP | GROUPS ;
list_word: NONE | INCOMPLETE ;
clause_word: BY | MESSAGE | REPORT ;
case_word: GIVEN | EXPECT | NEVER | ALWAYS ;
attribute_word: DEMANDS | WHERE ;

name_word: plain | subject | fact | item_word | list_word | clause_word | case_word | attribute_word ;
chain_word: plain | subject | fact | item_word | list_word | attribute_word ;
condition_word: plain | item_word | list_word | clause_word | case_word | attribute_word ;
group_word: plain | subject | clause_word | attribute_word ;
report_word: plain | subject | fact | item_word | INCOMPLETE | clause_word | case_word | attribute_word ;
key_word: plain | subject | fact | item_word | list_word | clause_word | case_word ;

name: name_word                         { $$ = wp_new_name(p, @$, $1, false); } ;
chain_name: chain_word                  { $$ = wp_new_name(p, @$, $1, false); } ;
key: key_word                           { $$ = wp_new_name(p, @$, $1, false); } ;

reference:
    name
  | STRING                              { $$ = wp_new_name(p, @$, $1, true); }
  ;

path:
    name
  | name '.' name_word[b]               { $$ = wp_join_names(p, $1, ".", $b, @$); }
  ;

names:
    name                                { $$ = wp_name_list($1); }
  | names ',' name                      { $$ = wp_name_append($1, $3); }
  ;

references:
    reference                           { $$ = wp_name_list($1); }
  | references ',' reference            { $$ = wp_name_append($1, $3); }
  ;

/* ---- sets ----------------------------------------------------------------- */

set:
    product
  | sum                                 { $$ = wp_new_set_of(p, WP_SET_SUM, @$, $sum); }
  ;
sum:
    product[a] '+' product[b]           { $$ = wp_set_append(wp_set_list($a), wp_join_set($b, WP_JOIN_UNION)); }
  | product[a] '-' product[b]           { $$ = wp_set_append(wp_set_list($a), wp_join_set($b, WP_JOIN_DIFFERENCE)); }
  | sum[a] '+' product[b]               { $$ = wp_set_append($a, wp_join_set($b, WP_JOIN_UNION)); }
  | sum[a] '-' product[b]               { $$ = wp_set_append($a, wp_join_set($b, WP_JOIN_DIFFERENCE)); }
  ;
product:
    atom
  | factors                             { $$ = wp_new_set_of(p, WP_SET_PRODUCT, @$, $factors); }
  ;
factors:
    atom[a] '&' atom[b]                 { $$ = wp_set_append(wp_set_list($a), $b); }
  | factors[a] '&' atom[b]              { $$ = wp_set_append($a, $b); }
  ;
atom:
    item
  | '{' items '}'                       { $$ = wp_new_set_of(p, WP_SET_LIST, @$, $items); }
  | '(' set ')'                         { $$ = $set; }
  ;
items:
    item                                { $$ = wp_set_list($1); }
  | items ',' item                      { $$ = wp_set_append($1, $3); }
  ;
item:
    name_word                           { $$ = wp_new_set(p, WP_SET_NAME, @$, $1, NULL); }
  | STRING                              { $$ = wp_new_set(p, WP_SET_STRING, @$, $1, NULL); }
  | address                             { $$ = wp_new_set(p, WP_SET_ADDRESS, @$, $1, NULL); }
  | address[low] RANGE address[high]    { $$ = wp_new_set(p, WP_SET_RANGE, @$, $low, $high); }
  ;
address: DOTTED | ADDRESS ;

/* ---- conditions ------------------------------------------------------------ */

condition:
    conjunction
  | alternatives_c[l]                   { $$ = wp_new_condition_of(p, WP_CONDITION_OR, @$, $l); }
  ;
alternatives_c:
    conjunction[a] OR conjunction[b]    { $$ = wp_condition_append(wp_condition_list($a), $b); }
  | alternatives_c[a] OR conjunction[b] { $$ = wp_condition_append($a, $b); }
  ;
conjunction:
    negation
  | conjuncts[l]                        { $$ = wp_new_condition_of(p, WP_CONDITION_AND, @$, $l); }
  ;
conjuncts:
    negation[a] AND negation[b]         { $$ = wp_condition_append(wp_condition_list($a), $b); }
  | conjuncts[a] AND negation[b]        { $$ = wp_condition_append($a, $b); }
  ;
negation:
    primary
  | NOT negation[c]                     { $$ = wp_new_condition_of(p, WP_CONDITION_NOT, @$, wp_condition_list($c)); }
  ;
primary:
    NETWORK IN set                      { $$ = wp_new_in(p, WP_CONDITION_NETWORK, @$, $set); }
  | DEVICE IN set                       { $$ = wp_new_in(p, WP_CONDITION_DEVICE, @$, $set); }
  | GROUP IN set                        { $$ = wp_new_in(p, WP_CONDITION_GROUP, @$, $set); }
  | APP IN set                          { $$ = wp_new_in(p, WP_CONDITION_APP, @$, $set); }
  | USER IN set                         { $$ = wp_new_in(p, WP_CONDITION_USER, @$, $set); }
  | ENTRY IN set                        { $$ = wp_new_in(p, WP_CONDITION_ENTRY, @$, $set); }
  | MANAGED                             { $$ = wp_new_condition(p, WP_CONDITION_MANAGED, @$, WP_IS, NULL); }
  | COMPLIANT                           { $$ = wp_new_condition(p, WP_CONDITION_COMPLIANT, @$, WP_IS, NULL); }
  | RISK comparison[c] name             { $$ = wp_new_condition(p, WP_CONDITION_RISK, @$, $c, $name); }
  | condition_word[n]                   { $$ = wp_new_condition(p, WP_CONDITION_NAMED, @$, WP_IS, wp_new_name(p, @$, $n, false)); }
  | '(' condition ')'                   { $$ = $condition; }
  ;
comparison:
    IS                                  { $$ = WP_IS; }
  | '<'                                 { $$ = WP_LESS; }
  | AT_MOST                             { $$ = WP_AT_MOST; }
  | AT_LEAST                            { $$ = WP_AT_LEAST; }
  | '>'                                 { $$ = WP_GREATER; }
  ;

/* ---- chains: `or` binds tightest, then `then`, then `else` ------------------ */

chain:
    sequence
  | alternatives[l]                     { $$ = wp_new_chain_of(p, WP_CHAIN_ELSE, @$, $l); }
  ;
alternatives:
    sequence[a] ELSE sequence[b]        { $$ = wp_chain_append(wp_chain_list($a), $b); }
  | alternatives[a] ELSE sequence[b]    { $$ = wp_chain_append($a, $b); }
  ;
sequence:
    step
  | steps[l]                            { $$ = wp_new_chain_of(p, WP_CHAIN_THEN, @$, $l); }
  ;
steps:
    step[a] THEN step[b]                { $$ = wp_chain_append(wp_chain_list($a), $b); }
  | steps[a] THEN step[b]               { $$ = wp_chain_append($a, $b); }
  ;
step:
    atom_c
  | choice[l]                           { $$ = wp_new_chain_of(p, WP_CHAIN_OR, @$, $l); }
  ;
choice:
    atom_c[a] OR atom_c[b]              { $$ = wp_chain_append(wp_chain_list($a), $b); }
  | choice[a] OR atom_c[b]              { $$ = wp_chain_append($a, $b); }
  ;
atom_c:
    chain_name[n]                       { $$ = wp_new_chain(p, @$, $n); }
  | '(' chain ')'                       { $$ = $chain; }
  ;

/* A chain as an argument has at least one operator: a lone name there is read
 * as a set, in parentheses or not, and so is what an argument begins with. */

in_chain:
    in_alternatives[l]                  { $$ = wp_new_chain_of(p, WP_CHAIN_ELSE, @$, $l); }
  | in_steps[l]                         { $$ = wp_new_chain_of(p, WP_CHAIN_THEN, @$, $l); }
  | in_choice[l]                        { $$ = wp_new_chain_of(p, WP_CHAIN_OR, @$, $l); }
  | '(' in_chain[c] ')'                 { $$ = $c; }
  ;
in_alternatives:
    in_sequence[a] ELSE sequence[b]     { $$ = wp_chain_append(wp_chain_list($a), $b); }
  | in_alternatives[a] ELSE sequence[b] { $$ = wp_chain_append($a, $b); }
  ;
in_sequence:
    in_step
  | in_steps[l]                         { $$ = wp_new_chain_of(p, WP_CHAIN_THEN, @$, $l); }
  ;
in_steps:
    in_step[a] THEN step[b]             { $$ = wp_chain_append(wp_chain_list($a), $b); }
  | in_steps[a] THEN step[b]            { $$ = wp_chain_append($a, $b); }
  ;
in_step:
    in_atom
  | in_choice[l]                        { $$ = wp_new_chain_of(p, WP_CHAIN_OR, @$, $l); }
  ;
in_choice:
    in_atom[a] OR atom_c[b]             { $$ = wp_chain_append(wp_chain_list($a), $b); }
  | in_choice[a] OR atom_c[b]           { $$ = wp_chain_append($a, $b); }
  ;
in_atom:
    name                                { $$ = wp_new_chain(p, @$, $1); }
  | '(' in_chain[c] ')'                 { $$ = $c; }
  ;

/* ---- policies --------------------------------------------------------------- */

policy_head:
    POLICY name IS DEFAULT              { $$ = wp_new_declaration(p, WP_DECL_POLICY, @$, $name); $$->is_default = true; }
  | POLICY name FOR names opt_is_default[d]
                                        { $$ = wp_new_declaration(p, WP_DECL_POLICY, @$, $name); $$->apps = $names.first; $$->is_default = $d; }
  ;
opt_is_default:
    %empty                              { $$ = false; }
  | IS DEFAULT                          { $$ = true; }
  ;

rules:
    %empty                              { $$ = wp_rule_list(NULL); }
  | rules rule                          { $$ = wp_rule_append($1, $rule); }
  | rules error SYNC                    { $$ = $1; wp_lose(p, wp_span_join(@2, @3)); yyerrok; }
  ;
rule:
    bare_rule
  | annotations bare_rule               { $$ = $bare_rule; $$->annotations = $annotations.first; }
  ;
bare_rule:
    RULE name opt_when action           { $$ = wp_new_rule(p, @$, $name, false, $opt_when, $action); }
  | RULE REPORT name opt_when action    { $$ = wp_new_rule(p, @$, $name, true, $opt_when, $action); }
  | OTHERWISE action                    { $$ = wp_new_rule(p, @$, NULL, false, NULL, $action); }
  | INCLUDE name '(' opt_arguments[a] ')'
                                        { $$ = wp_new_include(p, @$, $name, $a, NULL); }
  | INCLUDE name '(' opt_arguments[a] ')' AS name[prefix]
                                        { $$ = wp_new_include(p, @$, $2, $a, $prefix); }
  ;
opt_when:
    %empty                              { $$ = NULL; }
  | WHEN condition                      { $$ = $condition; }
  ;
action:
    DENY opt_message[m]                 { $$ = wp_new_action(p, WP_DENY, @$, NULL, $m); }
  | ALLOW opt_message[m]                { $$ = wp_new_action(p, WP_ALLOW, @$, NULL, $m); }
  | ALLOW EVERY DURATION[d] opt_message[m]
                                        { $$ = wp_set_reauth(wp_new_action(p, WP_ALLOW, @$, NULL, $m), $d.number, @d); }
  | AUTHENTICATE chain opt_message[m]   { $$ = wp_new_action(p, WP_AUTHENTICATE, @$, $chain, $m); }
  | AUTHENTICATE chain EVERY DURATION[d] opt_message[m]
                                        { $$ = wp_set_reauth(wp_new_action(p, WP_AUTHENTICATE, @$, $chain, $m), $d.number, @d); }
  ;
opt_message:
    %empty                              { $$ = NULL; }
  | title
  ;

opt_parameters:
    %empty                              { $$ = wp_name_list(NULL); }
  | names
  ;
opt_arguments:
    %empty                              { $$ = wp_argument_list(NULL); }
  | arguments
  ;
arguments:
    argument                            { $$ = wp_argument_list($1); }
  | arguments ',' argument              { $$ = wp_argument_append($1, $3); }
  ;
argument:
    set                                 { $$ = wp_new_argument(p, @$, $set, NULL); }
  | in_chain[c]                         { $$ = wp_new_argument(p, @$, NULL, $c); }
  ;

/* ---- tests and proofs ------------------------------------------------------- */

cases:
    %empty                              { $$ = (struct wp_case_list){NULL, NULL, NULL, NULL}; }
  | cases GIVEN givens                  { $$ = wp_add_givens(p, $1, @2, $givens, @givens); }
  | cases EXPECT expectation            { $$ = wp_add_expectation(p, $1, $expectation, wp_span_join(@2, @3)); }
  | cases error SYNC                    { $$ = $1; wp_lose(p, wp_span_join(@2, @3)); yyerrok; }
  ;

/* Commas between what is given are a matter of taste. After a list of groups,
 * what follows a comma is a group unless it is a word that begins the next item. */
givens: closed_givens | open_givens ;
closed_givens:
    given                               { $$ = wp_given_list($1); }
  | givens given                        { $$ = wp_given_append($1, $2); }
  | closed_givens ',' given             { $$ = wp_given_append($1, $3); }
  | open_givens ',' given               { $$ = wp_given_append($1, $3); }
  ;
open_givens:
    groups group_reference[g]           { $$ = wp_given_list(wp_new_groups(p, @$, $g)); }
  | givens groups group_reference[g]    { $$ = wp_given_append($1, wp_new_groups(p, wp_span_join(@2, @3), $g)); }
  | closed_givens ',' groups group_reference[g]
                                        { $$ = wp_given_append($1, wp_new_groups(p, wp_span_join(@3, @4), $g)); }
  | open_givens ',' groups group_reference[g]
                                        { $$ = wp_given_append($1, wp_new_groups(p, wp_span_join(@3, @4), $g)); }
  | open_givens ',' group_reference[g]  { $$ = wp_extend_groups(p, $1, $g); }
  ;
given:
    IP address                          { $$ = wp_new_given(p, WP_GIVEN_IP, @$, wp_new_name(p, @2, $2, false), true); }
  | DEVICE reference                    { $$ = wp_new_given(p, WP_GIVEN_DEVICE, @$, $2, true); }
  | APP reference                       { $$ = wp_new_given(p, WP_GIVEN_APP, @$, $2, true); }
  | USER reference                      { $$ = wp_new_given(p, WP_GIVEN_USER, @$, $2, true); }
  | ENTRY reference                     { $$ = wp_new_given(p, WP_GIVEN_ENTRY, @$, $2, true); }
  | MANAGED opt_flag[f]                 { $$ = wp_new_given(p, WP_GIVEN_MANAGED, @$, NULL, $f); }
  | COMPLIANT opt_flag[f]               { $$ = wp_new_given(p, WP_GIVEN_COMPLIANT, @$, NULL, $f); }
  | NOT MANAGED                         { $$ = wp_new_given(p, WP_GIVEN_MANAGED, @$, NULL, false); }
  | NOT COMPLIANT                       { $$ = wp_new_given(p, WP_GIVEN_COMPLIANT, @$, NULL, false); }
  | RISK name                           { $$ = wp_new_given(p, WP_GIVEN_RISK, @$, $2, true); }
  | groups '{' references[n] '}'        { $$ = wp_new_given(p, WP_GIVEN_GROUPS, @$, $n.first, true); }
  | groups NONE                         { $$ = wp_new_given(p, WP_GIVEN_GROUPS, @$, NULL, true); }
  | groups INCOMPLETE                   { $$ = wp_new_given(p, WP_GIVEN_GROUPS_INCOMPLETE, @$, NULL, true); }
  ;
groups: GROUP | GROUPS ;
group_reference:
    group_word                          { $$ = wp_new_name(p, @$, $1, false); }
  | title
  ;
opt_flag:
    %empty                              { $$ = true; }
  | TRUE                                { $$ = true; }
  | YES                                 { $$ = true; }
  | FALSE                               { $$ = false; }
  | NO                                  { $$ = false; }
  ;

expectation:
    outcome                             { $$ = wp_new_expectation(p, @$, $1); }
  | expectation[e] BY name              { $$ = wp_expect_by(p, $e, @$, $name); }
  | expectation[e] BY OTHERWISE[o]      { $$ = wp_expect_by(p, $e, @$, wp_new_name(p, @o, $o, false)); }
  | expectation[e] IN name              { $$ = wp_expect_in(p, $e, @$, $name); }
  | expectation[e] EVERY DURATION[d]    { $$ = wp_expect_every(p, $e, @$, $d.number, @d); }
  | expectation[e] MESSAGE title        { $$ = wp_expect_message(p, $e, @$, $title); }
  | expectation[e] REPORT report_names  { $$ = wp_expect_report(p, $e, @$, $report_names.first); }
  | expectation[e] REPORT NONE          { $$ = wp_expect_report(p, $e, @$, NULL); }
  ;
report_names:
    report_word                         { $$ = wp_name_list(wp_new_name(p, @$, $1, false)); }
  | report_names ',' report_word        { $$ = wp_name_append($1, wp_new_name(p, @3, $3, false)); }
  ;

claims:
    %empty                              { $$ = wp_claim_list(NULL); }
  | claims claim                        { $$ = wp_claim_append($1, $2); }
  | claims error SYNC                   { $$ = $1; wp_lose(p, wp_span_join(@2, @3)); yyerrok; }
  ;
claim:
    NEVER outcomes opt_when             { $$ = wp_new_claim(p, @$, false, $outcomes, $opt_when); }
  | ALWAYS outcomes opt_when            { $$ = wp_new_claim(p, @$, true, $outcomes, $opt_when); }
  ;
outcomes:
    outcome                             { $$ = wp_outcome_list($1); }
  | outcomes ',' outcome                { $$ = wp_outcome_append($1, $3); }
  ;
outcome:
    DENY                                { $$ = wp_new_outcome(p, WP_OUTCOME_DENY, @$, NULL); }
  | ALLOW                               { $$ = wp_new_outcome(p, WP_OUTCOME_ALLOW, @$, NULL); }
  | AUTHENTICATE                        { $$ = wp_new_outcome(p, WP_OUTCOME_AUTHENTICATE, @$, NULL); }
  | AUTHENTICATE chain                  { $$ = wp_new_outcome(p, WP_OUTCOME_AUTHENTICATE, @$, NULL); $$->chain = $chain; }
  | FACTORS comparison[c] INTEGER[n]    { $$ = wp_new_outcome(p, WP_OUTCOME_FACTORS, @$, NULL); $$->comparison = $c; $$->number = $n.number; }
  | METHOD name                         { $$ = wp_new_outcome(p, WP_OUTCOME_METHOD, @$, $name); }
  | RULE path                           { $$ = wp_new_outcome(p, WP_OUTCOME_RULE, @$, $path); }
  ;

/* ---- attributes and annotations ---------------------------------------------- */

opt_block:
    %empty                              { $$ = (struct wp_block){{NULL, NULL}, false}; }
  | block
  ;
block: '{' attributes '}'               { $$ = (struct wp_block){$attributes, true}; } ;
attributes:
    %empty                              { $$ = wp_attribute_list(NULL); }
  | attributes attribute                { $$ = wp_attribute_append($1, $2); }
  | attributes error SYNC               { $$ = $1; wp_lose(p, wp_span_join(@2, @3)); yyerrok; }
  ;
attribute:
    key '=' value                       { $$ = wp_new_attribute(p, WP_ATTRIBUTE, @$, $key); $$->value = $value; }
  | key block                           { $$ = wp_new_attribute(p, WP_BLOCK, @$, $key); $$->attributes = $block.list.first; }
  | key reference block                 { $$ = wp_new_attribute(p, WP_BLOCK, @$, $key); $$->name = $2; $$->attributes = $block.list.first; }
  | DEMANDS path test value opt_block   { $$ = wp_new_demand(p, WP_DEMAND, @$, $path, $test, $value); $$->attributes = $opt_block.list.first; }
  | WHERE path test value               { $$ = wp_new_demand(p, WP_WHERE, @$, $path, $test, $value); }
  ;
test:
    IS                                  { $$ = (struct wp_test){WP_DEMAND_IS, false}; }
  | IS NOT                              { $$ = (struct wp_test){WP_DEMAND_IS, true}; }
  | IN                                  { $$ = (struct wp_test){WP_DEMAND_IN, false}; }
  | NOT IN                              { $$ = (struct wp_test){WP_DEMAND_IN, true}; }
  | '<'                                 { $$ = (struct wp_test){WP_DEMAND_LESS, false}; }
  | AT_MOST                             { $$ = (struct wp_test){WP_DEMAND_AT_MOST, false}; }
  | AT_LEAST                            { $$ = (struct wp_test){WP_DEMAND_AT_LEAST, false}; }
  | '>'                                 { $$ = (struct wp_test){WP_DEMAND_GREATER, false}; }
  ;
value:
    path                                { $$ = wp_new_value(p, WP_VALUE_NAME, @$, $1->text, 0); }
  | literal
  ;
literal:
    STRING                              { $$ = wp_new_value(p, WP_VALUE_STRING, @$, $1, 0); }
  | INTEGER                             { $$ = wp_new_value(p, WP_VALUE_INTEGER, @$, $1.text, $1.number); }
  | DOTTED                              { $$ = wp_new_value(p, WP_VALUE_VERSION, @$, $1, 0); }
  | DURATION                            { $$ = wp_new_value(p, WP_VALUE_DURATION, @$, $1.text, $1.number); }
  | DATE                                { $$ = wp_new_value(p, WP_VALUE_DATE, @$, $1, 0); }
  | '{' '}'                             { $$ = wp_new_value(p, WP_VALUE_LIST, @$, NULL, 0); }
  | '{' values '}'                      { $$ = wp_new_value(p, WP_VALUE_LIST, @$, NULL, 0); $$->items = $values.first; }
  ;
values:
    value                               { $$ = wp_value_list($1); }
  | values ',' value                    { $$ = wp_value_append($1, $3); }
  ;

annotations:
    annotation                          { $$ = wp_annotation_list($1); }
  | annotations annotation              { $$ = wp_annotation_append($1, $2); }
  ;
annotation:
    '@' name                            { $$ = wp_new_annotation(p, @$, $name, NULL); }
  | '@' name literal                    { $$ = wp_new_annotation(p, @$, $name, $literal); }
  | '@' name annotation_word[w]         { $$ = wp_new_annotation(p, @$, $name, wp_new_value(p, WP_VALUE_NAME, @w, $w, 0)); }
  ;
annotation_word: NAME | TRUE | FALSE | YES | NO ;

%%

/* Bison's own failures: only its stack, which nesting cannot fill. */
static void
wp_yyerror(const struct wp_span *place, struct wp_parser *p, const char *message)
{
    wp_complain(p, NESTED_TOO_DEEPLY, *place, "%s", message);
}

static int
yyreport_syntax_error(const yypcontext_t *context, struct wp_parser *p)
{
    yysymbol_kind_t kinds[YYNTOKENS];
    const char *names[YYNTOKENS];
    int count, i;

    count = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    for (i = 0; i < count; i++)
        names[i] = yysymbol_name(kinds[i]);
    wp_syntax_error(p, names, count < 0 ? 0 : (size_t)count);
    return 0;
}
