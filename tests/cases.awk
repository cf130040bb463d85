# Sessions in .t files and Markdown: makes a shell script of one, and weaves what
# the script printed back into it.
#
#   awk -f cases.awk -v mode=script -v md=0 -v salt=S FILE
#   awk -f cases.awk -v mode=weave  -v md=0 -v salt=S -v raw=RAW -v tap=TAP -v name=N FILE
#
# md=1 reads Markdown. After each command the script prints "S LINE STATUS".

function marker(line) {
    printf "printf '\\n%%s %%s %%s\\n' %s %d $?\n", salt, line
}
function flush_command() {
    if (mode == "script" && command) marker(command)
    command = 0
}

# The script of a block that is not a session: a source or a runnable script.
function emit_block(    file) {
    if (block == "sh" || block == "yaml") {
        printf "(\nset -e\n%s)\n", text
    } else if (block == "put") {
        printf "cat >%s <<'END OF BLOCK'\n%sEND OF BLOCK\n", put, text
    } else {
        whole = more ? whole text : text
        file = put != "" ? put : "block-" start ".woapol"
        printf "cat >%s <<'END OF BLOCK'\n%sEND OF BLOCK\n", file, whole
        if (error == "")
            print "woapol check " file
        else
            printf "woapol check %s >block.out 2>&1; s=$?; cat block.out; " \
                   "[ $s = 3 ] && grep -q 'error\\[%s\\]' block.out\n", file, error
    }
    marker(start)
}

function result(line, good, what) {
    gsub(/#/, "", what)
    print (good ? "ok" : "not ok") " - " name ":" line " " what >> tap
}

# One expected line against one printed line; a pattern that fits stays.
function same(wanted, got) {
    if (wanted == got) return 1
    if (wanted !~ / \(re\)$/) return 0
    return got ~ ("^(" substr(wanted, 1, length(wanted) - 5) ")$")
}

# After a command's expected lines: compares, and writes what was printed. A
# command that the shell never came to keeps what is expected of it.
function finish(    i, good) {
    if (!command) return
    good = (command in status) && count[command] == wanted_count
    for (i = 0; i < count[command]; i++)
        if (i < wanted_count && same(wanted[i], output[command, i])) {
            print indent wanted[i]
        } else {
            good = 0
            print indent output[command, i]
        }
    if (!(command in status))
        for (i = 0; i < wanted_count; i++) print indent wanted[i]
    result(command, good, title)
    command = 0
}

# The marker starts with a newline: an empty last line is only that.
function read_raw(    line, part, held, n, i, at) {
    n = 0
    while ((getline line < raw) > 0) {
        if (split(line, part, " ") != 3 || part[1] != salt) {
            held[n++] = line
            continue
        }
        at = part[2]
        status[at] = part[3]
        if (n > 0 && held[n - 1] == "") n--
        else if (n > 0) held[n - 1] = held[n - 1] " (no newline)"
        for (i = 0; i < n; i++) output[at, i] = held[i]
        if (part[3] != 0) output[at, n++] = "[" part[3] "]"
        count[at] = n
        n = 0
    }
    left = n
    for (i = 0; i < n; i++) rest[i] = held[i]
}

# The shell commands of a pipeline: `run: COMMAND`, the lines below `run: |`, and
# the items below `script:`. What ends in "# on the runner" is left out.
function take_step(line,    at) {
    at = match(line, /[^ ]/)
    if (line ~ /# on the runner$/) return
    if (step_indent >= 0 && at > step_indent) {
        text = text substr(line, step_indent + 2) "\n"
        return
    }
    step_indent = -1
    if (line ~ /^ *(- )?run: \|$/) {
        step_indent = at
    } else if (line ~ /^ *(- )?run: /) {
        sub(/^ *(- )?run: /, "", line)
        text = text line "\n"
    } else if (line ~ /^ *script:$/) {
        in_script = 1
    } else if (in_script && line ~ /^ *- /) {
        sub(/^ *- /, "", line)
        text = text line "\n"
    } else if (at > 0) {
        in_script = 0
    }
}

function close_block(    i, good) {
    if (mode == "script") {
        if (block != "console" && block != "other") emit_block()
        return
    }
    if (block != "console" && block != "other") {
        good = (start in status) && status[start] == 0
        result(start, good, block " block")
        for (i = 0; !good && i < count[start]; i++)
            print name ":" start ": " output[start, i] > "/dev/stderr"
    }
}

function open_block(    i) {
    block = "other"
    if ($1 == "```console") block = "console"
    if ($1 == "```woapol") block = "woapol"
    if ($1 == "```sh" && $2 == "run") block = "sh"
    if ($1 == "```yaml" && $2 == "run") block = "yaml"
    start = NR
    step_indent = -1
    in_script = 0
    text = put = error = ""
    more = 0
    for (i = 2; i <= NF; i++) {
        if ($i == "more") more = 1
        if ($i ~ /^file=/) put = substr($i, 6)
        if ($i ~ /^error=/) error = substr($i, 7)
    }
    if (block == "other" && put != "") block = "put"
}

BEGIN {
    indent = md ? "" : "  "
    if (mode == "weave") read_raw()
}

md && /^```/ {
    if (mode == "weave") finish()
    flush_command()
    if (block != "") {
        close_block()
        block = ""
    } else {
        open_block()
    }
    if (mode == "weave") print
    next
}
md && block != "" && block != "console" && block != "other" {
    if (block == "yaml") take_step($0)
    else text = text $0 "\n"
    if (mode == "weave") print
    next
}
{
    inside = md ? block == "console" : substr($0, 1, 2) == indent
    body = inside ? substr($0, length(indent) + 1) : ""
}
inside && (substr(body, 1, 2) == "> " || body == ">") && command && !wanted_count {
    print mode == "script" ? substr(body, 3) : $0
    next
}
inside && substr(body, 1, 2) == "$ " {
    if (mode == "weave") finish()
    flush_command()
    print mode == "script" ? substr(body, 3) : $0
    command = NR
    title = substr(body, 3)
    wanted_count = 0
    next
}
inside {
    if (mode == "weave") wanted[wanted_count++] = body
    next
}
{
    if (mode == "weave") {
        finish()
        print
    } else {
        flush_command()
    }
}
END {
    if (mode == "weave") {
        finish()
        for (i = 0; i < left; i++) print name ": after the last command: " rest[i] > "/dev/stderr"
    }
    flush_command()
}
