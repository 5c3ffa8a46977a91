// The wall: the way in, the question, who is still missing, and then the picture of the answers.

import { connect } from "./link.js";
import { choicesList, clockView, keyView, leadersView, promptView, put, resultsView, votesView } from "./parts.js";
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
const [LARGE, SMALL] = [125, 55]; // per cent of the usual letters
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
  const key = `${asked ? "asked" : screen.phase} ${screen.place} ${screen.round}`;
  if (key !== drawn) {
    drawn = key;
    const before = parts;
    parts = screen.phase === "lobby" ? lobby() : screen.phase === "ended" ? ended(screen) : asked ? question(screen) : screen.phase === "playing" ? playing(screen) : revealed(screen, before);
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
  const words = h("div", { class: "answers" }, promptView(screen.question));
  const run = h("iframe", { class: "run", src: "animation", title: "The run that was predicted", sandbox: "allow-scripts" });
  const section = h("section", { class: "told with-run playing" }, words, h("div", { class: "beside" }, run));
  return { nodes: [section], words, run };
}

/** The answers; beside them the end of the run, and it is the same one that everybody has just watched. */
function revealed(screen, before) {
  const flow = screen.flow ? [h("figure", { class: "flowing" }, h("div", { html: screen.flow }), h("figcaption", {}, screen.told))] : [];
  const named = isListed(screen.question) || screen.question.fields[0].how === "order"; // what is right stands among the answers
  const answers = [votesView(screen), keyView(screen.key, !named)];
  const leaders = leadersView(screen.leaders);
  const foot = h("span", { class: "answered" }, h("span", {}, `${screen.tally.right} of ${screen.tally.answered} right${screen.before ? `, before ${screen.before.right} of ${screen.before.answered}` : ""}`));
  if (!screen.animation) {
    return { nodes: [h("section", { class: `told ${flow.length ? "with-flow" : ""}` }, promptView(screen.question), h("div", { class: "answers" }, ...answers, ...(flow.length ? [] : [leaders])), ...(flow.length ? [h("div", { class: "changes" }, ...flow, leaders)] : []))], foot };
  }
  const { nodes, words, run } = before.run ? before : playing(screen);
  nodes[0].classList.remove("playing");
  run.src = "animation#end";
  words.append(...answers, ...flow);
  run.parentElement.append(leaders);
  return { nodes, foot };
}

function ended(screen) {
  return { nodes: [h("section", { class: "ended" }, h("h1", {}, "Thank you."), resultsView(screen.results), leadersView(screen.leaders))] };
}

/** Large letters, and smaller ones until all of it is on the wall. */
function fit() {
  const root = document.documentElement;
  for (let size = LARGE; size >= SMALL; size -= 5) {
    root.style.setProperty("--fit", String(size / 100));
    if (root.scrollHeight <= window.innerHeight + 1) return;
  }
}

window.addEventListener("resize", fit);
main.addEventListener("load", fit, true); // a picture that came later
connect(base, show, (on, why) => put(quiet, on ? "" : why ?? "No connection …"));
