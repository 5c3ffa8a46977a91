// A student's page: join, answer, read. An answer is called saved only when the server has said so.

import { connect, post } from "./link.js";
import { capital, clockView, keyView, letter, put } from "./parts.js";
import { askView, h, isListed, verdict } from "./quiz.js";

const RETRY = 1500; // milliseconds between two tries to bring an answer to the server
const base = `${location.origin}/`;
const main = document.getElementById("main");
const title = h("span", { id: "title" }, "deploylab");
const you = h("span", { id: "you" });
const state = h("span", { id: "state", role: "status" });
const clock = clockView();
document.getElementById("head").append(title, clock.node);
document.getElementById("foot").append(you, state);

let link = null;
let screen = null;
let drawn = "";
let form = null;
const kept = `${location.host} outbox`;
let outbox = JSON.parse(sessionStorage.getItem(kept) ?? "null"); // the newest answer, until it is saved
let delivering = false;

function show(next) {
  if (!next) return joining();
  screen = next;
  title.textContent = next.title;
  document.title = next.title;
  document.documentElement.lang = next.language ?? "en";
  you.replaceChildren(next.you ? h("bdi", {}, next.you) : "");
  clock.show(next);
  document.body.dataset.phase = next.phase;
  const key = `${next.phase} ${next.place} ${next.round}`;
  if (form?.key === `${next.place} ${next.round}` && next.phase !== "revealed" && next.question) {
    drawn = key; // the same question, open or paused or closed: what was filled in stays
    return form.update();
  }
  if (key === drawn) return;
  const first = !drawn;
  drawn = key;
  form = next.question ? questionView(next) : null;
  main.replaceChildren(...(form ? form.nodes : [notice(next)]));
  form?.update();
  window.scrollTo(0, 0);
  if (!first) (main.querySelector(".dl-outcome") ?? main.querySelector("h1")).focus({ preventScroll: true }); // to be read from here
}

function notice(next) {
  if (next.phase === "removed") return words("You are not in this class any more.", "Talk to your teacher.");
  if (next.phase === "ended") return resultView(next);
  return words("You are in.", "Look at the screen in front: it starts soon. You can lock your phone, or reload this page; nothing is lost.", "lobby");
}

function words(title, text, kind = "") {
  return h("section", { class: `notice ${kind}` }, h("h1", { tabindex: "-1" }, title), h("p", {}, text));
}

