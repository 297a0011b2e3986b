#!/usr/bin/env zsh
# What zsh completes: completion.zsh OPLINE FOLDER-OF-_opline FOLDER. Types into a zsh on a pseudo-terminal.
emulate zsh
zmodload zsh/zpty
opline=$1 folder=$2
rm -rf $3 && mkdir -p $3 && cd $3 || exit 1
touch mine.toml

zpty shell zsh -f -i
trap 'zpty -d shell' EXIT
# read_until PATTERN: what the shell wrote until then, in `seen`; ends the test after half a minute.
read_until() {
  local chunk deadline=$((SECONDS + 30))
  seen=
  until [[ $seen == ${~1} ]]; do
    if zpty -r -t shell chunk; then seen+=$chunk; else sleep 0.05; fi
    if ((SECONDS > deadline)); then print -r -- "no $1 in: ${(V)seen}"; exit 1; fi
  done
}
zpty -w shell "PS1=; unsetopt zle_bracketed_paste; path=(${(q)opline:h} \$path); fpath=(${(q)folder} \$fpath)"
zpty -w shell "autoload -U compinit; compinit -D -u; show() { print -r \"<\$BUFFER>\"; BUFFER= }; zle -N show"
zpty -w shell "bindkey '^I' complete-word; bindkey '^X' show; print REA''DY"
read_until '*READY*'

failures=0
# expect TYPED COMPLETED: after TAB.
expect() {
  zpty -w -n shell "$1"$'\t\x18'
  read_until '*<*>*'
  local got=${${seen##*<}%%>*}
  [[ $got == $2 ]] && return
  print -r -- "${(qq)1}: wanted ${(qq)2}, got ${(qq)got}"
  ((++failures))
}
expect 'opline stu' 'opline study '
expect 'opline help prof' 'opline help profile '
expect 'opline plot --pres' 'opline plot --preset='
expect 'opline plot --preset=col' 'opline plot --preset=column '
expect 'opline plot --axes lo' 'opline plot --axes log '
expect 'opline plot --figure latency,res' 'opline plot --figure latency,residuals,'
expect 'opline run --prior uniform-n' 'opline run --prior uniform-networks '
expect 'opline run --boards nucleo-h' 'opline run --boards nucleo-h743zi,'
expect 'opline study --space cif' 'opline study --space cifar10 '
expect 'opline study --space mi' 'opline study --space mine.toml '
expect 'opline inspect --network per' 'opline inspect --network person-detection '
expect 'opline firmware bu' 'opline firmware build '
exit $((failures > 0))
