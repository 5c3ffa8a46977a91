// The view of a quiz. Python is the truth: this file draws the model, and tells it what was answered.
// It knows five ways to answer (one, many, order, text, number) and no type of question.
// HTML comes only from Python's Markdown renderer, which lets no raw HTML through; all else is textContent.

const VERDICTS = {
  right: ["✓", "Right"],
  partly: ["◐", "Partly right"],
  wrong: ["✗", "Not right"],
  missed: ["→", "Right, but not chosen"],
  kept: ["•", "Saved"],
  open: ["·", "Not answered"],
};
const GONE = "⚠ The kernel behind this was stopped or restarted: run this cell again. Your answers are kept.";
const SURE = [
  [1, "Unsure", "right 1, wrong 0"],
  [2, "Fairly sure", "right 2, wrong −2"],
  [3, "Certain", "right 3, wrong −6"],
];

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function verdict(kind) {
  const [symbol, words] = VERDICTS[kind];
  return [h("span", { class: "dl-symbol", "aria-hidden": "true" }, symbol), h("strong", {}, words)];
}

/** What is said below something that was answered. */
function remarkView(id) {
  const node = h("div", { class: "dl-remark", id: `${id}-remark`, hidden: true });
  function show(found, row, control) {
    row.dataset.verdict = found ? found.verdict : "";
    node.hidden = !found;
    node.replaceChildren();
    if (!found) return control?.removeAttribute("aria-describedby");
    control?.setAttribute("aria-describedby", node.id);
    node.append(...verdict(found.verdict));
    if (found.text) node.append(h("span", { class: "dl-said" }, " "), h("span", { html: found.text }));
  }
  return { node, show };
}

/** Radio buttons or checkboxes. */
function choicesView(field, id) {
  const rows = field.choices.map((choice, index) => {
    const type = field.how === "many" ? "checkbox" : "radio";
    const input = h("input", { type, id: `${id}-${index}`, name: id, value: choice.id });
    const remark = remarkView(`${id}-${index}`);
    const label = h("label", { for: input.id }, input, h("span", { html: choice.html }));
    return { input, remark, row: h("div", { class: "dl-option" }, label, remark.node) };
  });
  return {
    nodes: rows.map(({ row }) => row),
    words: () => rows.filter(({ input }) => input.checked).map(({ input }) => input.value),
    fill: (words) => rows.forEach(({ input }) => (input.checked = words.includes(input.value))),
    lock: (locked) => rows.forEach(({ input }) => (input.disabled = locked)),
    remark: (remarks) => rows.forEach((one) => one.remark.show(remarks[one.input.value], one.row, one.input)),
  };
}

/** Something to type, or a list to choose from: on a line of its own, or within the prompt. */
function lineView(field, id) {
  const control = field.choices.length
    ? h("select", { id }, h("option", { value: "" }, "choose …"),
        ...field.choices.map((choice) => h("option", { value: choice.id }, choice.text)))
    : h("input", { id, type: "text", autocomplete: "off", spellcheck: "false", maxlength: "500",
        inputmode: field.how === "number" && !field.unit ? "decimal" : "text" }); // a unit may be typed
  const remark = remarkView(id);
  const unit = field.unit ? [h("span", { class: "dl-unit" }, field.unit)] : [];
  const labelled = field.label || (field.how === "number" ? "Your number" : "Your answer");
  const label = h("label", { for: id, html: labelled });
  const row = field.inline
    ? h("span", { class: "dl-gap" }, control, ...unit)
    : h("div", { class: field.id ? "dl-line dl-pair" : "dl-line" }, label, h("span", {}, control, ...unit), remark.node);
  const mark = h("span", { class: "dl-symbol dl-mark", "aria-hidden": "true" });
  if (field.inline) {
    control.setAttribute("aria-label", field.unit ? `${field.label}, in ${field.unit}` : field.label);
    row.append(mark);
  }
  const name = field.id ? h("span", { class: "dl-name", html: `${field.label}: ` }) : "";
  const below = field.inline ? h("div", { class: "dl-below" }, name, remark.node) : null;
  return {
    nodes: field.inline ? [below] : [row],
    inline: field.inline ? row : null,
    words: () => (control.value.trim() ? [control.value] : []),
    fill: (words) => (control.value = words[0] ?? ""),
    lock: (locked) => (control.disabled = locked),
    remark(remarks) {
      const found = remarks[field.id];
      remark.show(found, row, control);
      mark.textContent = found ? VERDICTS[found.verdict][0] : "";
      if (!below) return;
      below.hidden = !found;
      below.dataset.verdict = found ? found.verdict : "";
    },
  };
}

