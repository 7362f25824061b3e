# Sourced by run, install and test: a build that shows on a terminal how far it is, and is quiet elsewhere.
# shellcheck shell=bash

# with_progress LOG COMMAND...: runs a command with its output in the file LOG. On a terminal, SwiftPM's steps replace each other
# in one line of stderr, with the minutes that have passed. The exit status is the command's.
with_progress() {
  local log=$1 start=$SECONDS status=0
  shift
  if ! [[ -t 2 ]]; then
    "$@" >"$log" 2>&1 </dev/null || status=$?
    return "$status"
  fi
  : >"$log"
  "$@" 2>&1 </dev/null | while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    [[ $line == \[* ]] || continue
    printf '\r\033[K%d:%02d %s' $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)) "${line:0:70}" >&2
  done || status=${PIPESTATUS[0]}
  printf '\r\033[K' >&2
  return "$status"
}
