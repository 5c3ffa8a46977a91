// What the pages share: the clock, the question as it stands on a wall, and the picture of the answers.

import { h, isListed } from "./quiz.js";

const FEW = 5; // answers, with those that nobody gives any more
const FEWEST = 3; // wrong ones that stay on a wall without room; of each gap or pair the first

/** What a screen reader says anew is only what has changed. */
export function put(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** Counts down to a deadline of the server's; the moment is taken anew with each screen. */
export function clockView() {
  const node = h("span", { class: "clock", role: "timer", hidden: true });
  let end = null;
  let phase = "";
  let fixed = null;

  function draw() {
    const left = fixed ?? (end === null ? null : Math.max(0, end - performance.now()));
    const shown = left !== null && (phase === "open" || phase === "paused");
    node.hidden = !shown;
    if (!shown) return;
    const seconds = Math.ceil(left / 1000);
    node.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    node.dataset.state = phase === "paused" ? "paused" : seconds <= 10 ? "soon" : "";
  }
  setInterval(draw, 200);
  return {
    node,
    show(screen) {
      phase = screen.phase;
      fixed = phase === "paused" ? screen.left : null;
      end = screen.left === null ? null : performance.now() + screen.left;
      draw();
    },
  };
}

export const capital = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
/** How many were right, of those who answered. */
export const rightOf = ({ right, answered }) => (answered ? `${right} of ${answered} right` : "nobody answered");
export const letter = (index) => String.fromCharCode(65 + index);

/** The prompt with its picture. */
export function promptView(question) {
  const node = h("div", { class: "prompt" }, h("div", { html: question.prompt }));
  if (question.figure) node.append(h("img", { class: "figure", src: question.figure.src, alt: question.figure.alt }));
  return node;
}

/** What can be chosen, before anybody knows what is right. */
export function choicesList(question) {
  const [first] = question.fields;
  if (question.fields.length === 1 && !first.id) {
    if (!first.choices.length) return h("p", { class: "how" }, first.how === "number" ? `Type a number${first.unit ? `, in ${first.unit}` : ""}.` : "Type your answer.");
    const kind = first.how === "order" ? "ul" : "ol";
    const rows = first.choices.map((choice, index) => h("li", {},
      h("span", { class: "letter", "aria-hidden": "true" }, first.how === "order" ? "↕" : letter(index)), h("span", { html: choice.html })));
    return h(kind, { class: "choices" }, ...rows);
  }
  if (first.inline) return h("p", { class: "how" }, "Fill the gaps.");
  const terms = question.fields.map((field) => h("li", {}, h("span", { html: field.label })));
  const choices = first.choices.map((choice) => h("li", {}, h("span", { html: choice.html })));
  return h("div", { class: "pairs" }, h("ul", { class: "choices" }, ...terms), h("ul", { class: "choices" }, ...choices));
}

/** Bars of one round, or of two, one over the other; `tell` says whether the right one is marked. */
export function votesView(screen, tell = true) {
  const ordered = screen.question.fields[0].how === "order"; // its places have numbers
  const groups = screen.tally.groups.map((group, index) => {
    const lettered = isListed(screen.question);
    const before = screen.before?.groups[index].rows ?? [];
    const known = new Set(group.rows.map((row) => row.html));
    const gone = before.filter((row) => !known.has(row.html)).slice(0, Math.max(0, FEW - group.rows.length));
    const rows = [...group.rows, ...gone.map((row) => ({ ...row, count: 0 }))];
    const wrong = rows.filter((row) => !row.right).sort((one, other) => other.count - one.count);
    const rare = lettered || ordered ? [] : wrong.slice(screen.tally.groups.length > 1 ? 1 : FEWEST);
    const more = rare.reduce((sum, row) => sum + row.count, 0);
    const lines = rows.map((row, place) => {
      const old = before.find((one) => one.html === row.html);
      const bars = [...(old ? [bar(old.count, screen.before.answered, "before")] : screen.before ? [bar(0, 1, "before")] : []), bar(row.count, screen.tally.answered, "now")];
      const right = tell && row.right && !ordered;
      const mark = right ? h("strong", { class: "mark" }, h("span", { "aria-hidden": "true" }, "✓ "), "right") : "";
      return h("li", { "data-right": right ? "yes" : "no", class: rare.includes(row) ? "rare" : "" },
        h("span", { class: "letter", "aria-hidden": "true" }, lettered ? letter(place) : ordered ? `${place + 1}` : right ? "✓" : "·"),
        h("div", { class: "answer" }, h("div", {}, h("span", { html: row.html }), " ", mark), ...bars, row.note ? h("small", { html: row.note }) : ""),
        h("span", { class: "count" }, old ? h("small", {}, `${old.count} → `) : "", `${row.count}`));
    });
    return h("div", { class: "group" }, group.label ? h("h3", { html: group.label }) : "", h("ul", { class: "votes" }, ...lines), more ? h("p", { class: "more" }, `and ${more} more`) : "");
  });
  return h("div", { class: "groups" }, ...(groups.length ? groups : [h("p", { class: "how" }, "No answers.")]));
}

function bar(count, of, kind) {
  const node = h("div", { class: `bar ${kind}`, "aria-hidden": "true" }, h("div"));
  node.firstChild.style.width = `${of ? (100 * count) / of : 0}%`; // the policy forbids style attributes, not this
  return node;
}

/** The answer, the reason, and where it can be read. */
export function keyView(key, withSolution) {
  const lines = key.solution.map((line) => h("li", { html: line }));
  return h("div", { class: "key" },
    ...(withSolution ? [h("div", { class: "solution" }, h("strong", {}, "The right answer"), h("ul", {}, ...lines))] : []),
    ...(key.figure ? [h("p", { class: "figures" }, key.figure)] : []),
    h("div", { class: "reason", html: key.explanation }),
    ...(key.source ? [h("p", { class: "source" }, "Source: ", h("span", { html: key.source }))] : []));
}

export function leadersView(leaders) {
  const rows = leaders.map((one) => h("li", {}, h("span", { class: "place" }, `${one.place}`), h("bdi", {}, one.name), h("span", { class: "count" }, one.score)));
  return leaders.length ? h("section", { class: "leaders" }, h("h3", {}, "Most points"), h("ol", {}, ...rows)) : "";
}

export function resultsView(results) {
  if (!results.length) return "";
  const rows = results.map((row) => {
    const share = h("td", {}, bar(row.share, 100, "now"));
    const words = row.answered ? [row.before === null ? "" : h("small", {}, `${row.before} % → `), `${row.share} % right`] : ["nobody answered"];
    return h("tr", {}, h("th", { scope: "row" }, row.topic), share, h("td", { class: "count" }, ...words));
  });
  return h("table", { class: "results" }, h("tbody", {}, ...rows));
}
