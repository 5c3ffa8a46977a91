// The line to the class: a WebSocket, and where a network blocks those, plain requests again and again.
// Whatever is said can be said twice: an answer replaces itself, and a command names the step it was meant for.

const PATIENCE = 4000; // milliseconds for a reply, or for a line to open
const POLL = 2000;

/** Shows each screen that comes, null for nobody's; `onState` is told whether somebody listens. */
export function connect(base, onScreen, onState = () => {}) {
  const waiting = new Map();
  let socket = null;
  let failures = 0;
  let number = 0;
  let poller = null;
  let heard = 0;

  const live = () => socket?.readyState === WebSocket.OPEN;

  function open() {
    if (socket && socket.readyState < WebSocket.CLOSING) return;
    const mine = new WebSocket(`${base.replace(/^http/, "ws")}talk`);
    const late = setTimeout(() => mine.close(), PATIENCE);
    socket = mine;
    mine.onopen = () => {
      clearTimeout(late);
      failures = 0;
      clearInterval(poller);
      poller = null;
      onState(true);
    };
    mine.onmessage = ({ data }) => {
      heard = performance.now();
      const message = JSON.parse(data);
      if (message.screen) return onScreen(message.screen);
      waiting.get(message.re)?.(message);
    };
    mine.onclose = ({ code }) => {
      clearTimeout(late);
      if (mine !== socket) return;
      if (code === 4001) {
        clearInterval(poller);
        return onScreen(null);
      }
      if (code === 4000) return onState(false, "This page is open in too many tabs; close some and reload.");
      failures += 1;
      poll();
      poller ??= setInterval(poll, POLL);
      setTimeout(open, Math.min(8000, 250 * 2 ** failures) * (0.5 + Math.random()));
    };
  }

  async function poll() {
    try {
      const reply = await fetch(`${base}screen`, { signal: AbortSignal.timeout(PATIENCE) });
      if (reply.status === 404) return onState(false, "This page is of an earlier class; open the new address.");
      if (!reply.ok) throw new Error(reply.status);
      const { screen } = await reply.json();
      if (live()) return; // what came by the line is newer
      onState(true);
      onScreen(screen);
    } catch {
      if (!live()) onState(false);
    }
  }

  /** A phone that slept may hold a line that is dead: ask, and open another one when nobody answers. */
  function wake() {
    if (document.visibilityState === "hidden") return;
    if (!live()) return open();
    const asked = performance.now();
    const mine = socket;
    mine.send(JSON.stringify({ screen: true }));
    setTimeout(() => heard < asked && mine.close(), PATIENCE);
  }

  function shout(message) {
    const re = ++number;
    return new Promise((resolve, reject) => {
      const done = (reply) => { waiting.delete(re); resolve(reply); };
      waiting.set(re, done);
      setTimeout(() => { if (waiting.delete(re)) reject(new Error("no reply")); }, PATIENCE);
      socket.send(JSON.stringify({ ...message, re }));
    });
  }

  /** The reply to a message; an error when nobody listens. */
  async function say(message) {
    if (live()) {
      try {
        return await shout(message);
      } catch { /* by post, then */ }
    }
    const reply = await post(`${base}say`, message);
    await poll(); // no line, so nobody tells what it led to
    return reply;
  }

  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  open();
  return { say };
}

export async function post(address, message) {
  const reply = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (reply.status >= 500) throw new Error(reply.status);
  return reply.json();
}
