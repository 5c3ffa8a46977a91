// Plays Frames: moves the drawing that Python made. All geometry, every word and every colour come with the
// frames; here is only time. `mount` serves the widget and the self-contained page alike.

const ARRAYS = { float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array };

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function unpack(meta, bytes) {
  const columns = {};
  for (const [name, [type, offset, length]] of Object.entries(meta.columns)) {
    const size = ARRAYS[type].BYTES_PER_ELEMENT;
    const start = bytes.byteOffset + offset;
    columns[name] = new ARRAYS[type](bytes.buffer.slice(start, start + length * size));
  }
  return columns;
}

// The index of the last entry whose time is not after t.
function lastBefore(times, t) {
  let lo = 0, hi = times.length;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (times[middle] <= t) lo = middle + 1; else hi = middle;
  }
  return lo - 1;
}

function controls() {
  const button = (label, symbol) => element("button", { type: "button", "aria-label": label, title: label }, symbol);
  const parts = {
    play: button("Play", "▶"),
    back: button("Previous event", "◂"),
    next: button("Next event", "▸"),
    scrub: element("input", { type: "range", min: "0", step: "any", "aria-label": "Time" }),
    rate: element("select", { "aria-label": "Speed" }),
    loop: button("Loop", "↻"),
  };
  parts.loop.setAttribute("aria-pressed", "false");
  parts.play.className = "dl-play";
  for (const rate of [0.25, 0.5, 1, 2, 4]) {
    const label = rate < 1 ? `1/${1 / rate} speed` : `${rate}× speed`;
    parts.rate.append(element("option", { value: rate, ...(rate === 1 ? { selected: "" } : {}) }, label));
  }
  const events = element("span", { class: "dl-events" }, parts.back, "event", parts.next);
  parts.bar = element("div", { class: "dl-controls" }, parts.play, events, parts.scrub, parts.rate, parts.loop);
  return parts;
}

const REST = 1.5; // a player that loops lets its end be seen for so long (s) before it begins anew

// The outline of a mote of each shape, around 0; `line` is how wide a shape of lines is drawn.
const SHAPES = {
  disc: { trace: (pen, r) => pen.arc(0, 0, r, 0, 7) },
  ring: { trace: (pen, r) => pen.arc(0, 0, r, 0, 7), line: 1.3 },
  square: { trace: (pen, r) => pen.rect(-r, -r, 2 * r, 2 * r) },
  cross: {
    trace(pen, r) {
      pen.moveTo(-r, -r); pen.lineTo(r, r);
      pen.moveTo(r, -r); pen.lineTo(-r, r);
    },
    line: 1.8,
  },
};
const NOTHING = { texts: {}, states: {}, moves: {}, kinds: [], points: [], stacks: [], events: [], buttons: [], tail: 0 };