function questionView(start) {
  const { question, place, of, round } = start;
  const key = `${place} ${round}`;
  const draft = `${location.host} ${start.title} ${key}`;
  const revealed = start.phase === "revealed";
  const facts = [`Question ${place} of ${of}`, question.points, ...(round === 2 ? ["second vote"] : [])].join(" · ");
  const heading = h("h1", { class: "dl-place", tabindex: "-1" }, facts);
  const { fieldset, fields } = askView(question, `q${place}-${round}`, heading, say, changed);
  const ordered = question.fields[0].how === "order";
  const plain = (answer) => answer.map((word) => word.trim().replace(/\s+/g, " "));
  const same = (one, other) => `${ordered ? plain(one) : plain(one).sort()}` === `${ordered ? plain(other) : plain(other).sort()}`;
  const atOnce = question.fields.every((field) => ["one", "many"].includes(field.how));
  const button = h("button", { type: "submit", class: "dl-button" }, "Send");
  const said = h("p", { class: "said", role: "status" });
  const back = h("button", { type: "button", class: "withdraw", onclick: withdraw }, "Withdraw my answer");
  const bar = h("div", { class: "bottom" }, h("div", {}, said, back), button);
  const begun = () => JSON.parse(sessionStorage.getItem(draft) ?? "null"); // what was last on the page and is not saved
  let withdrawn = false;
  let filled = false;
  let known = start.saved; // what was saved when the page last looked
  const node = h("form", { class: "dl-question", onsubmit: send, onchange: changed, oninput: changed, novalidate: true }, fieldset);
  const section = h("section", { class: "dl-quiz" }, node);
  node.append(revealed ? outcomeView(start) : bar);

  function changed(event) {
    if (event?.type === "input" && atOnce) return;
    sessionStorage.setItem(draft, JSON.stringify(fields.words()));
    if (atOnce) send();
    else tell();
  }

  function send(event) {
    event?.preventDefault();
    const answer = fields.words();
    if (screen.phase !== "open") return;
    if (!answer.length && !screen.saved.length && !outbox) return say("Answer first.");
    withdrawn = !answer.length;
    queue({ question: question.id, round, answer });
    tell();
    deliver();
  }

  /** Nothing is given any more; a first vote that there is counts again. */
  function withdraw() {
    fields.fill([]);
    sessionStorage.setItem(draft, "[]");
    withdrawn = true;
    queue({ question: question.id, round, answer: [] });
    heading.focus({ preventScroll: true }); // the button goes
    tell();
    deliver();
  }

  function say(text, kind = "") {
    put(said, text);
    said.dataset.state = kind;
  }

  const unsent = () => begun() !== null && !same(begun(), screen.saved);

  /** What happened to the answer that is on the page. */
  function tell(refusal = "") {
    const here = fields.words();
    known = screen.saved;
    if (!outbox && begun() && !unsent()) sessionStorage.removeItem(draft);
    const saved = screen.saved.length && same(here, screen.saved);
    const open = screen.phase === "open";
    button.hidden = !open || (atOnce && (saved || outbox !== null || !here.length)); // one tap sends, if it arrives
    button.disabled = Boolean(outbox);
    back.hidden = !open || !saved || outbox !== null;
    if (screen.phase === "paused") return say(`Paused. ${outbox ? `Your answer is ${outbox.answer.length ? "sent" : "withdrawn"} when it goes on.` : unsent() ? "What is here is not sent yet." : screen.saved.length ? "Your answer is saved." : ""}`, "wait");
    const closed = begun()?.length ? `Closed before this was sent, so it does not count${screen.saved.length ? "; what you saved before does" : ""}. ` : "Closed before it was withdrawn: what you saved counts. ";
    const late = unsent() ? closed : "";
    if (screen.phase === "discuss") return say(`${late}Talk to your neighbours: whose reasons are better? You vote again in a moment.`, "talk");
    if (screen.phase === "playing") return say(`${late}Watch the screen in front: the run plays.`, "talk");
    if (!open && late) return say(late.trim(), "wrong");
    if (!open) return screen.saved.length ? say("Closed. Your answer is saved.", "saved") : say(screen.earlier?.length ? "Closed. Your first vote counts." : "Closed. You have not answered.", "wait");
    if (refusal) return say(refusal, "wrong");
    if (outbox) return say(outbox.answer.length ? "Saving …" : "Withdrawing …", "wait");
    if (saved) return say("Saved. You can change it until the question closes.", "saved");
    if (screen.saved.length) return say("Changed, but not sent yet.", "wait");
    if (here.length && (!ordered || begun()?.length)) return say("Not sent yet.", "wait");
    if (withdrawn) return say(`Withdrawn. ${screen.earlier?.length ? "Your first vote counts." : "You have no answer now."}`);
    return say(screen.earlier?.length ? `Second vote. Your first one was ${first()}; it counts if you do nothing.` : "");
  }

  /** The first vote: a letter where there are letters, else as it was given. */
  function first() {
    if (!isListed(question)) return screen.told.map((line) => h("span", { html: line }).textContent).join("; ");
    const places = question.fields[0].choices.map((choice) => choice.id);
    return screen.earlier.map((id) => letter(places.indexOf(id))).sort().join(", ");
  }

  function update() {
    if (!filled) {
      filled = true;
      fields.fill(begun() && !(revealed && screen.saved.length) ? begun() : screen.saved);
    }
    const news = !outbox && !same(known, screen.saved); // of another tab, if it is not what is here
    if (news && same(fields.words(), known)) {
      sessionStorage.removeItem(draft);
      fields.fill(screen.saved);
    }
    fields.lock(screen.phase !== "open");
    node.classList.toggle("dl-done", screen.phase !== "open");
    if (!revealed) return tell();
    fields.remark(screen.revealed.remarks);
    const late = begun()?.length ? "You had begun an answer that was not sent before the question closed; it does not count." : "You had not withdrawn your answer when the question closed, so it counts.";
    if (unsent()) section.append(h("p", { class: "said" }, late));
  }

  return { nodes: [section], key, update, tell };
}

