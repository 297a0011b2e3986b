#!/usr/bin/env bash
# report_browser.sh program folder - the page of `opline report` in headless Chromium. For the ctest entry cli.report_browser.
# Screenshots stay in the folder. Exit code 77: skipped.
set -euo pipefail
program=$(readlink -f "$1") folder=$2
use_pages=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/report_browser.py
packages=()
command -v chromium >/dev/null 2>&1 || packages+=(chromium)
/usr/bin/python3 -c 'import websockets' >/dev/null 2>&1 || packages+=(python3-websockets)
[ -e /usr/share/javascript/chart.js/Chart.min.js ] || packages+=(libjs-chart.js)
if [ ${#packages[@]} -gt 0 ]; then
  echo "SKIPPED: ${packages[*]} missing: apt-get install -y --no-install-recommends ${packages[*]}"
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
"$program" run --space tiny --count 40 --boards nucleo-f446re,nucleo-f746zg --db study.db --quiet
"$program" run --space tiny --count 20 --prior uniform-networks --boards nucleo-f446re --db study.db --quiet
"$program" report --db study.db --out study.html --quiet
/usr/bin/python3 - <<'PYTHON'
# 20,000 networks with names that try to become markup.
import random
random.seed(1)
with open("many.csv", "w") as file:
    file.write("model,ops,latency_s\n")
    for i in range(20000):
        ops = random.randint(1_000_000, 60_000_000)
        file.write(f"<img src=x onerror=alert({i})>,{ops},{0.015 + 7.6e-9 * ops * random.gauss(1, 0.02):.9f}\n")
PYTHON
"$program" report --csv many.csv --name model --out many.html --quiet
exec /usr/bin/python3 "$use_pages" study.html many.html