/** A list whose items move up and down by buttons, so by mouse, by keyboard and by touch alike. */
function orderView(field, id, say, changed) {
  const start = field.choices.map((choice) => choice.id);
  let locked = false, meant = false; // whether somebody has put them in this order, or says that they stand so
  const items = new Map(field.choices.map((choice, index) => {
    const remark = remarkView(`${id}-${index}`);
    const up = h("button", { type: "button", "aria-label": `Move up: ${choice.text}`, onclick: () => move(choice, -1) }, "↑");
    const down = h("button", { type: "button", "aria-label": `Move down: ${choice.text}`, onclick: () => move(choice, 1) }, "↓");
    const row = h("li", { class: "dl-item" },
      h("div", {}, h("span", { html: choice.html }), h("span", { class: "dl-moves" }, up, down)), remark.node);
    return [choice.id, { row, up, down, remark, choice }];
  }));
  const list = h("ol", { class: "dl-order" });
  const words = () => [...list.children].map((row) => [...items].find(([, item]) => item.row === row)[0]);

  function fill(order) {
    const wanted = order.length ? order : start;
    meant ||= order.length > 0;
    // Moving nodes takes the focus away, so only what has to be moved is moved.
    if (list.children.length !== wanted.length || words().join() !== wanted.join()) {
      list.replaceChildren(...wanted.map((name) => items.get(name).row));
    }
    edges();
  }
  function edges() {
    const rows = [...list.children];
    for (const { row, up, down } of items.values()) {
      up.disabled = locked || row === rows[0];
      down.disabled = locked || row === rows.at(-1);
    }
  }
  function move(choice, step) {
    const { row, up, down } = items.get(choice.id);
    if (step < 0) row.previousElementSibling.before(row);
    else row.nextElementSibling.after(row);
    edges();
    meant = true;
    const wanted = step < 0 ? up : down;
    (wanted.disabled ? (step < 0 ? down : up) : wanted).focus();
    say(`${choice.text}: now ${[...list.children].indexOf(row) + 1} of ${start.length}`);
    changed();
  }
  fill([]);
  return {
    nodes: [list],
    words,
    doubt() {
      const first = !meant;
      meant = true;
      return first && "Nothing is moved yet. If this is the order that you mean, press again.";
    },
    fill,
    lock(value) { locked = value; edges(); },
    remark: (remarks) => items.forEach((item, name) => item.remark.show(remarks[name], item.row, null)),
  };
}

/** All fields of a question, those of its gaps put into the prompt; their words carry their names. */
function fieldsView(sheet, id, prompt, say, changed) {
  const fields = sheet.fields.map((field, index) => {
    const own = `${id}-${index}`;
    const plain = !field.id && !field.inline;
    const view = field.how === "order" ? orderView(field, own, say, changed)
      : field.choices.length && plain ? choicesView(field, own) : lineView(field, own);
    if (view.inline) prompt.querySelector(`[data-gap="${field.id}"]`)?.replaceWith(view.inline);
    return { ...view, prefix: field.id ? `${field.id}:` : "" };
  });
  const own = (words, { prefix }) =>
    words.filter((word) => word.startsWith(prefix)).map((word) => word.slice(prefix.length));
  return {
    nodes: fields.flatMap((field) => field.nodes),
    words: () => fields.flatMap((field) => field.words().map((word) => field.prefix + word)),
    fill: (words) => fields.forEach((field) => field.fill(own(words, field))),
    doubt: () => fields.map((field) => field.doubt?.()).find(Boolean),
    lock: (locked) => fields.forEach((field) => field.lock(locked)),
    remark: (remarks) => fields.forEach((field) => field.remark(remarks)),
  };
}

