// The view of a quiz. Python is the truth: this file draws the model, and tells it what was chosen.
// HTML comes only from Python's Markdown renderer, which lets no raw HTML through; all else is textContent.

const VERDICTS = {
  right: ["✓", "Right"],
  partly: ["◐", "Partly right"],
  wrong: ["✗", "Not right"],
  missed: ["→", "Right, but not chosen"],
};

let views = 0; // radio buttons group by name, and one quiz can be shown several times

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

/** One question: a form, so that Enter checks the answer, around a fieldset, so that its legend is read out. */
function questionView(model, sheet, number, prefix, say) {
  const form = h("form", { class: "dl-question", onsubmit: check, onchange: draft });
  const place = `Question ${number} of ${model.get("sheet").questions.length} · ${sheet.points}`;
  const legend = h(
    "legend", {},
    h("span", { class: "dl-place" }, place),
    h("div", { class: "dl-prompt", html: sheet.prompt }),
  );
  const options = sheet.options.map(optionView);
  const button = h("button", { type: "submit", class: "dl-button" }, "Check");
  const notice = h("span", { class: "dl-notice" });
  const actions = h("div", { class: "dl-actions" }, button, notice);
  const outcome = h("div", { class: "dl-outcome", tabindex: "-1", hidden: true });
  const fieldset = h("fieldset", {}, legend);
  if (sheet.rule) fieldset.append(h("p", { class: "dl-rule" }, sheet.rule));
  fieldset.append(...options.map((option) => option.row));
  form.append(fieldset, ...hints(), actions, outcome);

  function optionView(option, index) {
    const id = `${prefix}-${number}-${index}`;
    const type = sheet.many ? "checkbox" : "radio";
    const input = h("input", { type, id, name: `${prefix}-${number}`, value: option.id });
    const label = h("label", { for: id }, input, h("span", { html: option.text }));
    const remark = h("div", { class: "dl-remark", id: `${id}-remark`, hidden: true });
    return { input, remark, row: h("div", { class: "dl-option" }, label, remark) };
  }

  function hints() {
    return sheet.hints.map((hint, index) => {
      const name = sheet.hints.length > 1 ? `Hint ${index + 1}` : "Hint";
      return h("details", { class: "dl-hint" }, h("summary", {}, name), h("div", { html: hint }));
    });
  }

  function chosen() {
    return options.filter(({ input }) => input.checked).map(({ input }) => input.value);
  }

  function draft() {
    notice.textContent = "";
    model.set("drafts", { ...model.get("drafts"), [sheet.id]: chosen() });
    model.save_changes();
  }

  function check(event) {
    event.preventDefault();
    if (model.get("graded")[sheet.id]) return;
    const response = chosen();
    if (!response.length) return remind("Choose an answer first.");
    // It stays only when no kernel answers, as in a notebook that was reopened and not run.
    remind("Checking … run the cell again if this stays.");
    model.send({ question: sheet.id, response });
  }

  function remind(words) {
    notice.textContent = words;
    say(words);
  }

  function update() {
    const here = form.contains(form.getRootNode().activeElement); // asked before anything is hidden
    const graded = model.get("graded")[sheet.id];
    const response = graded ? graded.response : (model.get("drafts")[sheet.id] ?? []);
    for (const { input, remark, row } of options) {
      input.checked = response.includes(input.value);
      input.disabled = Boolean(graded);
      show(row, remark, graded?.remarks[input.value], input);
    }
    form.classList.toggle("dl-done", Boolean(graded));
    actions.hidden = Boolean(graded);
    if (Boolean(graded) !== outcome.hidden) return;
    fill(graded);
    // The Check button is gone: whoever pressed it reads on here, unless they have moved on already.
    if (graded && here) outcome.focus({ preventScroll: true });
  }

  function show(row, remark, found, input) {
    row.dataset.verdict = found ? found.verdict : "";
    remark.hidden = !found;
    remark.replaceChildren();
    if (!found) return input.removeAttribute("aria-describedby");
    input.setAttribute("aria-describedby", remark.id);
    remark.append(...verdict(found.verdict), " ", h("span", { html: found.text }));
  }

  function fill(graded) {
    outcome.hidden = !graded;
    outcome.replaceChildren();
    notice.textContent = "";
    if (!graded) return;
    outcome.dataset.verdict = graded.verdict;
    outcome.append(
      h("p", { class: "dl-verdict" }, ...verdict(graded.verdict), h("span", {}, ` · ${graded.score}`)),
      h("div", { class: "dl-explanation", html: graded.explanation }),
      h("p", { class: "dl-source" }, "Source: ", h("span", { html: graded.source })),
    );
  }

  return { form, update };
}

