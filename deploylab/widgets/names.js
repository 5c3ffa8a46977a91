// ipywidgets gives a slider no name, and no control its explanation: who has the page read aloud needs both.

const WATCHED = { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] };
let known = 0;

function name(row) {
  const label = row.querySelector("label")?.textContent, help = row.querySelector(".dl-help p");
  if (!label || !help) return; // it is not drawn yet
  help.id ||= `dl-help-${known++}`;
  for (const node of row.querySelectorAll("input, select, .noUi-handle, .widget-readout")) {
    if (!node.labels?.length) node.setAttribute("aria-label", label);
    node.setAttribute("aria-describedby", help.id);
    node.setAttribute("aria-invalid", row.classList.contains("dl-wrong"));
  }
}

function render({ el }) {
  let watcher, later;
  function begin() {
    const board = el.closest(".dl-playground");
    if (!board) { // it is not in the page yet
      later = requestAnimationFrame(begin);
      return;
    }
    const all = () => board.querySelectorAll(".dl-row").forEach(name);
    watcher = new MutationObserver(all);
    // Not the picture beside them, which changes at every moment.
    for (const part of board.querySelectorAll(".dl-main, .dl-folds")) watcher.observe(part, WATCHED);
    all();
  }
  later = requestAnimationFrame(begin);
  return () => { cancelAnimationFrame(later); watcher?.disconnect(); };
}

export default { render };