/** All that is asked, as a fieldset below the node that tells the place; gaps cannot stand in its legend. */
function askView(sheet, id, place, say, changed) {
  const prompt = h("div", { class: "dl-prompt", html: sheet.prompt });
  const gaps = sheet.fields.some((field) => field.inline);
  const legend = h("legend", {}, place, ...(gaps ? [] : [prompt]));
  const fieldset = h("fieldset", {}, legend, ...(gaps ? [prompt] : []));
  if (sheet.figure?.src) fieldset.append(h("img", { class: "dl-figure", src: sheet.figure.src, alt: sheet.figure.alt }));
  else if (sheet.figure) fieldset.append(h("p", { class: "dl-rule" }, `Figure: ${sheet.figure.alt}`));
  if (sheet.rule) fieldset.append(h("p", { class: "dl-rule" }, sheet.rule));
  const fields = fieldsView(sheet, id, prompt, say, changed);
  fieldset.append(...fields.nodes);
  return { fieldset, fields };
}

/** Whether the choices stand in a list of their own, on which what is right is marked. */
const isListed = ({ fields: [field, ...more] }) => !more.length && !field.id && ["one", "many"].includes(field.how);

/** How sure a student is; 0 as long as nothing is said. */
function sureView(id) {
  const inputs = SURE.map(([value]) => h("input", { type: "radio", name: id, id: `${id}-${value}`, value }));
  const labels = SURE.map(([, name, worth], index) =>
    h("label", { for: inputs[index].id }, inputs[index], h("span", {}, name, h("small", {}, ` ${worth}`))));
  const node = h("fieldset", { class: "dl-sure" }, h("legend", {}, "How sure are you?"), ...labels);
  return {
    node,
    value: () => Number(inputs.find((input) => input.checked)?.value ?? 0),
    fill: (value) => inputs.forEach((input) => (input.checked = Number(input.value) === value)),
    lock: (locked) => inputs.forEach((input) => (input.disabled = locked)),
  };
}

