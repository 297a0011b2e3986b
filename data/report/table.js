"use strict";
// Every measured network as a table: what the figures show, for those who do not see them, and to search by name.

opline.Table = class {
  constructor(place) {
    this.place = place;
    this.page = 0;
    this.size = 50;
    this.sorted = {key: "ops", down: false};
    this.search = opline.element("input", {type: "search", "aria-label": "Name contains"});
    this.status = opline.element("span", {role: "status"});
    this.back = opline.element("button", {type: "button"}, "Previous");
    this.next = opline.element("button", {type: "button"}, "Next");
    this.columns = [
      {key: "name", text: "network", of: ({series, row}) => opline.networks.name(series.networks[row])},
      {key: "series", text: "series", of: ({series}) => series.space + " on " + series.board},
      {key: "ops", text: "op count", number: true, of: ({series, row}) => series.ops[row], format: opline.formatOps},
      {key: "latency", text: "latency", number: true, of: ({series, row}) => series.seconds[row],
       format: opline.formatSeconds},
      {key: "residual", text: "from the line", number: true,
       of: ({series, row}) => series.residuals ? series.residuals[row] : NaN, format: opline.formatResidual},
    ];
    if (opline.series.length === 1) this.columns.splice(1, 1);
    this.body = opline.element("tbody", {});
    this.heads = this.columns.map((column) => this.head(column));
    this.search.addEventListener("input", () => this.update());
    this.back.addEventListener("click", () => this.turn(-1));
    this.next.addEventListener("click", () => this.turn(1));
    place.append(
        opline.element("div", {class: "controls"}, opline.element("label", {}, "Name contains ", this.search), this.back,
                       this.next, this.status),
        opline.element("div", {class: "scroll"}, opline.element("table", {},
            opline.element("caption", {}, "Select a name to see its layers."),
            opline.element("thead", {}, opline.element("tr", {}, ...this.heads)), this.body)));
  }

  head(column) {
    const button = opline.element("button", {type: "button"}, column.text);
    button.addEventListener("click", () => {
      this.sorted = {key: column.key, down: this.sorted.key === column.key && !this.sorted.down};
      this.update();
    });
    return opline.element("th", column.number ? {scope: "col", class: "number"} : {scope: "col"}, button);
  }

  // Collects and sorts what is visible and found; only where someone looks.
  update() {
    if (!this.place.parentElement.open) return;
    const wanted = this.search.value.toLowerCase();
    this.rows = [];
    for (const series of opline.series) {
      if (!series.visible) continue;
      for (let row = 0; row < series.count; ++row) {
        if (wanted && !opline.networks.name(series.networks[row]).toLowerCase().includes(wanted)) continue;
        this.rows.push({series, row});
      }
    }
    const column = this.columns.find((one) => one.key === this.sorted.key), sign = this.sorted.down ? -1 : 1;
    const keyed = this.rows.map((one) => ({one, value: column.of(one)}));
    keyed.sort((a, b) => sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
    this.rows = keyed.map(({one}) => one);
    this.heads.forEach((head, i) => {
      if (this.columns[i].key !== this.sorted.key) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", this.sorted.down ? "descending" : "ascending");
    });
    this.page = 0;
    this.show();
  }

  turn(by) {
    this.page += by;
    this.show();
  }

  show() {
    const first = this.page * this.size;
    const shown = this.rows.slice(first, first + this.size);
    this.body.replaceChildren(...shown.map((one) => this.row(one)));
    this.status.textContent = shown.length === 0 ? "No network matches." :
        (first + 1) + " to " + (first + shown.length) + " of " + this.rows.length;
    this.back.disabled = this.page === 0;
    this.next.disabled = first + this.size >= this.rows.length;
    this.markChosen();
  }

  row(one) {
    const cells = this.columns.map((column, i) => {
      const value = column.of(one), text = column.format ? column.format(value) : value;
      if (i > 0) return opline.element("td", column.number ? {class: "number"} : {}, text);
      const button = opline.element("button", {type: "button", class: "name"}, text);
      button.addEventListener("click", () => {
        opline.choose(one);
        document.getElementById("network").focus();
      });
      return opline.element("th", {scope: "row"}, button);
    });
    const row = opline.element("tr", {}, ...cells);
    row.network = one;
    return row;
  }

  markChosen() {
    const at = opline.chosen;
    for (const row of this.body.children) {
      const is = Boolean(at) && row.network.series === at.series && row.network.row === at.row;
      row.classList.toggle("chosen", is);
      if (is) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }
};