/** Progress while answering, and the result at the end. */
function footerView(model) {
  const bar = h("progress", { "aria-label": "Questions answered" });
  const words = h("span");
  const result = h("div", { class: "dl-result", hidden: true });
  const again = h("button", { type: "button", class: "dl-button dl-quiet", onclick: restart }, "Start again");
  const node = h("footer", {}, h("div", { class: "dl-progress" }, bar, words), result, again);

  function restart() {
    model.send({ kind: "restart" });
    node.parentElement.querySelector("h2").focus();
  }

  function update() {
    const now = model.get("progress");
    bar.max = now.questions;
    bar.value = now.answered;
    words.textContent = `${now.answered} of ${now.questions} answered · ${now.score}`;
    again.hidden = now.answered === 0;
    result.hidden = !now.verdict;
    result.replaceChildren();
    if (!now.verdict) return;
    const symbol = h("span", { class: "dl-symbol", "aria-hidden": "true" }, now.passed ? "✓" : "✗");
    result.dataset.verdict = now.passed ? "right" : "wrong";
    result.append(h("p", { class: "dl-verdict" }, symbol, h("strong", {}, now.verdict)));
    if (!now.again.length) return;
    const list = h("ul", {}, ...now.again.map((objective) => h("li", {}, objective)));
    result.append(h("p", {}, "Worth another look:"), list);
  }

  return { node, update, say: () => words.textContent };
}

function render({ model, el }) {
  const sheet = model.get("sheet");
  const prefix = `dl-quiz-${++views}`;
  const live = h("div", { class: "dl-live", role: "status", "aria-live": "polite" });
  const say = (words) => (live.textContent = words);
  const questions = sheet.questions.map((one, index) => questionView(model, one, index + 1, prefix, say));
  const footer = footerView(model);
  // JupyterLab's notebook takes arrows, Enter and letters for itself; here they belong to the answers.
  const keep = (event) => event.ctrlKey || event.metaKey || event.altKey || event.stopPropagation();
  const root = h(
    "section",
    { class: "dl-quiz", lang: sheet.language, "aria-label": sheet.title, onkeydown: keep },
    h("header", {}, h("h2", { tabindex: "-1" }, sheet.title), h("p", {}, sheet.facts)),
    ...questions.map((question) => question.form),
    footer.node,
    live,
  );

  let known = model.get("graded");
  function update() {
    questions.forEach((question) => question.update());
    footer.update();
  }
  function announce() {
    const graded = model.get("graded");
    const fresh = Object.keys(graded).find((id) => !known[id]);
    known = graded;
    update();
    if (fresh) say(`${VERDICTS[graded[fresh].verdict][1]}, ${graded[fresh].score}. ${footer.say()}`);
  }
  const refused = (message) => message.kind === "refused" && say(message.text);

  model.on("change:graded", announce);
  model.on("change:drafts", update);
  model.on("change:progress", footer.update);
  model.on("msg:custom", refused);
  update();
  el.append(root);
  return () => {
    model.off("change:graded", announce);
    model.off("change:drafts", update);
    model.off("change:progress", footer.update);
    model.off("msg:custom", refused);
  };
}

export default { render };
