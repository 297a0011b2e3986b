#!/usr/bin/env bash
# What bash completes: completion.bash OPLINE SCRIPT FOLDER. Calls the function that `complete` calls.
set -euo pipefail
opline=$1 script=$2
rm -rf "$3" && mkdir -p "$3/boards" && cd "$3"
touch mine.toml net.tflite 'two words.csv'
# Only works while readline completes.
compopt() { :; }
# shellcheck source=/dev/null
source "$script"
[[ $(complete -p opline) == *"-F _opline opline" ]] || { echo "nothing is registered for opline"; exit 1; }

failures=0
# expect "what is completed, separated by |" words... (the last one is being typed)
expect() {
  local wanted=$1 IFS='|'
  shift
  COMP_WORDS=("$opline" "$@") COMP_CWORD=$# COMPREPLY=()
  _opline || true
  local got="${COMPREPLY[*]}"
  if [[ $got != "$wanted" ]]; then
    printf 'opline %s\n  wanted %s\n  got    %s\n' "$*" "$wanted" "$got"
    failures=$((failures + 1))
  fi
}

# Verbs and options.
expect 'study' stu
expect 'study' help stu
expect '--version' --v
expect '--figure|--file-name' plot --fi
expect '' plot --no-such
# Closed sets, one word and lists.
expect 'text|json|csv' fit --format ''
expect 'linear|log' plot --axes l
expect 'uniform-networks' run --prior uniform-n
expect 'latency,residuals' plot --figure latency,res
expect 'svg,pdf|svg,png' plot --format svg,p
# --option=value as bash splits it, and as it is with COMP_WORDBREAKS changed.
expect 'column' plot --preset = col
expect 'column|double|slide' plot --preset =
expect '--preset=column' plot --preset=col
# Names that the program knows, or files.
expect 'nucleo-f411re|nucleo-f446re' run --boards nucleo-f4
expect 'nrf52840-dk,nucleo-h743zi' run --boards nrf52840-dk,nucleo-h
expect 'kws|kws4' study --space k
expect 'mine.toml' study --space mi
expect 'kws-l|kws-m|kws-s' inspect --network kws-
expect 'kws-s' measure net.tflite kws-s
expect 'build|sources|flash' firmware ''
expect 'two words.csv' fit --csv two
expect 'boards' plot --out ''
# A number is not completed; a verb without arguments continues with options.
expect '' run --count ''
expect '--help|--quiet|--json' self-test ''
[[ $failures -eq 0 ]]
