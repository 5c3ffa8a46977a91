// ipywidgets gives a slider no name, and no control its explanation: who has the page read aloud needs both.

const WATCHED = { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-valuetext"] };
const REST = 1000; // milliseconds

function name(row) {
  const label = row.querySelector("label")?.textContent, help = row.querySelector(".dl-help p");
  if (!label || !help) return; // it is not drawn yet
  help.id ||= `dl-help-${Math.random().toString(36).slice(2)}`; // a page has many, each with this module to itself
  for (const node of row.querySelectorAll("input, select, .noUi-handle, .widget-readout")) {
    if (!node.labels?.length) node.setAttribute("aria-label", label);
    node.setAttribute("aria-describedby", help.id);
    node.setAttribute("aria-invalid", row.classList.contains("dl-wrong"));
    const said = node.getAttribute("aria-valuetext"), plain = said && String(Number(Number(said).toPrecision(9)));
    if (plain !== said) node.setAttribute("aria-valuetext", plain); // noUiSlider says 189.99999999999997 for 190
  }
}

/** ipywidgets clips what is typed beside a slider, moves it to the next step of the slider, and drops what is no
    number, all without a word: we say it. */
function typed(event) {
  const readout = event.target, row = readout.closest(".dl-row");
  if (!row || !readout.matches(".widget-readout") || (event.key ?? "Enter") !== "Enter") return;
  const words = readout.textContent.trim(), value = parseFloat(words), handle = row.querySelector(".noUi-handle");
  const [least, most] = ["min", "max"].map((end) => parseFloat(handle.getAttribute(`aria-value${end}`)));
  if (value >= least && value <= most) {
    setTimeout(() => { // by then the slider has moved
      const now = readout.textContent.trim();
      if (now !== words && parseFloat(now) !== value) warn(row, `“${words}” lies between two steps of this slider; it is ${now}.`);
      readout.dataset.was = now;
    });
    return;
  }
  const problem = Number.isNaN(value) ? "is no number" : `is not between ${least} and ${most}, where this slider ends`;
  event.preventDefault();
  event.stopImmediatePropagation();
  readout.textContent = readout.dataset.was;
  warn(row, `“${words}” ${problem}; it stays at ${readout.dataset.was}.`);
}

function warn(row, words) {
  hush({ target: row });
  const told = document.createElement("p");
  told.className = "dl-alert dl-typed";
  told.role = "alert";
  told.textContent = `⚠ ${words}`;
  row.append(told);
}

function hush({ target }) {
  target.closest(".dl-playground")?.querySelector(".dl-typed")?.remove();
}

/** What the knob does that somebody points at, or is at; in a place of its own, where it covers nothing: that of the
    group that it was unfolded with, else the one above the picture. */
function explain(board) {
  const row = board.querySelector(".dl-row:hover") ?? board.querySelector(".dl-row:focus-within");
  const place = (row?.closest(".dl-open") ?? board).querySelector(".dl-hint p"), help = row?.querySelector(".dl-help p");
  if (!place || !help) return; // the last one stays until there is another
  place.dataset.knob = row.querySelector("label").textContent;
  place.textContent = help.textContent;
}

function begun({ target }) {
  if (target.matches(".widget-readout")) target.dataset.was = target.textContent;
}

/** What a turn led to is said once the knob has come to rest; nobody sees this. */
function sayIn(el, model) {
  const live = el.appendChild(document.createElement("p"));
  live.role = "status";
  live.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
  let rest;
  const say = () => {
    clearTimeout(rest);
    rest = setTimeout(() => { live.textContent = model.get("said"); }, REST);
  };
  model.on("change:said", say);
  return () => { clearTimeout(rest); model.off("change:said", say); };
}

function render({ el, model }) {
  const hushed = sayIn(el, model);
  let watcher, later;
  function begin() {
    const board = el.closest(".dl-playground");
    if (!board) { // it is not in the page yet
      later = requestAnimationFrame(begin);
      return;
    }
    for (const act of ["input", "pointerdown"]) board.addEventListener(act, hush);
    for (const act of ["keydown", "blur"]) board.addEventListener(act, typed, true);
    board.addEventListener("focusin", begun);
    for (const act of ["focusin", "pointerover"]) board.addEventListener(act, () => explain(board));
    const all = () => board.querySelectorAll(".dl-row").forEach(name);
    watcher = new MutationObserver(all);
    // Not the picture beside them, which changes at every moment.
    for (const part of board.querySelectorAll(".dl-main, .dl-folds")) watcher.observe(part, WATCHED);
    all();
  }
  later = requestAnimationFrame(begin);
  return () => { cancelAnimationFrame(later); watcher?.disconnect(); hushed(); };
}

export default { render };
