// The teacher's own screen: what is right, who has answered, and every command, by mouse and by keyboard.

import { connect } from "./link.js";
import { capital, choicesList, clockView, keyView, leadersView, promptView, put, resultsView, votesView } from "./parts.js";
import { h, isListed } from "./quiz.js";

const base = location.href.replace(/[?#].*/, "");
const MORE = 30; // seconds by which a question is extended
const COMMANDS = { // name: words, key; the space bar is the first one that is allowed
  start: ["Start", ""], "go-on": ["Go on", "p"], close: ["Close", "c"], reveal: ["Reveal", "r"], again: ["Vote again", ""],
  next: ["Next question", ""], leaders: ["Who leads", "l"], pause: ["Pause", "p"], extend: [`+${MORE} s`, "e"], reopen: ["Reopen", "o"],
  discuss: ["Discuss, then vote again", "d"], play: ["Play the run", "w"], leave: ["No second vote", "n"], skip: ["Skip", "s"], end: ["End the class", "q"],
};
const PHASES = { lobby: "Lobby", open: "Open", paused: "Paused", closed: "Closed", discuss: "Discussion", playing: "The run", revealed: "Revealed", ended: "Ended" };
const SURE = { skip: "Skip this question? It will not count.", end: "End the class? It cannot be started again." };

const head = document.getElementById("head");
const main = document.getElementById("main");
const foot = document.getElementById("foot");
const clock = clockView();
const title = h("h1", { class: "title" });
const facts = h("span", { class: "facts" });
const chip = h("span", { class: "chip" });
const place = h("span", { class: "where", role: "status", "aria-atomic": "true" }, facts, " ", chip);
const controls = h("div", { class: "controls", role: "toolbar", "aria-label": "The class" });
const said = h("p", { class: "said", role: "status" });
const advice = h("p", { class: "advice", role: "status" });
const left = h("div", { class: "left" });
const people = h("ul", { class: "people" });
const counts = h("h2", {});
const more = h("div", {});
const joined = await (await fetch(`${base}join.json`)).json();
const dialog = h("dialog", {});
let screen = null;
let shown = "";
let seats = "";
let told = true; // whether the answer is unfolded
let asked = -1; // the step that a command was given for: a double click is one command

head.append(title, place, clock.node);
main.append(h("div", { class: "column" }, controls, said, advice, left), h("aside", {}, counts, people, more));
const way = h("span", {}, "Students: ", h("strong", {}, joined.address), " code ", h("strong", {}, joined.code));
const letters = h("input", { type: "checkbox", onchange: () => sessionStorage.setItem("letters", letters.checked ? "" : "off") });
letters.checked = sessionStorage.getItem("letters") !== "off"; // who speaks to the computer would press keys
const keys = h("label", { class: "keys" }, letters, " Shortcuts by letters; Space is the blue button");
foot.append(way, keys);
document.body.append(dialog);

function show(next) {
  if (!next) return;
  screen = next;
  title.textContent = next.title;
  document.title = `Teacher: ${next.title}`;
  put(facts, next.place ? `Question ${next.place} of ${next.of}${next.round === 2 ? " · second vote" : ""}` : `${next.of} questions`);
  put(chip, PHASES[next.phase]);
  put(advice, next.advice ?? "");
  chip.dataset.phase = next.phase;
  clock.show(next);
  way.hidden = keys.hidden = next.phase === "ended";
  drawControls();
  const key = JSON.stringify([next.phase, next.step, next.tally, next.before, next.results, next.leaders, next.advice]);
  if (key !== shown) redraw(left, body());
  shown = key;
  counts.textContent = next.question ? `${next.answered} of ${next.present} answered` : `${next.present} in the class`;
  const list = JSON.stringify(next.students);
  if (list !== seats && !people.querySelector("input")) redraw(people, next.students.map(personView));
  seats = list;
  more.replaceChildren(...extras());
}

/** New nodes for old; the focus stays on what has the same name. */
function redraw(node, nodes) {
  const name = node.contains(document.activeElement) && document.activeElement.dataset.name;
  node.replaceChildren(...nodes);
  if (name) node.querySelector(`[data-name="${CSS.escape(name)}"]`)?.focus();
}

function drawControls() {
  const key = screen.allowed.join();
  if (controls.dataset.key === key) return;
  controls.dataset.key = key;
  const names = screen.allowed.map((name, index) => {
    const [words, letter] = COMMANDS[name];
    const keys = [index === 0 ? "Space" : "", letter.toUpperCase()].filter(Boolean).map((key) => h("kbd", key.length === 1 ? { class: "letter-key" } : {}, key));
    const label = name === "next" && screen.last ? "Show the end" : words;
    return h("button", { type: "button", class: index === 0 ? "dl-button" : "dl-button dl-quiet", "data-do": name, onclick: () => command(name) }, label, " ", ...keys);
  });
  const here = controls.contains(document.activeElement);
  controls.replaceChildren(...names);
  if (here) names[0]?.focus();
}

function body() {
  if (screen.phase === "lobby") {
    return [h("section", { class: "door" }, h("img", { class: "qr", src: "qr.svg", alt: "The address for students' cameras" }),
      h("div", {}, h("p", { class: "small" }, "Students open"), h("p", { class: "address" }, joined.address), h("p", { class: "small" }, "and enter"), h("p", { class: "code" }, joined.code))), coming()];
  }
  if (screen.phase === "ended") {
    return [h("section", { class: "ended" }, h("h1", {}, "The class is over."),
      h("p", { class: "downloads" }, h("a", { class: "dl-button", href: "grades.csv", download: true }, "Grades (CSV)"), " ", h("a", { class: "dl-button dl-quiet", href: "answers.json", download: true }, "All answers (JSON)")),
      resultsView(screen.results), leadersView(screen.leaders))];
  }
  const picture = screen.flow ? [h("figure", { class: "flowing" }, h("div", { html: screen.flow }), h("figcaption", {}, screen.told))] : [];
  const listed = screen.tally.groups.some((group) => group.rows.length);
  return [promptView(screen.question), listed ? votesView(screen) : choicesList(screen.question), ...picture,
    h("details", { class: "private", open: told, ontoggle: (event) => { told = event.target.open; } }, h("summary", { "data-name": "answer" }, "The answer, for your eyes only"), keyView(screen.key, !isListed(screen.question)))];
}

const coming = () => h("section", { class: "coming" }, h("h2", {}, "Questions"), h("ol", {}, ...screen.coming.map((topic) => h("li", {}, topic))));

function extras() {
  const beliefs = screen.beliefs.map((one) => h("li", {}, h("span", { class: "count" }, one.first === one.count ? "" : h("small", {}, `${one.first} → `), `${one.count}`), h("span", {}, h("span", { html: one.html }), h("small", {}, ` ${one.topic}`))));
  return [
    ...(beliefs.length ? [h("section", { class: "beliefs" }, h("h2", {}, "Misconceptions so far"), h("ul", {}, ...beliefs))] : []),
    ...(screen.phase !== "ended" && screen.results.length ? [h("section", {}, h("h2", {}, "So far"), h("p", { class: "source" }, "Fully right, of those who answered."), resultsView(screen.results))] : []),
  ];
}

function personView(person) {
  const words = person.removed ? "removed" : person.answered ? "has answered" : person.online ? "is thinking" : "is not connected";
  const sign = person.removed ? "–" : person.answered ? "●" : person.online ? "○" : "·";
  const row = h("li", { "data-state": words.split(" ").at(-1) });
  const rename = h("button", { type: "button", "data-name": `rename ${person.id}`, "aria-label": `Rename ${person.name}`, onclick: edit }, "✎");
  const remove = h("button", { type: "button", "data-name": `remove ${person.id}`, "aria-label": `${person.removed ? "Take back" : "Remove"} ${person.name}`, onclick: () => send({ student: person.id, removed: !person.removed }) }, person.removed ? "↩" : "✕");
  let byMouse = false;
  row.append(h("span", { class: "sign", title: words, role: "img", "aria-label": words }, sign), h("bdi", {}, person.name), rename, remove);

  function edit(event) {
    byMouse = event.detail > 0;
    const input = h("input", { type: "text", maxlength: "40", "aria-label": "New name", onblur: stop, onkeydown: typed });
    input.value = person.name;
    row.querySelector("bdi").replaceChildren(input);
    input.select();
  }
  function stop() {
    row.querySelector("bdi").replaceChildren(person.name);
    seats = "";
  }
  function typed(event) {
    event.stopPropagation();
    if (event.key === "Enter") send({ student: person.id, name: event.target.value });
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // else Enter would press that button too
    if (byMouse) event.target.blur(); // Space is the usual next step again
    else rename.focus();
  }
  return row;
}

async function send(message) {
  try {
    const reply = await link.say(message);
    said.textContent = reply.refused ? capital(reply.refused) : "";
  } catch {
    said.textContent = "No connection. Try again.";
  }
}

function command(name) {
  const act = async () => {
    if (asked === screen.step) return;
    asked = screen.step;
    await send({ do: name, step: asked, seconds: name === "extend" ? MORE : screen.seconds });
    if (asked === screen.step) asked = -1; // it was refused, or its screen is still to come
  };
  const ends = name === "skip" && screen.last ? " It is the last one: the class ends." : "";
  if (SURE[name]) return ask(SURE[name] + ends, act);
  return act();
}

function ask(words, act) {
  const yes = h("button", { type: "submit", class: "dl-button", value: "yes" }, "Yes");
  const no = h("button", { type: "submit", class: "dl-button dl-quiet", value: "no", autofocus: true }, "No"); // Space is often pressed without a look
  dialog.setAttribute("aria-label", words);
  dialog.replaceChildren(h("form", { method: "dialog" }, h("p", {}, words), h("p", {}, yes, " ", no)));
  dialog.onclose = () => dialog.returnValue === "yes" && act();
  dialog.returnValue = "";
  dialog.showModal();
}

// After a click the keys are free again: Space is the usual next step, not the same button once more.
document.addEventListener("click", (event) => event.detail && event.target.closest("button, a, summary, input[type=checkbox]")?.blur());

document.addEventListener("keydown", (event) => {
  if (!screen || dialog.open || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, button, a, summary") && [" ", "Enter"].includes(event.key)) return;
  const key = event.key.toLowerCase();
  const name = key === " " ? screen.allowed[0] : letters.checked && screen.allowed.find((one) => COMMANDS[one][1] === key);
  if (!name) return;
  event.preventDefault();
  command(name);
});

let lost = "";
const link = connect(base, show, (on, why = "No connection. Trying again …") => {
  if (on && said.textContent !== lost) return; // it says something else by now
  lost = on ? "" : why;
  put(said, lost);
});