// `press`, if given, is told when somebody presses one of the buttons that came with the frames, and at what time.
// `others` are further pictures, each [meta, data in base64], which follow the clock of this one.
export function mount(root, meta, bytes, { press, others = [], follows = false } = {}) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const ui = controls();
  const drawing = element("div", { role: "img" });
  const canvas = element("canvas", { "aria-hidden": "true" });
  const words = element("p");
  const details = element("details", {}, element("summary", {}, "The same in words"), words);
  const picture = element("div", { class: "dl-picture" }, drawing, canvas);
  const figures = element("ul", { class: "dl-figures", "aria-label": "Figures" });
  const buttons = element("div", { class: "dl-buttons", role: "group", "aria-label": "Tell the rollout now:" });
  const head = element("p", { class: "dl-head" });
  const told = element("p", { class: "dl-spoken", role: "status" }); // of a step to an event, to those who do not see it
  const pictures = element("div", others.length ? { class: "dl-together" } : {}, element("div", {}, head, picture));
  if (others.length) pictures.firstChild.append(details);
  root.replaceChildren(figures, pictures, ...(follows ? [] : [ui.bar, buttons, told]), ...(others.length ? [] : [details]));
  if (!follows) root.tabIndex = 0;
  root.setAttribute("role", "group");

  const clip = `dl-clip-${Math.random().toString(36).slice(2)}`; // ids are shared by all players of a page
  const pen = canvas.getContext("2d");
  let columns, tracks, states, stacks, motes, stamps;
  let scale = 1, t = meta.open ? Infinity : 0, playing = false, visible = true, begun = false, width = 0, last = 0, rested = 0, request = 0;

  function load(newMeta, newBytes) {
    const { size, kinds, theme } = meta, ended = t >= finish();
    meta = { ...NOTHING, ...newMeta };
    columns = unpack(meta, newBytes);
    drawing.innerHTML = meta.svg.replaceAll("dl-clip", clip);
    drawing.setAttribute("aria-label", meta.description);
    words.textContent = meta.description;
    head.textContent = meta.head ?? "";
    ui.bar.hidden = !meta.cursor; // where nothing happens there is nothing to play
    root.setAttribute("aria-label", `${meta.head ?? meta.label ?? "Animation"}.${follows || ui.bar.hidden ? "" : " Space plays, arrow keys move through time."}`);
    if (!stamps || theme !== meta.theme) root.style.cssText = meta.theme;
    figures.replaceChildren(...(meta.figures ?? []).map(figure));
    offer(press ? meta.buttons : []);
    ui.scrub.max = finish();
    t = ended ? finish() : Math.min(t, finish());
    findTracks(drawing.firstElementChild);
    findMotes();
    // To measure the page and to ask for its colours is what takes longest.
    if (stamps && JSON.stringify([size, kinds]) === JSON.stringify([meta.size, meta.kinds])) draw(); else resize();
  }

  function figure([name, value, before, better]) {
    const verdict = better > 0 ? "▲ better, was" : better < 0 ? "▼ worse, was" : "was";
    const was = before ? `${verdict} ${before}` : "";
    const span = (style, text) => element("span", { class: style }, text);
    return element("li", {}, span("dl-name", name), span(/^[a-z ]+$/.test(value) ? "dl-value dl-word" : "dl-value", value), span("dl-was", was));
  }

  // Whoever has just pressed a button does not lose their place, whatever buttons come next.
  function offer(wanted) {
    if (JSON.stringify(wanted) === buttons.dataset.offered) return;
    buttons.dataset.offered = JSON.stringify(wanted);
    const focused = buttons.contains(document.activeElement) && document.activeElement.name;
    buttons.replaceChildren(...wanted.map(([name, label]) => {
      const button = element("button", { type: "button", name }, label);
      button.onclick = () => { play(false); press(name, Math.min(t, meta.end)); };
      return button;
    }));
    if (focused) (buttons.querySelector(`[name="${focused}"]`) ?? root).focus();
  }

  // A track shows one of its entries, from that one's time on; one that glides moves between two as well.
  function findTracks(svg) {
    const texts = nodesBy("data-text", svg), turned = nodesBy("data-state-of", svg), moved = nodesBy("data-move", svg);
    states = {};
    tracks = [
      ...Object.entries(meta.texts).map(([name, entries]) => saying(texts[name] ?? [], entries)),
      ...Object.entries(meta.states).map(([name, [times, entries]]) => turning(turned[name] ?? [], name, times, entries)),
      ...Object.entries(meta.moves).map(([name, move]) => moving(moved[name] ?? [], move)),
    ];
    if (meta.cursor) {
      const { times, x } = meta.cursor;
      tracks.push(moving(svg.querySelectorAll(".dl-cursor"), { times, x }));
      const open = [meta.size[0], meta.size[0]]; // all that happened is in sight, and the cursor only marks now
      tracks.push(moving(svg.querySelectorAll("clipPath rect"), { times, width: meta.open ? open : x }));
    }
    stacks = meta.stacks.map((stack) => ({ ...stack, nodes: texts[stack.text] ?? [], said: "" }));
  }

  function nodesBy(attribute, svg) {
    const found = {};
    for (const node of svg.querySelectorAll(`[${attribute}]`)) (found[node.getAttribute(attribute)] ??= []).push(node);
    return found;
  }

  function saying(nodes, entries) {
    const show = (entry) => nodes.forEach((node) => node.replaceChildren(...entries[entry][1].map(piece)));
    return { times: entries.map(([time]) => time), show };
  }

  function piece([text, style]) {
    const span = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
    span.textContent = text;
    if (style) span.setAttribute("class", style);
    return span;
  }

  function turning(nodes, name, times, entries) {
    const show = (entry) => {
      states[name] = entries[entry];
      nodes.forEach((node) => { node.dataset.state = states[name]; });
    };
    return { times, show };
  }

  function moving(nodes, { times, hold, ...rows }) {
    const value = (row, entry, now) => {
      if (hold || entry === times.length - 1 || now <= times[entry]) return row[entry];
      return row[entry] + (row[entry + 1] - row[entry]) * (now - times[entry]) / (times[entry + 1] - times[entry]);
    };
    const show = (entry, now) => {
      for (const node of nodes) {
        const values = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, value(row, entry, now)]));
        if (node.tagName === "g") {
          values.transform = `translate(${values.x ?? 0} ${values.y ?? 0})`;
          delete values.x;
          delete values.y;
        }
        for (const [name, now] of Object.entries(values)) node.setAttribute(name, now);
      }
    };
    return { times, show, glides: !hold };
  }

  // Motes that stay are few; of the others only those can be in flight that began within the longest leg.
  function findMotes() {
    const { mote_kind: kind = [] } = columns, legs = meta.kinds.map(({ leg }) => leg === "forever" ? Infinity : leg);
    motes = { staying: [], longest: 0, leg: Float64Array.from(kind, (k) => legs[k]) };
    motes.leg.forEach((seconds, i) => {
      if (seconds === Infinity) motes.staying.push(i); else motes.longest = Math.max(motes.longest, seconds);
    });
  }

  const finish = () => meta.end + (meta.tail ?? 0); // what was sent off at the very end still needs its time to arrive
  const loops = () => ui.loop.getAttribute("aria-pressed") === "true";
  const clock = ({ before, after, each, digits: maximumFractionDigits }, now) => {
    const digits = { maximumFractionDigits, minimumFractionDigits: maximumFractionDigits };
    return before + (now / each).toLocaleString("en", digits) + after;
  };

  function draw() {
    const now = Math.min(t, meta.end), said = meta.clock ?? { before: "", after: "", each: 1, digits: 1 };
    ui.scrub.value = t;
    ui.scrub.setAttribute("aria-valuetext", `${clock(said, now)} of ${clock({ ...said, before: "" }, meta.end)}`);
    for (const node of drawing.querySelectorAll(".dl-clock")) node.textContent = clock(said, now);
    for (const track of tracks) {
      const entry = Math.max(0, lastBefore(track.times, now));
      if (entry === track.entry && !(track.glides && entry < track.times.length - 1)) continue;
      track.show(track.entry = entry, now);
    }
    paint(now);
  }

  function paint(now) {
    const seen = meta.kinds.map(() => []);
    const put = (kind, x, y) => seen[kind].push(x, y);
    fly(put);
    pile(put, now);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, ...meta.size);
    seen.forEach((at, kind) => {
      const { image, half } = stamps[kind];
      for (let i = 0; i < at.length; i += 2) pen.drawImage(image, at[i] - half, at[i + 1] - half, 2 * half, 2 * half);
    });
  }

  function fly(put) {
    const { mote_time: time = [], mote_from: from, mote_to: to, mote_kind: kind } = columns;
    for (const i of motes.staying) if (time[i] <= t) put(kind[i], ...meta.points[to[i]]);
    for (let i = Math.max(0, lastBefore(time, t - motes.longest)); i < time.length && time[i] <= t; i++) {
      const part = (t - time[i]) / motes.leg[i];
      if (!(part < 1) || motes.leg[i] === Infinity) continue;
      const [x, y] = meta.points[from[i]], [toX, toY] = meta.points[to[i]], { arc = 0 } = meta.kinds[kind[i]];
      put(kind[i], x + (toX - x) * part, y + (toY - y) * part + arc * Math.sin(Math.PI * part));
    }
  }

  function pile(put, now) {
    const bin = Math.min(meta.bins - 1, Math.floor(now / meta.end * meta.bins));
    stacks.forEach((stack, number) => {
      const { at: [x, y], step: [dx, dy], columns: across, most, kind } = stack;
      const shown = !stack.while || stack.while[1].includes(states[stack.while[0]]);
      const high = shown ? columns.stack[number * meta.bins + bin] : 0;
      for (let i = 0; i < Math.min(high, most); i++) put(kind, x + i % across * dx, y + Math.floor(i / across) * dy);
      const said = high > most ? String(high) : "";
      if (said !== stack.said) stack.nodes.forEach((node) => { node.textContent = stack.said = said; });
    });
  }

  function seek(time) {
    t = Math.max(0, Math.min(time, finish()));
    draw();
    followers.forEach((other) => other.seek(t));
  }

  function play(on) {
    if (on && t >= finish()) t = 0;
    playing = on && !ui.bar.hidden;
    ui.play.textContent = on ? "❚❚" : "▶";
    ui.play.setAttribute("aria-label", on ? "Pause" : "Play");
    ui.play.title = on ? "Pause" : "Play";
    last = rested = 0;
    cancelAnimationFrame(request);
    if (playing) request = requestAnimationFrame(tick);
  }

  function tick(stamp) {
    if (!playing) return;
    if (visible && last) {
      const passed = (stamp - last) / 1000;
      if (t < finish()) seek(t + passed * meta.speed * Number(ui.rate.value));
      else if ((rested += passed) > REST) seek(rested = 0);
      if (t >= finish() && !loops()) return play(false);
    }
    last = stamp;
    request = requestAnimationFrame(tick);
  }

  function toEvent(direction) {
    const events = direction > 0 ? meta.events : [...meta.events].reverse();
    const next = events.find((time) => direction * (time - t) > 1e-3);
    play(false);
    seek(next ?? (direction > 0 ? finish() : 0));
    const now = Object.values(meta.texts).flat().filter(([time]) => Math.abs(time - t) < 1e-3);
    const words = now.map(([, parts]) => parts.map(([text]) => text).join("")).filter(Boolean);
    told.textContent = [ui.scrub.getAttribute("aria-valuetext"), ...new Set(words)].slice(0, 5).join("; ");
  }

  function resize() {
    width = canvas.clientWidth || width || meta.size[0]; // while the page changes its theme it has none
    const pixels = width * devicePixelRatio;
    canvas.width = pixels;
    canvas.height = pixels * meta.size[1] / meta.size[0];
    scale = pixels / meta.size[0];
    root.style.setProperty("--dl-least", `${Math.max(11, 11 * meta.size[0] / width)}px`);
    stamps = meta.kinds.map(stamp);
    draw();
  }

  // Each kind of mote is drawn once, in the colours of the theme, and then stamped: much quicker than its path.
  function stamp({ colour, shape, size }) {
    const { trace, line } = SHAPES[shape], pixels = Math.ceil((size + 2) * scale);
    const sheet = new OffscreenCanvas(2 * pixels, 2 * pixels), ink = sheet.getContext("2d");
    const probe = root.appendChild(element("span", { style: `color: var(--dl-${colour})` }));
    ink.fillStyle = ink.strokeStyle = getComputedStyle(probe).color;
    probe.remove();
    ink.setTransform(scale, 0, 0, scale, pixels, pixels);
    ink.lineWidth = line;
    ink.beginPath();
    trace(ink, size);
    if (line) ink.stroke(); else ink.fill();
    return { image: sheet.transferToImageBitmap(), half: pixels / scale };
  }

  function onKey(event) {
    const own = event.target.matches("input, select, summary");
    const moves = {
      " ": () => event.target.matches("button, select, summary") ? false : play(!playing),
      ArrowLeft: () => own ? false : seek(t - meta.end / 100),
      ArrowRight: () => own ? false : seek(t + meta.end / 100),
      ArrowUp: () => own ? false : toEvent(-1),
      ArrowDown: () => own ? false : toEvent(1),
      Home: () => event.target.matches("select") ? false : seek(0),
      End: () => event.target.matches("select") ? false : seek(finish()),
    };
    event.stopPropagation(); // the notebook's own keys must not act on the player's
    if (event.target === picture) return; // where it is wider than its box, the arrows push it
    if (moves[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey && moves[event.key]() !== false) event.preventDefault();
  }

  ui.play.onclick = () => play(!playing);
  ui.loop.onclick = () => ui.loop.setAttribute("aria-pressed", !loops());
  ui.back.onclick = () => toEvent(-1);
  ui.next.onclick = () => toEvent(1);
  ui.scrub.oninput = () => { play(false); seek(Number(ui.scrub.value)); };
  if (!follows) root.addEventListener("keydown", onKey);

  const sizes = new ResizeObserver(resize);
  sizes.observe(picture);
  const onScreen = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    last = 0;
    const whole = entry.intersectionRatio > 0.9 || entry.intersectionRect.height > 0.8 * innerHeight;
    if (whole && !begun && !follows) {
      begun = true;
      if (!still.matches) play(true);
    }
  }, { threshold: Array.from({ length: 21 }, (_, part) => part / 20) });
  onScreen.observe(pictures);
  const themes = new MutationObserver(resize);
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", resize);

  const followers = others.map(([meta, data]) => {
    const place = pictures.appendChild(element("div", { class: "deploylab" }));
    return mount(place, meta, fromBase64(data), { follows: true });
  });
  load(meta, bytes);
  return {
    load,
    seek,
    destroy() {
      play(false);
      followers.forEach((other) => other.destroy());
      [sizes, onScreen, themes].forEach((observer) => observer.disconnect());
      scheme.removeEventListener("change", resize);
      root.replaceChildren();
    },
  };
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function render({ model, el }) {
  const root = el.appendChild(element("div", { class: "deploylab" }));
  const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
  const frames = () => [JSON.parse(new TextDecoder().decode(bytes(model.get("words")))), bytes(model.get("data"))];
  const press = (name, time) => model.send({ press: name, time });
  const player = mount(root, ...frames(), { press });
  const load = () => player.load(...frames());
  model.on("change:words", load);
  return () => {
    model.off("change:words", load);
    player.destroy();
  };
}

export default { render };
