"use strict";
(function () {
  const lang = document.documentElement.lang;
  const label = document.body.dataset.sortLabel;

  function key(row, column) {
    const cell = row.cells[column];
    const raw = cell.dataset.sort;
    if (raw === undefined) return cell.textContent.trim();
    return raw !== "" && isFinite(raw) ? Number(raw) : raw;
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other), lang, { numeric: true });
  }

  function sort(table, header, column) {
    const rows = Array.from(table.tBodies[0].rows);
    const numeric = rows.some((row) => typeof key(row, column) === "number");
    const now = header.getAttribute("aria-sort");
    const down = now ? now === "ascending" : numeric;
    table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const empty = (value) => value === "" || value === "–";
    rows.sort((a, b) => {
      const one = key(a, column);
      const other = key(b, column);
      if (empty(one) || empty(other)) return empty(one) - empty(other);
      return down ? compare(other, one) : compare(one, other);
    });
    table.tBodies[0].append(...rows);
  }

  document.querySelectorAll("figure").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });

  document.querySelectorAll(".kamkit-table").forEach((box) => {
    const table = box.querySelector("table");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    const caption = table.caption ? table.caption.textContent : "";
    const heading = box.closest("section").querySelector("h2").textContent;
    box.setAttribute("aria-label", caption || heading);
    table.querySelectorAll("td:not([data-sort])").forEach((cell) => {
      cell.classList.toggle("short", cell.textContent.length <= 24);
    });
    if (box.classList.contains("fixed") || !table.tBodies[0] || table.tBodies[0].rows.length < 2) return;
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = label;
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, header, column));
    });
  });
})();
