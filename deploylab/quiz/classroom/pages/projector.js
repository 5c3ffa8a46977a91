// The wall: the way in, the question, who is still missing, and then the picture of the answers.

import { connect } from "./link.js";
import { capital, choicesList, clockView, keyView, leadersView, promptView, put, resultsView, rightOf, votesView } from "./parts.js";
import { h, isListed } from "./quiz.js";

const base = location.href.replace(/[?#].*/, "");
const head = document.getElementById("head");
const main = document.getElementById("main");
const foot = document.getElementById("foot");
const clock = clockView();
const told = h("span", { class: "facts" });
const title = h("h1", { class: "title" });
const quiet = h("span", { class: "quiet", role: "status" });
const joined = await (await fetch(`${base}join.json`)).json();
const way = h("span", { class: "way" }, h("span", {}, joined.address.replace(/^https?:\/\//, "").replace(/\/$/, "")), " ", h("strong", {}, joined.code));
head.append(title, told, clock.node);
const LETTERS = [125, 120, 115, 110, 105, 100, 95, 92]; // per cent; the last ones are 16 px high on a screen of 1280 x 720
const SMALLER = [85, 75, 65, 55]; // hard to read, but nothing is cut off
const LESS = ["source", "rare", "flow", "note", "reason", "prompt"]; // what the wall can do without, the least needed first
let drawn = "";
let parts = {};

function show(screen) {
  if (!screen) return;
  document.body.dataset.phase = screen.phase;
  document.documentElement.lang = screen.language;
  title.textContent = screen.title;
  told.textContent = screen.phase === "lobby" || screen.phase === "ended" ? "" : `Question ${screen.place} of ${screen.of}${screen.round === 2 ? " · second vote" : ""}`;
  clock.show(screen);
  const asked = ["open", "paused", "closed", "discuss"].includes(screen.phase);
  const key = `${asked ? "asked" : screen.phase} ${screen.place} ${screen.round} ${Boolean(screen.leading)}`;
  if (key !== drawn) {
    drawn = key;
    const before = parts;
    parts = screen.phase === "lobby" ? lobby() : screen.phase === "ended" ? ended(screen) : asked ? question(screen) : screen.phase === "playing" ? playing(screen) : screen.leading ? leading(screen) : revealed(screen, before);
    if (parts.nodes[0] !== before.nodes?.[0]) main.replaceChildren(...parts.nodes);
    foot.replaceChildren(...(screen.phase === "lobby" ? [quiet] : [parts.foot ?? "", quiet, screen.phase === "ended" ? "" : way]));
  }
  parts.update?.(screen);
  fit();
}

function lobby() {
  const names = h("ul", { class: "names" });
  const count = h("p", { class: "count" });
  const address = joined.address.replace(/^https?:\/\//, "").replace(/\/$/, "");
  const nodes = [h("section", { class: "door" },
    h("div", {}, h("p", { class: "small" }, "Open on your phone"), h("p", { class: "address" }, address), h("p", { class: "small" }, "and enter the code"), h("p", { class: "code" }, joined.code), count),
    h("img", { class: "qr", src: "qr.svg", alt: "The address as a picture for your phone's camera" })), names];
  return {
    nodes,
    update(screen) {
      count.textContent = screen.present ? `${screen.present} ${screen.present === 1 ? "is" : "are"} in` : "Nobody is in yet";
      names.replaceChildren(...screen.names.map((name) => h("li", {}, h("bdi", {}, name))));
    },
  };
}

function question(screen) {
  const banner = h("p", { class: "banner", role: "status" });
  const bar = h("progress", { "aria-label": "answered" });
  const words = h("span", {});
  const status = { paused: "A short pause", closed: "Closed. What do you think now?", discuss: "Discuss with your neighbours: convince each other. Then you vote again." };
  return {
    nodes: [h("section", { class: "asked" }, promptView(screen.question), choicesList(screen.question)), banner],
    foot: h("span", { class: "answered" }, bar, words),
    update(now) {
      banner.textContent = now.phase === "closed" && now.round === 2 ? "Closed." : status[now.phase] ?? "";
      banner.hidden = !banner.textContent;
      bar.max = Math.max(1, now.present);
      bar.value = now.answered;
      words.textContent = `${now.answered} of ${now.present} answered`;
    },
  };
}

/** The run, large, before anybody knows who was right. */
function playing(screen) {
  const answers = h("div", { class: "answers" });
  const run = h("iframe", { class: "run", src: "animation", title: "The run that was predicted", sandbox: "allow-scripts" });
  return { nodes: [h("section", { class: "told with-run" }, promptView(screen.question), answers, run)], answers, run };
}

/** The answers; beside them the end of the run, and it is the same one that everybody has just watched. */
function revealed(screen, before) {
  const { question, animation, flow } = screen;
  const { groups } = screen.tally;
  const marked = groups.length > 1 && groups.every((group) => group.rows.some((row) => row.right));
  const named = isListed(question) || question.fields[0].how === "order" || marked; // what is right stands among the answers
  const changes = flow ? [h("figure", { class: "flowing" }, animation ? "" : h("div", { html: flow }), h("figcaption", {}, screen.told))] : [];
  const parts = animation ? (before.run ? before : playing(screen)) : { answers: h("div", { class: "answers" }) };
  parts.nodes ??= [h("section", { class: `told ${flow ? "with-flow" : ""}` }, promptView(question), parts.answers, ...changes)];
  parts.answers.append(votesView(screen), keyView(screen.key, !named), ...(animation ? changes : []));
  if (animation) parts.run.src = "animation#end";
  return { nodes: parts.nodes, foot: score(screen) };
}

const leading = (screen) => ({ nodes: [leadersView(screen.leaders) || h("p", { class: "how" }, "Nobody has points yet.")], foot: score(screen) });

function score({ tally, before }) {
  const first = before?.answered ? `, before ${before.right} of ${before.answered}` : "";
  return h("span", { class: "answered" }, h("span", {}, capital(`${rightOf(tally)}${first}`).slice(0, -1)));
}

function ended(screen) {
  return { nodes: [h("section", { class: "ended" }, h("h1", {}, "Thank you."), resultsView(screen.results), leadersView(screen.leaders))] };
}

/** Large letters, and smaller ones until all of it is on the wall; what has no room then is left to the phones. */
function fit() {
  const root = document.documentElement;
  const fits = (less, size) => {
    document.body.dataset.less = LESS.slice(0, less).join(" ");
    root.style.setProperty("--fit", String(size / 100));
    return root.scrollHeight <= window.innerHeight;
  };
  LESS.some((_, less) => LETTERS.some((size) => fits(less, size))) || [...LETTERS, ...SMALLER].some((size) => fits(LESS.length, size));
}

window.addEventListener("resize", fit);
main.addEventListener("load", fit, true); // a picture that came later
connect(base, show, (on, why) => put(quiet, on ? "" : why ?? "No connection …"));
