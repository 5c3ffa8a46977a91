// Plays Frames: moves the drawing that Python made. All geometry and every word come with the frames; here is
// only time. `mount` serves the widget and the self-contained page alike.

const ARRAYS = { float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array };
const NOWHERE = 65535;
const QUEUE_DOTS = 10;
const ROLES = ["stable", "candidate", "nobody"];
const COLOURS = ["stable", "candidate", "failure", "user", "ink", "paper"];

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
  };
  parts.play.className = "dl-play";
  for (const rate of [0.25, 0.5, 1, 2, 4]) {
    const label = rate < 1 ? `1/${1 / rate} speed` : `${rate}× speed`;
    parts.rate.append(element("option", { value: rate, ...(rate === 1 ? { selected: "" } : {}) }, label));
  }
  const events = element("span", { class: "dl-events" }, parts.back, "event", parts.next);
  parts.bar = element("div", { class: "dl-controls" }, parts.play, events, parts.scrub, parts.rate);
  return parts;
}

export function mount(root, meta, bytes) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const ui = controls();
  const drawing = element("div", { role: "img" });
  const canvas = element("canvas", { "aria-hidden": "true" });
  const words = element("p");
  const details = element("details", {}, element("summary", {}, "The same in words"), words);
  const picture = element("div", { class: "dl-picture" }, drawing, canvas);
  const figures = element("ul", { class: "dl-figures", "aria-label": "Figures of this run" });
  root.replaceChildren(figures, picture, ui.bar, details);
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Animation of a rollout. Space plays, arrow keys move through time.");

  const clip = `dl-clip-${Math.random().toString(36).slice(2)}`; // ids are shared by all players of a page
  const pen = canvas.getContext("2d");
  let columns, parts, colours, scale = 1, t = 0, playing = false, visible = true, begun = false, last = 0, request = 0;

  function load(newMeta, newBytes) {
    meta = newMeta;
    columns = unpack(meta, newBytes);
    drawing.innerHTML = meta.svg.replaceAll("dl-clip", clip);
    drawing.setAttribute("aria-label", meta.description);
    words.textContent = meta.description;
    root.style.cssText = meta.theme;
    figures.replaceChildren(...(meta.figures ?? []).map(figure));
    ui.scrub.max = finish();
    parts = find();
    columns.longest = columns.fate_after.reduce((most, wait) => Math.max(most, wait), 0);
    resize();
    seek(Math.min(t, finish()));
  }

  function figure([name, value, before, better]) {
    const verdict = better > 0 ? "▲ better, was" : better < 0 ? "▼ worse, was" : "was";
    const was = before ? `${verdict} ${before}` : "";
    const span = (style, text) => element("span", { class: style }, text);
    return element("li", {}, span("dl-name", name), span("dl-value", value), span("dl-was", was));
  }

  function find() {
    const svg = drawing.firstElementChild;
    const texts = [...svg.querySelectorAll("[data-text]")].map((node) => {
      const track = meta.texts[node.dataset.text];
      return { node, track, times: track.map(([time]) => time), shown: -1 };
    });
    return {
      texts,
      clock: svg.querySelector(".dl-clock"),
      clip: svg.querySelector("clipPath rect"),
      cursor: svg.querySelector(".dl-cursor"),
      shares: ROLES.map((role) => svg.querySelector(`rect.dl-${role}`)),
      percents: ROLES.map((role) => svg.querySelector(`.dl-percent.dl-${role}-text`)),
      pods: [...svg.querySelectorAll(".dl-pod")].map((node) => ({ node, label: node.querySelector("text"), state: "" })),
      division: -1,
    };
  }

  // What was sent off at the very end still needs its time to arrive, and to fall.
  const finish = () => meta.end + meta.legs[1] + meta.legs[2];

  function draw() {
    const now = Math.min(t, meta.end);
    ui.scrub.value = t;
    ui.scrub.setAttribute("aria-valuetext", `${now.toFixed(0)} of ${meta.end.toFixed(0)} seconds`);
    parts.clock.textContent = `t = ${now.toFixed(0)} s`;
    const x = meta.lanes[0] + (meta.lanes[1] - meta.lanes[0]) * now / meta.end;
    parts.cursor.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
    parts.clip.setAttribute("width", x);
    parts.texts.forEach((text) => say(text, now));
    divide(now);
    const bin = Math.max(0, Math.min(meta.bins - 1, Math.floor(now / meta.end * meta.bins)));
    parts.pods.forEach((pod, i) => show(pod, i, now, columns.queue[i * meta.bins + bin]));
    paint(bin);
  }

  function say(text, now) {
    const entry = Math.max(0, lastBefore(text.times, now));
    if (entry === text.shown) return;
    text.shown = entry;
    text.node.replaceChildren(...text.track[entry][1].map(([words, style]) => {
      const span = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      span.textContent = words;
      if (style) span.setAttribute("class", style);
      return span;
    }));
  }

  function divide(now) {
    const entry = Math.max(0, lastBefore(meta.bar.times, now));
    if (entry === parts.division) return;
    parts.division = entry;
    let top = meta.bar.y;
    meta.bar.shares[entry].forEach((share, i) => {
      const height = share * meta.bar.height;
      parts.shares[i].style.y = `${top}px`;
      parts.shares[i].style.height = `${Math.max(0, height - (share < 1 ? 2 : 0))}px`;
      parts.percents[i].setAttribute("y", Math.max(top + 11, top + height / 2 + 5));
      parts.percents[i].textContent = share > 0 ? `${+(100 * share).toFixed(1)} %${i === 2 ? " to nobody" : ""}` : "";
      top += height;
    });
  }

  function show(pod, i, now, queue) {
    const [, , started, draining, stopped, killed, served] = meta.pods[i];
    const is = (time) => time !== null && now >= time;
    const serves = served.some(([up, down]) => is(up) && !is(down));
    let state = !is(started) ? "gone" : serves ? "ready" : "starting";
    if (is(draining)) state = "draining";
    if (is(stopped)) state = killed && now < stopped + meta.legs[2] ? "killed" : "gone";
    if (state !== pod.state) {
      pod.node.dataset.state = pod.state = state;
    }
    const label = queue > QUEUE_DOTS && meta.pod_size >= 19 ? String(queue) : "";
    if (pod.label.textContent !== label) pod.label.textContent = label;
  }

  function paint(bin) {
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, meta.size[0], meta.size[1]);
    const discs = { user: new Path2D(), stable: new Path2D(), candidate: new Path2D() };
    const crosses = new Path2D();
    const disc = (path, x, y, r) => { path.moveTo(x + r, y); path.arc(x, y, r, 0, 6.2832); };
    const cross = (x, y, r) => {
      crosses.moveTo(x - r, y - r); crosses.lineTo(x + r, y + r);
      crosses.moveTo(x + r, y - r); crosses.lineTo(x - r, y + r);
    };
    fly(discs, disc, cross);
    queues(discs, disc, bin);
    const hurt = Math.floor((t - meta.legs[1] - meta.legs[2]) / meta.end * meta.bins);
    const piled = hurt < 0 ? 0 : Math.ceil(columns.hurt[Math.min(hurt, meta.bins - 1)] / meta.pile.each);
    for (let i = 0; i < piled; i++) cross(...placeIn(meta.pile, i), 3.2);
    for (const [name, path] of Object.entries(discs)) {
      pen.fillStyle = colours[name];
      pen.fill(path);
    }
    pen.strokeStyle = colours.failure;
    pen.lineWidth = 1.8;
    pen.stroke(crosses);
  }

  function fly(discs, disc, cross) {
    const [toBalancer, toInstance, back] = meta.legs;
    const c = columns, first = Math.max(0, lastBefore(c.time, t - columns.longest - back));
    for (let i = first; i < c.time.length && c.time[i] - toBalancer <= t; i++) {
      const since = t - c.time[i], drawn = c.failed[i] < 2;
      const gate = [meta.bar.x + meta.bar.width / 2, meta.bar.y + meta.bar.height * c.height[i] / 65536];
      if (since < 0) {
        if (drawn) disc(discs.user, ...between(placeIn(meta.crowd, c.user[i]), gate, 1 + since / toBalancer), 2.5);
        continue;
      }
      const door = c.instance[i] === NOWHERE ? gate : doorOf(c.instance[i]);
      if (c.instance[i] !== NOWHERE && since < toInstance) {
        if (drawn) disc(discs[ROLES[c.version[i]]], ...between(gate, door, since / toInstance), 2.5);
      } else if (c.failed[i] && since >= c.fate_after[i] && since < c.fate_after[i] + back) {
        cross(...falling(door, (since - c.fate_after[i]) / back), 3.6);
      }
    }
  }

  function queues(discs, disc, bin) {
    if (meta.queue_room < 12) return;
    meta.pods.forEach(([x, y], i) => {
      const waiting = Math.min(QUEUE_DOTS, columns.queue[i * meta.bins + bin]);
      if (parts.pods[i].state === "gone") return;
      const path = parts.pods[i].node.classList.contains("dl-stable") ? discs.stable : discs.candidate;
      for (let k = 0; k < waiting; k++) disc(path, x - 4 - 5 * Math.floor(k / 5), y + meta.pod_size / 2 + 5.4 * (k % 5 - 2), 2);
    });
  }

  const placeIn = (grid, i) => [grid.x + i % grid.columns * grid.step, grid.y + Math.floor(i / grid.columns) * grid.step];
  const between = (a, b, p) => [a[0] + (b[0] - a[0]) * p, a[1] + (b[1] - a[1]) * p];
  const doorOf = (i) => [meta.pods[i][0] - 3, meta.pods[i][1] + meta.pod_size / 2];

  function falling(from, p) {
    const to = [meta.pile.x + 40, meta.pile.y + 24];
    const [x, y] = between(from, to, p);
    return [x, y + 46 * Math.sin(Math.PI * p) * (from[1] < 270 ? 1 : 0.45)];
  }

  function seek(time) {
    t = Math.max(0, Math.min(time, finish()));
    draw();
  }

  function play(on) {
    if (on && t >= finish()) t = 0;
    playing = on;
    ui.play.textContent = on ? "❚❚" : "▶";
    ui.play.setAttribute("aria-label", on ? "Pause" : "Play");
    ui.play.title = on ? "Pause" : "Play";
    last = 0;
    cancelAnimationFrame(request);
    if (on) request = requestAnimationFrame(tick);
  }

  function tick(stamp) {
    if (!playing) return;
    if (visible && last) {
      seek(t + (stamp - last) / 1000 * meta.speed * Number(ui.rate.value));
      if (t >= finish()) return play(false);
    }
    last = stamp;
    request = requestAnimationFrame(tick);
  }

  function toEvent(direction) {
    const events = direction > 0 ? meta.events : [...meta.events].reverse();
    const next = events.find((time) => direction * (time - t) > 1e-3);
    play(false);
    seek(next ?? (direction > 0 ? finish() : 0));
  }

  function resize() {
    const width = picture.clientWidth || meta.size[0];
    const pixels = width * devicePixelRatio;
    canvas.width = pixels;
    canvas.height = pixels * meta.size[1] / meta.size[0];
    scale = pixels / meta.size[0];
    colours = palette();
    if (parts) draw();
  }

  function palette() {
    const probe = root.appendChild(element("span"));
    const found = COLOURS.map((name) => {
      probe.style.color = `var(--dl-${name})`;
      return [name, getComputedStyle(probe).color];
    });
    probe.remove();
    return Object.fromEntries(found);
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
    if (moves[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey && moves[event.key]() !== false) event.preventDefault();
  }

  ui.play.onclick = () => play(!playing);
  ui.back.onclick = () => toEvent(-1);
  ui.next.onclick = () => toEvent(1);
  ui.scrub.oninput = () => { play(false); seek(Number(ui.scrub.value)); };
  root.addEventListener("keydown", onKey);

  const sizes = new ResizeObserver(resize);
  sizes.observe(picture);
  const onScreen = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    last = 0;
    const whole = entry.intersectionRatio > 0.9 || entry.intersectionRect.height > 0.8 * innerHeight;
    if (whole && !begun) {
      begun = true;
      if (!still.matches) play(true);
    }
  }, { threshold: [0, 0.3, 0.6, 0.8, 0.95] });
  onScreen.observe(picture);
  const themes = new MutationObserver(resize);
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", resize);

  load(meta, bytes);
  return {
    load,
    destroy() {
      play(false);
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
  const bytes = () => new Uint8Array(model.get("data").buffer, model.get("data").byteOffset, model.get("data").byteLength);
  const player = mount(root, model.get("meta"), bytes());
  const load = () => player.load(model.get("meta"), bytes());
  model.on("change:data", load);
  return () => {
    model.off("change:data", load);
    player.destroy();
  };
}

export default { render };
