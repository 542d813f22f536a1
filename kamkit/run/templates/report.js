{
  const words = JSON.parse(document.body.dataset.words);
  const narrow = matchMedia("(max-width: 50rem)").matches;

  // on a phone a chart is as wide as the page; a touch makes it large
  if (narrow) {
    document.querySelectorAll("figure").forEach((box) => {
      box.tabIndex = 0;
      const turn = () => box.classList.toggle("large");
      box.addEventListener("click", turn);
      box.addEventListener("keydown", (press) => press.key === "Enter" && turn());
    });
  }

  // the page is the same whenever it is made; how old its ledger is by now is told when it is read
  const data = document.querySelector("[data-end]");
  const days = data ? (Date.now() - Date.parse(data.dataset.end)) / 864e5 : 0;
  if (days > words.stale_days) {
    const old = document.createElement("b");
    old.className = "stale";
    old.textContent = " " + words.stale.replace("{n}", Math.round(days / 30.44));
    data.append(old);
  }

  // on paper nothing of the list is folded away
  const folded = document.querySelectorAll(".list details:not([open])");
  addEventListener("beforeprint", () => folded.forEach((one) => (one.open = true)));
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));

  // of a long text three lines are seen; a press shows the rest
  function clamp(cell) {
    const text = document.createElement("span");
    Object.assign(text, { className: "clamp", tabIndex: 0, title: cell.textContent });
    text.setAttribute("role", "button");
    text.setAttribute("aria-expanded", "false");
    text.append(...cell.childNodes);
    cell.append(text);
    const turn = () => text.setAttribute("aria-expanded", text.classList.toggle("whole"));
    text.addEventListener("click", turn);
    text.addEventListener("keydown", (press) => press.key === "Enter" && turn());
  }

  function label(table) {
    const titles = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      Array.from(row.cells).forEach((cell, at) => {
        cell.dataset.label = titles[at];
        if (cell.dataset.sort !== undefined) return;
        cell.classList.toggle("short", cell.textContent.length <= 24);
        if (cell.textContent.length > 30 && !cell.querySelector("a, span")) clamp(cell);
      });
    }
  }

  function fit(box, shown) {
    const wide = () => box.scrollWidth > box.clientWidth + 1;
    if (!wide() || narrow) return;
    box.classList.add("tight");
    for (let at = shown.columns().count() - 1; at > 1 && wide(); at -= 1) {
      shown.column(at).visible(false);
    }
    if (wide()) box.tabIndex = 0;
  }

  function ready(box) {
    const table = box.querySelector("table");
    if (!table.tHead || !table.tBodies[0] || box.dataset.ready) return;
    box.dataset.ready = "yes";
    label(table);
    if (table.tBodies[0].rows.length < 2) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      return;
    }
    // what stands in front keeps its place on the page: it is sorted by its headings, and copied below
    const front = box.classList.contains("fixed");
    const top = front && box.classList.contains("answer") && !box.closest("details");
    const name = table.caption ? table.caption.textContent : box.closest("section").querySelector("h2").textContent;
    const saved = [
      { extend: "copy", text: words.copy, title: null },
      { extend: "csv", text: words.csv, filename: name.slice(0, 60) },
    ];
    const shown = new DataTable(table, {
      paging: false,
      info: false,
      order: [],
      autoWidth: false,
      layout: {
        topStart: table.tBodies[0].rows.length > 8 && !top ? "search" : null,
        topEnd: front ? null : { buttons: [{ extend: "colvis", text: words.columns_shown }, ...saved] },
        bottomStart: null,
        bottomEnd: front && !top ? { buttons: saved } : null,
      },
      language: { search: words.search, zeroRecords: words.nothing, emptyTable: words.nothing },
    });
    if (front) return;
    fit(box, shown);
    if (!table.closest(".tight")) box.querySelector(".buttons-colvis").remove();
  }

  document.querySelectorAll(".kamkit-table").forEach((box) => {
    box.classList.add("cards");
    const folded = box.closest("details");
    if (folded) folded.addEventListener("toggle", () => folded.open && ready(box));
    if (!folded || folded.open) ready(box);
  });
  // a link to what is folded unfolds it
  const unfold = () => {
    const aim = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let opened = false;
    for (let at = aim && aim.closest("details"); at; at = at.parentElement.closest("details")) {
      opened = opened || !at.open;
      at.open = true;
    }
    if (opened) aim.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();
}