/** One question: a form, so that Enter checks the answer, around a fieldset, so that its legend is read out. */
function questionView(model, sheet, number, prefix, say) {
  const all = model.get("sheet");
  const id = `${prefix}-${number}`;
  const form = h("form", { class: "dl-question", onsubmit: check, onchange: draft, novalidate: true });
  const place = h("span", { class: "dl-place" }, `Question ${number} of ${all.questions.length} · ${sheet.points}`);
  const { fieldset, fields } = askView(sheet, id, place, say, draft);
  const sure = all.confidence ? sureView(`${id}-sure`) : null;
  const button = h("button", { type: "submit", class: "dl-button" }, all.each ? "Check" : "Save");
  const hint = h("button", { type: "button", class: "dl-button dl-quiet", onclick: askHint });
  const notice = h("span", { class: "dl-notice" });
  const actions = h("div", { class: "dl-actions" }, button, hint, notice);
  const hints = h("div", { class: "dl-hints" });
  const outcome = h("div", { class: "dl-outcome", tabindex: "-1", hidden: true });
  form.append(fieldset, ...(sure ? [sure.node] : []), hints, actions, outcome);
  let drawn = "";

  function draft() {
    notice.textContent = "";
    const mine = { response: fields.words(), confidence: sure?.value() ?? 0 };
    model.set("drafts", { ...model.get("drafts"), [sheet.id]: mine });
    model.save_changes();
  }

  function check(event) {
    event.preventDefault();
    const graded = model.get("graded")[sheet.id];
    if (graded && !graded.open) return;
    const words = fields.words();
    if (!words.length) return remind("Answer first.");
    const doubt = fields.doubt();
    if (doubt) return remind(doubt);
    if (sure && !sure.value()) return remind("Say how sure you are.");
    // It stays only when no kernel answers, as in a notebook that was reopened and not run.
    remind("Checking … run the cell again if this stays.");
    model.send({ question: sheet.id, response: words, confidence: sure?.value() ?? 0 });
  }

  function askHint() {
    model.send({ kind: "hint", question: sheet.id });
  }

  function remind(words) {
    notice.textContent = words;
    say(words);
  }

  function updateHints(done) {
    const taken = model.get("hints")[sheet.id] ?? [];
    const next = taken.length;
    const more = next > hints.children.length, here = hint.getRootNode().activeElement === hint;
    hints.replaceChildren(...taken.map((text, index) => h("div", { class: "dl-hint" },
      h("strong", {}, taken.length > 1 ? `Hint ${index + 1}` : "Hint"), h("div", { html: text }))));
    if (more) say(hints.lastElementChild.textContent);
    hint.hidden = done || next >= sheet.hints.length;
    if (hint.hidden && here) button.focus();
    const which = sheet.hints.length > 1 ? `Hint ${next + 1} of ${sheet.hints.length}` : "Hint";
    hint.textContent = sheet.hints[next] ? `${which} (${sheet.hints[next]})` : which;
  }

  function update() {
    const here = form.contains(form.getRootNode().activeElement); // asked before anything is hidden
    const graded = model.get("graded")[sheet.id];
    const finished = model.get("progress").finished;
    const done = Boolean(graded && !graded.open) || finished;
    const before = drawn;
    drawn = JSON.stringify([graded ?? null, finished]);
    const given = graded && (done || before !== drawn) ? graded : model.get("drafts")[sheet.id] ?? graded ?? {};
    fields.fill(given.response ?? []);
    fields.lock(done);
    fields.remark(graded?.remarks ?? {});
    sure?.fill(given.confidence ?? 0);
    sure?.lock(done);
    form.classList.toggle("dl-done", done);
    actions.hidden = done;
    updateHints(done);
    if (before === drawn) return;
    fill(graded);
    // The Check button is gone: whoever pressed it reads on here, unless they have moved on already.
    if (before && graded && graded.verdict !== "kept" && here) outcome.focus({ preventScroll: true });
  }

  function fill(graded) {
    notice.textContent = "";
    outcome.replaceChildren();
    const kept = graded?.verdict === "kept";
    outcome.hidden = !graded || kept;
    if (kept) notice.textContent = "Saved. You can change it until you hand in.";
    if (!graded || kept) return;
    button.textContent = "Try again";
    outcome.dataset.verdict = graded.verdict;
    const more = graded.left ? ` · ${graded.left}` : "";
    const score = graded.score ? h("span", {}, ` · ${graded.score}${more}`) : "";
    outcome.append(h("p", { class: "dl-verdict" }, ...verdict(graded.verdict), score));
    if (graded.solution?.length && !isListed(sheet)) {
      const lines = graded.solution.map((line) => h("li", { html: line }));
      outcome.append(h("div", { class: "dl-solution" }, h("strong", {}, "The right answer"), h("ul", {}, ...lines)));
    }
    if (graded.explanation) outcome.append(h("div", { class: "dl-explanation", html: graded.explanation }));
    if (graded.source) outcome.append(h("p", { class: "dl-source" }, "Source: ", h("span", { html: graded.source })));
  }

  const refused = (text) => remind(text);
  return { id: sheet.id, form, update, refused };
}

