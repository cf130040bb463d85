#!/bin/sh
# The language server, as an editor drives it: run.sh TOOL TAP WORK
exec /usr/bin/python3 "$(dirname "$0")/run.py" "$@"
