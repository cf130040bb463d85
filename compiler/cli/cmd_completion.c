/* woapol completion SHELL: scripts made from the command table. */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/options.h"

/* "human json sarif" from "human|json|sarif"; nothing for FILE. */
static void
print_choices(const char *argument)
{
    if (argument == NULL || argument[0] < 'a' || argument[0] > 'z')
        return;
    for (size_t i = 0; argument[i] != '\0' && argument[i] != '.'; i++)
        (void)putchar(argument[i] == '|' ? ' ' : argument[i]);
}

static bool
has_choices(const char *argument)
{
    return argument != NULL && argument[0] >= 'a' && argument[0] <= 'z';
}

/* Calls `print` for the command's options and then for the common ones. */
static void
each_option(const struct wp_command *command,
            void (*print)(const struct wp_command *, const struct wp_option_info *))
{
    for (const struct wp_option_info *o = command->options; o->name != NULL; o++)
        print(command, o);
    for (const struct wp_option_info *o = wp_common_options; o->name != NULL; o++)
        print(command, o);
}

/* ---- bash --------------------------------------------------------------------- */

static void
print_bash_name(const struct wp_command *command, const struct wp_option_info *option)
{
    (void)command;
    (void)printf(" --%s", option->name);
}

static void
print_bash_argument(const struct wp_command *command, const struct wp_option_info *option)
{
    if (option->argument == NULL)
        return;
    (void)printf("    '%s --%s'", command->name, option->name);
    if (option->letter != 0)
        (void)printf("|'%s -%c'", command->name, option->letter);
    if (has_choices(option->argument)) {
        (void)printf(") COMPREPLY=($(compgen -W '");
        print_choices(option->argument);
        (void)printf("' -- \"$current\")); return ;;\n");
        return;
    }
    (void)printf(") COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n");
}