/** Progress while answering, and the result with its review at the end. */
function footerView(model) {
  const bar = h("progress", { "aria-label": "Questions answered" });
  const words = h("span");
  const result = h("div", { class: "dl-result", hidden: true });
  const finish = h("button", { type: "button", class: "dl-button", onclick: () => model.send({ kind: "finish" }) }, "Hand in");
  const again = h("button", { type: "button", class: "dl-button dl-quiet", onclick: restart }, "Start again");
  const node = h("footer", {}, h("div", { class: "dl-progress" }, bar, words), result, h("div", {}, finish, " ", again));

  function restart() {
    model.send({ kind: "restart" });
    node.parentElement.querySelector("h2").focus();
  }

  function update() {
    const now = model.get("progress");
    bar.max = now.questions;
    bar.value = now.answered;
    words.textContent = [`${now.answered} of ${now.questions} answered`, now.score].filter(Boolean).join(" · ");
    finish.hidden = model.get("sheet").each || now.finished;
    again.hidden = now.answered === 0 || !now.restart || (!model.get("sheet").each && !now.finished);
    result.hidden = !now.verdict;
    result.replaceChildren();
    if (!now.verdict) return;
    const kind = now.passed === null ? "kept" : now.passed ? "right" : "wrong";
    result.dataset.verdict = kind;
    const symbol = h("span", { class: "dl-symbol", "aria-hidden": "true" }, VERDICTS[kind][0]);
    result.append(h("p", { class: "dl-verdict" }, symbol, h("strong", {}, now.verdict)));
    if (now.rows.length) result.append(review(now.rows));
  }

  function review(rows) {
    const line = (row, index) => h("tr", { "data-verdict": row.verdict },
      h("td", {}, `${index + 1}`), h("th", { scope: "row" }, row.topic),
      h("td", {}, ...verdict(row.verdict)), h("td", {}, row.score));
    const head = h("tr", {}, ...["", "What it is about", "", "Points"].map((name) => h("th", { scope: "col" }, name)));
    return h("table", { class: "dl-review" }, h("caption", {}, "Your answers"),
      h("thead", {}, head), h("tbody", {}, ...rows.map(line)));
  }

  return { node, update, say: () => words.textContent };
}

function render({ model, el }) {
  const prefix = `dl-quiz-${Math.random().toString(36).slice(2)}`; // a page has many, each with this module to itself
  const live = h("div", { class: "dl-live", role: "status", "aria-live": "polite" });
  const say = (words) => (live.textContent = words);
  // JupyterLab's notebook takes arrows, Enter and letters for itself; here they belong to the answers.
  const keep = (event) => event.ctrlKey || event.metaKey || event.altKey || event.stopPropagation();
  const root = h("section", { class: "dl-quiz", onkeydown: keep });
  let questions = [];
  let footer;
  let known;

  /** All is drawn anew when another attempt begins: its paper can be a different one. */
  function draw() {
    const sheet = model.get("sheet");
    root.lang = sheet.language;
    root.setAttribute("aria-label", sheet.title);
    questions = sheet.questions.map((one, index) => questionView(model, one, index + 1, prefix, say));
    footer = footerView(model);
    const facts = [h("p", {}, sheet.facts), h("p", { class: "dl-key" }, sheet.notice)];
    const header = h("header", {}, h("h2", { tabindex: "-1" }, sheet.title), ...facts);
    const here = root.contains(root.getRootNode().activeElement);
    root.replaceChildren(header, ...questions.map((question) => question.form), footer.node, live);
    known = model.get("graded");
    update();
    if (here) header.querySelector("h2").focus();
  }
  function update() {
    questions.forEach((question) => question.update());
    footer.update();
  }
  function announce() {
    const graded = model.get("graded");
    const fresh = Object.keys(graded).find((id) => JSON.stringify(known[id]) !== JSON.stringify(graded[id]));
    known = graded;
    update();
    if (!fresh) return;
    const { verdict: kind, score } = graded[fresh];
    say([VERDICTS[kind][1], score, footer.say()].filter(Boolean).join(", "));
  }
  function refused(message) {
    if (message.kind !== "refused") return;
    const asked = questions.find((question) => question.id === message.question);
    if (asked) asked.refused(message.text);
    else say(message.text);
  }

  function gone() {
    el.querySelector(".dl-gone")?.remove();
    el.prepend(h("p", { class: "dl-gone", role: "alert" }, GONE));
  }

  const events = {
    "comm_live_update": gone,
    "change:sheet": draw,
    "change:graded": announce,
    "change:hints": update,
    "change:drafts": update,
    "change:progress": update,
    "msg:custom": refused,
  };
  draw();
  Object.entries(events).forEach(([name, act]) => model.on(name, act));
  el.append(root);
  return () => Object.entries(events).forEach(([name, act]) => model.off(name, act));
}

export { askView, h, isListed, verdict };
export default { render };
