{
  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.getElementById("accounts");
  const words = JSON.parse(table.dataset.words);
  const place = new Map(data.ids.map((id, row) => [id, row]));
  const address = (id) => "#" + encodeURIComponent(id);
  const node = (tag, text, more = {}) => {
    const made = Object.assign(document.createElement(tag), more);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const escaped = (text) => node("i", text).innerHTML.replaceAll('"', "&quot;");

  table.parentElement.classList.add("cards");
  new DataTable(table, {
    data: data.rows.map((texts, row) => ({ texts, keys: data.keys[row], id: data.ids[row] })),
    columns: data.columns.map((column, at) => ({
      title: column.title,
      className: column.right ? "right" : "",
      data: null,
      type: data.keys.some((keys) => keys[at] !== null && isNaN(keys[at])) ? "string" : undefined,
      render: (row, kind) => {
        const raw = row.keys[at];
        if (kind === "sort" || kind === "type") {
          if (raw === null) return row.texts[at];
          return raw === "" ? -Infinity : isNaN(raw) ? raw : Number(raw);
        }
        if (kind !== "display") return row.texts[at];
        const text = escaped(row.texts[at]);
        return column.name === "account_name" || (column.name === "account_id" && !at)
          ? `<a href="${escaped(address(row.id))}">${text}</a>`
          : text;
      },
    })),
    autoWidth: false,
    createdRow: (row) =>
      Array.from(row.cells).forEach((cell, at) => (cell.dataset.label = data.columns[at].title)),
    order: [],
    deferRender: true,
    pageLength: 25,
    lengthMenu: [25, 100, 500],
    layout: {
      topStart: "search",
      topEnd: {
        buttons: [
          { extend: "copy", text: words.copy, title: null },
          { extend: "csv", text: words.csv, filename: "accounts" },
        ],
      },
      bottomStart: ["info", "pageLength"],
      bottomEnd: "paging",
    },
    language: {
      search: words.search,
      emptyTable: words.none,
      zeroRecords: words.none,
      info: words.shown,
      infoFiltered: "",
      infoEmpty: "",
      lengthMenu: words.more + " _MENU_",
    },
  });

  function show() {
    const id = decodeURIComponent(location.hash.slice(1));
    const box = document.getElementById("account");
    box.hidden = !id;
    box.replaceChildren();
    document.getElementById("name").textContent = words.kind;
    if (!id) return;
    const row = place.get(id);
    if (row === undefined) {
      box.append(node("p", words.missing));
      return;
    }
    document.getElementById("name").textContent = data.names[row];
    const plan = data.plans[id];
    if (plan) {
      const links = node("p", words.plan + ": ");
      for (const kind of ["html", "docx", "pptx"]) {
        links.append(node("a", kind, { href: `${plan}.${kind}` }), " ");
      }
      box.append(links);
    }
    if (data.lines[id]) {
      const line = node("div", undefined, { className: "trend" });
      line.innerHTML = `<svg viewBox="0 0 84 22" role="img"><polyline points="${data.lines[id]}"/></svg>`;
      line.firstChild.setAttribute("aria-label", words.trend);
      line.append(node("span", words.trend));
      box.append(line);
    }
    const facts = node("dl", undefined, { className: "facts" });
    data.labels.forEach((label, at) => {
      const told = data.facts[row][at];
      if (!told || told === "–") return;
      const pair = node("div", undefined, { className: told.length > 60 ? "long" : "" });
      pair.append(node("dt", label), node("dd", told));
      facts.append(pair);
    });
    if (data.open[id]) {
      const pair = node("div", undefined, { className: "long" });
      pair.append(node("dt", words.open), ...data.open[id].map((text) => node("dd", text)));
      facts.append(pair);
    }
    box.append(facts);
    box.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  window.addEventListener("hashchange", show);
  show();
}