function outcomeView({ revealed, question, told }) {
  const open = revealed.verdict === "open";
  const score = revealed.score ? h("span", {}, ` · ${revealed.score}`) : "";
  const lines = told.map((line) => h("li", { html: line }));
  const mine = !isListed(question) && told.length ? [h("div", { class: "dl-solution" }, h("strong", {}, "Your answer"), h("ul", {}, ...lines))] : [];
  return h("div", { class: "dl-outcome", tabindex: "-1", "data-verdict": revealed.verdict },
    h("p", { class: "dl-verdict" }, ...verdict(revealed.verdict), score), ...mine,
    keyView(revealed, !isListed(question) || open));
}

function resultView({ result }) {
  if (!result) return words("That was it.", "Thank you for being here.");
  const rows = result.rows.map((row) => h("li", { "data-verdict": row.verdict },
    h("span", { class: "topic" }, row.topic), h("span", { class: "worth" }, ...verdict(row.verdict), h("small", {}, ` ${row.score}`))));
  return h("section", { class: "notice dl-quiz" }, h("h1", { tabindex: "-1" }, "That was it."),
    h("p", { class: "score" }, result.score), h("ul", { class: "rows" }, ...rows));
}

/** What is still to be sent outlives a reload. */
function queue(next) {
  outbox = next;
  if (next) sessionStorage.setItem(kept, JSON.stringify(next));
  else sessionStorage.removeItem(kept);
}

/** Brings an answer to the server, however long the network takes; a newer one takes its place. */
async function deliver() {
  if (delivering) return;
  delivering = true; // one after the other: an older answer never comes after a newer one
  while (outbox) {
    const mine = outbox;
    try {
      const reply = await link.say(mine);
      state.textContent = "";
      if (outbox !== mine) continue;
      if (reply.later) {
        form?.tell();
        await new Promise((resolve) => setTimeout(resolve, RETRY));
        continue;
      }
      queue(null);
      const here = mine.question === screen?.question?.id && mine.round === screen.round; // else the class has moved on
      if (here && !reply.refused) screen.saved = reply.saved;
      form?.tell(here && reply.refused ? capital(reply.refused) : "");
    } catch {
      state.textContent = "No connection; your answer is not saved yet. Trying again …";
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
  delivering = false;
}

function joining() {
  if (document.getElementById("join")) return;
  drawn = "join";
  form = outbox = null; // what was begun here in another class, or by somebody else, is not theirs
  sessionStorage.clear();
  const known = location.hash.slice(1, 13);
  const code = h("input", { id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "12", required: true, value: known });
  const name = h("input", { id: "name", type: "text", autocomplete: "nickname", maxlength: "40", required: true });
  const said = h("p", { class: "said", role: "alert" });
  const button = h("button", { type: "submit", class: "dl-button" }, "Join");
  const fields = [h("label", { for: "code" }, "Code on the screen", code), h("label", { for: "name" }, "Your name", name)];
  const node = h("form", { id: "join", class: "notice dl-quiz", onsubmit: join, novalidate: true },
    h("h1", {}, "Join the class"), ...fields, said, button,
    h("p", { class: "small" }, "Your teacher sees your name and your answers, and can delete them. Nothing is sent anywhere else."));

  async function join(event) {
    event.preventDefault();
    if (!code.value.trim() || !name.value.trim()) {
      said.textContent = "The code and a name are needed.";
      return;
    }
    button.disabled = true;
    try {
      const reply = await post(`${base}join`, { code: code.value, name: name.value });
      if (reply.refused) throw new Error(reply.refused);
      sessionStorage.clear(); // what was begun in another class
      outbox = null;
      history.replaceState(null, "", location.pathname);
      begin();
    } catch (error) {
      said.textContent = error instanceof TypeError || error.name === "TimeoutError" ? "No connection. Try again." : capital(error.message);
      button.disabled = false;
    }
  }

  main.replaceChildren(node);
  (known ? name : code).focus();
}

function begin() {
  link = connect(base, show, (on, why) => (state.textContent = on ? "" : why ?? "No connection. Trying again …"));
  deliver();
}

const first = await fetch(`${base}screen`).catch(() => null);
if (first?.ok && !(await first.json()).screen) joining();
else begin();