static void
print_bash(void)
{
    (void)printf("# bash completion for woapol\n"
                 "_woapol() {\n"
                 "    local current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
                 "    local previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
                 "    local command=\"${COMP_WORDS[1]}\"\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                 "        COMPREPLY=($(compgen -W '");
    for (size_t i = 0; i < wp_command_count; i++)
        (void)printf("%s%s", i == 0 ? "" : " ", wp_commands[i].name);
    (void)printf("' -- \"$current\"))\n"
                 "        return\n"
                 "    fi\n"
                 "    case \"$command $previous\" in\n");
    for (size_t i = 0; i < wp_command_count; i++)
        each_option(&wp_commands[i], print_bash_argument);
    (void)printf("    esac\n"
                 "    if [[ \"$current\" != -* ]]; then\n"
                 "        case \"$command\" in\n");
    for (size_t i = 0; i < wp_command_count; i++) {
        if (!has_choices(wp_commands[i].operands))
            continue;
        (void)printf("        %s) COMPREPLY=($(compgen -W '", wp_commands[i].name);
        print_choices(wp_commands[i].operands);
        (void)printf("' -- \"$current\")) ;;\n");
    }
    (void)printf("        *) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
                 "        esac\n"
                 "        return\n"
                 "    fi\n"
                 "    local options=''\n"
                 "    case \"$command\" in\n");
    for (size_t i = 0; i < wp_command_count; i++) {
        (void)printf("    %s) options='", wp_commands[i].name);
        each_option(&wp_commands[i], print_bash_name);
        (void)printf("' ;;\n");
    }
    (void)printf("    esac\n"
                 "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
                 "}\n"
                 "complete -o filenames -F _woapol woapol\n");
}

/* ---- zsh ---------------------------------------------------------------------- */

/* Text within '...' and, there, within [...] or after a colon. */
static void
print_zsh_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            (void)printf("'\\''");
        else if (strchr("[]:\\", *text) != NULL)
            (void)printf("\\%c", *text);
        else
            (void)putchar(*text);
    }
}

static void
print_zsh_form(const struct wp_option_info *option, const char *dashes, const char *name)
{
    size_t length = option->argument == NULL ? 0 : strlen(option->argument);
    bool repeated = length > 3 && strcmp(option->argument + length - 3, "...") == 0;
    (void)printf(" \\\n            '%s%s%s[", repeated ? "*" : "", dashes, name);
    print_zsh_text(option->help);
    (void)putchar(']');
    if (option->argument != NULL) {
        (void)printf(":%s:", has_choices(option->argument) ? option->name : option->argument);
        if (has_choices(option->argument)) {
            (void)putchar('(');
            print_choices(option->argument);
            (void)putchar(')');
        } else {
            (void)printf("_files");
        }
    }
    (void)putchar('\'');
}

static void
print_zsh_option(const struct wp_command *command, const struct wp_option_info *option)
{
    (void)command;
    const char letter[] = {option->letter, '\0'};
    print_zsh_form(option, "--", option->name);
    if (option->letter != 0)
        print_zsh_form(option, "-", letter);
}

static void
print_zsh(void)
{
    (void)printf("#compdef woapol\n"
                 "_woapol() {\n"
                 "    local -a commands\n"
                 "    commands=(\n");
    for (size_t i = 0; i < wp_command_count; i++) {
        (void)printf("        '%s:", wp_commands[i].name);
        print_zsh_text(wp_commands[i].brief);
        (void)printf("'\n");
    }
    (void)printf("    )\n"
                 "    if (( CURRENT == 2 )); then\n"
                 "        _describe command commands\n"
                 "        return\n"
                 "    fi\n"
                 "    local command=$words[2]\n"
                 "    shift words\n"
                 "    (( CURRENT-- ))\n"
                 "    case $command in\n");
    for (size_t i = 0; i < wp_command_count; i++) {
        (void)printf("    %s)\n        _arguments", wp_commands[i].name);
        each_option(&wp_commands[i], print_zsh_option);
        if (has_choices(wp_commands[i].operands)) {
            (void)printf(" \\\n            '1:operand:(");
            print_choices(wp_commands[i].operands);
            (void)printf(")'\n        ;;\n");
        } else {
            (void)printf(" \\\n            '*:operand:_files'\n        ;;\n");
        }
    }
    (void)printf("    esac\n"
                 "}\n"
                 "_woapol \"$@\"\n");
}

/* ---- fish --------------------------------------------------------------------- */

static void
print_fish_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            (void)putchar('\\');
        (void)putchar(*text);
    }
}

static void
print_fish_option(const struct wp_command *command, const struct wp_option_info *option)
{
    (void)printf("complete -c woapol -n '__fish_seen_subcommand_from %s' -l %s", command->name,
                 option->name);
    if (option->letter != 0)
        (void)printf(" -s %c", option->letter);
    if (has_choices(option->argument)) {
        (void)printf(" -x -a '");
        print_choices(option->argument);
        (void)putchar('\'');
    } else if (option->argument != NULL) {
        (void)printf(" -r");
    }
    (void)printf(" -d '");
    print_fish_text(option->help);
    (void)printf("'\n");
}

static void
print_fish(void)
{
    (void)printf("# fish completion for woapol\n");
    for (size_t i = 0; i < wp_command_count; i++) {
        const struct wp_command *command = &wp_commands[i];
        (void)printf("complete -c woapol -n __fish_use_subcommand -f -a %s -d '", command->name);
        print_fish_text(command->brief);
        (void)printf("'\n");
        each_option(command, print_fish_option);
        if (!has_choices(command->operands))
            continue;
        (void)printf("complete -c woapol -n '__fish_seen_subcommand_from %s' -f -a '",
                     command->name);
        print_choices(command->operands);
        (void)printf("'\n");
    }
}

int
wp_cmd_completion(struct wp_invocation *invocation)
{
    const char *shell = invocation->operands[0];
    if (strcmp(shell, "bash") == 0)
        print_bash();
    else if (strcmp(shell, "zsh") == 0)
        print_zsh();
    else
        print_fish();
    return WP_EXIT_DONE;
}
