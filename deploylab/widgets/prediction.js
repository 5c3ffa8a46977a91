// A prediction's form. Python reads what is written, and says what came of it.

const GONE = "⚠ The kernel behind this was stopped or restarted: run this cell again.";
const NEWS = "change:said change:faults change:met msg:custom"; // the last, when what is written is the same

function h(tag, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

/** One answer: a field for a number, or the choices. `changed` is called when it is not what was written down. */
function answerView(ask, part, id, changed) {
  const fault = h("p", { className: "dl-fault", id: `${id}-fault` });
  fault.setAttribute("role", "alert");
  const group = h("fieldset", {}, h("legend", {}, part));
  let value, fields;
  if (ask.choices.length) {
    fields = ask.choices.map((choice) => h("input", { type: "radio", name: id, value: choice, oninput: changed }));
    fields.forEach((field) => group.append(h("label", {}, field, " ", field.value)));
    value = () => fields.find((field) => field.checked)?.value ?? "";
  } else {
    const field = h("input", { type: "text", inputMode: "decimal", size: 9, autocomplete: "off", oninput: changed });
    field.setAttribute("aria-label", [part, ask.unit].filter(Boolean).join(", "));
    field.setAttribute("aria-describedby", fault.id);
    fields = [field];
    group.append(h("label", {}, field, " ", ask.unit));
    value = () => field.value;
  }
  group.append(fault);
  function show(typed, text, closed) {
    for (const field of fields) {
      if (typed && ask.choices.length) field.checked = field.value === typed;
      field.disabled = closed;
      field.setAttribute("aria-invalid", Boolean(text));
    }
    if (typed && !ask.choices.length && !fields[0].value) fields[0].value = typed;
    fault.textContent = text;
  }
  return { group, value, show };
}

function render({ model, el }) {
  const ask = model.get("ask"), id = `dl-prediction-${Math.random().toString(36).slice(2)}`; // a page has many, each with this module to itself
  const parts = ask.parts.length ? ask.parts : [""];
  const button = h("button", { type: "submit" }, "Write it down");
  const status = h("div", { className: "dl-status" });
  status.setAttribute("role", "status");
  // It says that it is disabled, and is not: whoever has pressed it by keyboard keeps their place.
  const offer = (words, off) => { button.textContent = words; button.setAttribute("aria-disabled", off); };
  const changed = () => offer("Write it down", false);
  const answers = parts.map((part, number) => answerView(ask, part || "", `${id}-${number}`, changed));
  const question = h("legend", {}, h("span", { ariaHidden: "true" }, "✎ "), ask.question);
  const form = h("form", { className: "dl-prediction" }, h("fieldset", {}, question,
    h("div", { className: "dl-answers" }, ...answers.map((answer) => answer.group)), button, status));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") answered();
    else model.send({ answers: answers.map((answer) => answer.value()) });
  });

  // The notebook's own keys must not act on what is typed here, but two lead out as they do of a cell: Escape to
  // the cell, and Shift+Enter, once all is written down, to the next one. This one need not run again.
  let leaving = false;
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.closest(".jp-Cell")?.focus();
    leaving = event.key === "Enter" && event.shiftKey;
    if (leaving) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
  function answered() {
    const done = button.getAttribute("aria-disabled") === "true";
    if (leaving && done) form.closest(".jp-Cell")?.nextElementSibling?.focus();
    leaving = false;
  }

  function show() {
    const said = model.get("said"), faults = model.get("faults"), met = model.get("met");
    answers.forEach((answer, part) => answer.show(model.get("typed")[part], faults[part] ?? "", met.length > 0));
    button.hidden = met.length > 0;
    const done = said.length > 0 && !faults.length;
    if (done) offer("✓ Written down", true);
    const read = ask.choices.length ? "" : `Read as ${said.join(", ")}. `;
    const lines = met.length ? met : done ? [`${read}Now run the next cell.`] : said.length ? ["The others are written down."] : [];
    status.replaceChildren(...lines.map((line) => h("p", {}, line)));
  }
  const gone = () => status.replaceChildren(h("p", {}, GONE));
  model.on(NEWS, show);
  model.on("msg:custom", answered); // after all of its news
  model.on("comm_live_update", gone);
  show();
  el.append(form);
  return () => { model.off(NEWS, show); model.off("msg:custom", answered); model.off("comm_live_update", gone); };
}

export default { render };
